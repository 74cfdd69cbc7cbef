"""Environments as documents, and what differs between two of them."""
