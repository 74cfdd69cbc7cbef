"""Deploy, stop, restart, delete, and wait for the end."""
