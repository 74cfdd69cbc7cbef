"""The commands of `python -m qovery_async`."""
