"""The whole organization as linked objects."""
