"""What tests of the emulator start with: a running one and a client of it, or a small world of deployments."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from qovery_async import NO_RETRIES, AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.emulator.life.actions import Action
from tests.support.life_world import Stand


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo") as running:
        yield running


@pytest.fixture
async def client(emulator: Emulator) -> AsyncIterator[AsyncQovery]:
    """It does not retry: the tests look at the emulator's faults, not at how a client overcomes them."""
    async with AsyncQovery(emulator.token, base_url=emulator.url, retries=NO_RETRIES) as connected:
        yield connected


@pytest.fixture
def stand() -> Stand:
    return Stand()


@pytest.fixture
def deployed(stand: Stand) -> Stand:
    assert stand.act(Action.DEPLOY) == "DEPLOYED"
    return stand
