"""Labs: notebooks that officers do in sandboxes, and the marking of what they hand in."""
