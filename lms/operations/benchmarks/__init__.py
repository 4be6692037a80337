"""Measurements of the product in its production form."""
