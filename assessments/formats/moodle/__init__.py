"""Moodle's own formats: question XML, embedded answers, backups."""
