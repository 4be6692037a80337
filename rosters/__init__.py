"""Rosters: lists of people that an organisation sends, read with care, taken in, and taken back."""
