"""A trainer's pages: the board of a class, what learners handed in, marks by hand, re-marks."""
