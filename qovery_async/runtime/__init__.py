"""Holds what each namespace of operations needs."""
