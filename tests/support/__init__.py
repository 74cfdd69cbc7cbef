"""What tests share: servers that misbehave on request, payloads, programs and worlds. Nothing here is a test."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The project's folder; scripts that tests start have it as their `PYTHONPATH`."""
