"""What happens to awards: proposed, released by two people, voided, replaced, checked."""
