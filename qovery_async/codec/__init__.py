"""Between JSON and models."""
