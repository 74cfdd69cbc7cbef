"""What is known about the API: its operations, the types of their bodies, error bodies, sample values."""
