"""Projects, environments, services and clusters by their names."""
