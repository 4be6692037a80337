"""What happens with labs, in what order."""
