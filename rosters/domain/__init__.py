"""What happens to a roster, from the file that was brought to the people who are invited."""
