"""Staff pages of admissions."""
