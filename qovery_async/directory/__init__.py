"""What an organization has, by names and by ids."""
