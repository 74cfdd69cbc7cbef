"""Does a client that sends many different requests keep anything of them?"""

from __future__ import annotations

import gc
import sys

import pytest

from qovery_async import AsyncQovery
from tests.support.flaky import answer, serve_steps
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio

PATHS = 10_000


async def test_paths_of_ones_own_leave_nothing_behind() -> None:
    async with serve_steps(answer(204)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:

        async def blocks(numbers: range) -> int:
            """How many blocks of memory there are after requests to the paths of these numbers."""
            for number in numbers:
                await client.request("GET", f"/thing/{number}")
            server.methods.clear()
            gc.collect()
            return sys.getallocatedblocks()

        before = await blocks(range(500))
        after = await blocks(range(500, 500 + PATHS))
    assert after - before < PATHS / 4
