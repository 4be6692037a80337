"""Pages of certification: for everyone, for the learner, for those who release."""
