"""How secrets are masked and kept out of sight."""
