"""What tests of variables start with: an emulator with an application, an environment and a project without variables."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from qovery_async.emulator import Emulator
from tests.support.variable_world import Places


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", rate_limit=None) as running:
        yield running


@pytest.fixture
def places(emulator: Emulator) -> Places:
    found = Places(emulator)
    found.clear()
    return found
