"""From a call to its response."""
