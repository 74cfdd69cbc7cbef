"""How the token and other secrets are kept out of sight."""
