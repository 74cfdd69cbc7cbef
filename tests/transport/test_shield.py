"""What closes a connection in a task that is being cancelled, and what does that cost where nothing is?"""

from __future__ import annotations

import sys

import anyio
import pytest

from qovery_async import AsyncQovery
from qovery_async.transport.shield import SCOPES
from tests.support.flaky import answer, serve_steps
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio

LOADS = """
import asyncio, sys
from qovery_async import AsyncQovery
from qovery_sync import Qovery

async def main():
    async with AsyncQovery(token="token-of-a-test", base_url=sys.argv[1]) as client:
        await client.request("GET", "/x")

asyncio.run(main())
with Qovery(token="token-of-a-test", base_url=sys.argv[1]) as client:
    client.request("GET", "/x")
assert sys.argv[2] not in sys.modules
"""


async def test_a_client_is_closed_to_the_end_in_a_cancelled_scope() -> None:
    async with serve_steps(answer(204)) as server:
        client = AsyncQovery(token=TOKEN, base_url=server.url)
        await client.request("GET", "/x")
        with anyio.CancelScope() as scope:
            assert SCOPES in sys.modules
            scope.cancel()
            await client.aclose()
        assert not scope.cancelled_caught
        with anyio.fail_after(5):
            while server.open:
                await anyio.sleep(0.01)


async def test_a_process_without_scopes_loads_none() -> None:
    async with serve_steps(answer(204)) as server:
        program = [sys.executable, "-c", LOADS, server.url, SCOPES]
        assert (await anyio.run_process(program, check=False, stderr=None)).returncode == 0
