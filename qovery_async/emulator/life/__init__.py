"""How do environments, services and clusters live? Deployments on a clock."""
