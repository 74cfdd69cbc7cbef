"""How a long job shows how far it has come."""
