"""From seats to an invitation: what may be done with them."""
