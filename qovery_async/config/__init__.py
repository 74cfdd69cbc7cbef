"""What a user sets, where it comes from, and how it is checked."""
