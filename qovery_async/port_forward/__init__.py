"""Local ports that lead to the ports of services."""
