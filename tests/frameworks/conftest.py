"""Real servers for the examples: each is a program of its own."""

from __future__ import annotations

from tests.support.programs import start

__all__ = ["start"]
