"""Practicals: face-to-face or live sessions with seats, and the attendance that completes them."""
