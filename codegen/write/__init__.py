"""From facts to code."""
