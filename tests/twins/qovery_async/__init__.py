"""Capabilities for tests."""
