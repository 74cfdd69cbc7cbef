"""How does a test of deployments run in less time than a deployment takes? All of its times are divided by one number."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from qovery_async.deployments import patience, verdict
from qovery_async.emulator import Emulator


def hasten(monkeypatch: pytest.MonkeyPatch, times: float) -> None:
    """Makes a client wait so much less: between looks, for a state to settle, and while looking fails."""
    for module, name in (
        (patience, "FIRST"),
        (patience, "SLOWEST"),
        (patience, "PATIENCE"),
        (verdict, "GRACE"),
        (verdict, "RAREST"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name) / times)


@asynccontextmanager
async def hastened(monkeypatch: pytest.MonkeyPatch, times: float = 20.0, **options: Any) -> AsyncGenerator[Emulator]:
    """An emulator of the demo world, whose clock runs as much faster."""
    hasten(monkeypatch, times)
    async with Emulator(world="demo", rate_limit=None, speed=times, **options) as emulator:
        yield emulator
