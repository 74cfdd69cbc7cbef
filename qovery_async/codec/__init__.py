"""Converts JSON to models and models to JSON."""
