"""Loading a course from a folder of readable files."""
