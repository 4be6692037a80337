"""What answers say about questions: pure arithmetic on arrays, without Django and without people's names."""
