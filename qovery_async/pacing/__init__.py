"""How calls share the hourly budget of a token."""
