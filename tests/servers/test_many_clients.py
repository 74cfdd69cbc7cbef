"""Do thousands of short-lived clients, closed or not, leave threads, descriptors or memory behind?"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

import pytest

from qovery_async.emulator import Emulator
from tests.support.programs import Run
from tests.support.server import in_thread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="descriptors and memory are read from /proc")

BATCHES = 40
IN_A_BATCH = 10

CHECK = f"""
from pathlib import Path

import anyio

from qovery_async import AsyncQovery
from qovery_sync import Qovery

os.environ.update(QOVERY_API_URL=sys.argv[1], QOVERY_API_TOKEN=sys.argv[2])

def descriptors():
    return len(os.listdir("/proc/self/fd"))

def mebibytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20

def check(batch):
    for _ in range(5):  # imports what is needed, and fills caches
        batch()
    gc.collect()
    eventually(lambda: not loops())
    files, threads, memory = descriptors(), threading.active_count(), mebibytes()
    for _ in range({BATCHES}):
        batch()
    gc.collect()
    eventually(lambda: not loops() and descriptors() <= files and threading.active_count() <= threads)
    # One that leaked would keep 0.04 MiB, or 0.1 with a loop of its own.
    assert mebibytes() - memory < {BATCHES * IN_A_BATCH // 50}, mebibytes() - memory
"""


@pytest.fixture
def arguments() -> Iterator[tuple[str, str]]:
    with in_thread(Emulator(world="demo", rate_limit=None)) as running:
        yield running.url, running.token


@pytest.mark.parametrize(
    "use",
    [
        "with Qovery() as client: call(client)",
        "client = Qovery(); call(client); client.close()",
        "call(Qovery())",
        "client = Qovery(); client.itself = client; call(client)",
        "client = Qovery(); in_thread(call, client).join()",
        "for project in Qovery().events.iterate(): break",
    ],
)
def test_blocking_clients(run: Run, arguments: tuple[str, str], use: str) -> None:
    script = f"""
        def call(client):
            assert client.projects.list()

        def batch():
            for _ in range({IN_A_BATCH}):
                {use}

        check(batch)
    """
    run(CHECK + textwrap.dedent(script), *arguments)


@pytest.mark.parametrize(
    "use",
    [
        "async with AsyncQovery() as client: await call(client)",
        "client = AsyncQovery(); await call(client); await client.aclose()",
        "await call(AsyncQovery())",
        "client = AsyncQovery(); client.itself = client; await call(client)",
        "await call(one_for_all_loops)",
        "async for project in AsyncQovery().events.iterate(): break",
        "with anyio.move_on_after(0.002): await call(AsyncQovery())",
        "asyncio.create_task(call(AsyncQovery()))  # cut off by the end of the loop",
    ],
)
def test_asynchronous_clients(run: Run, arguments: tuple[str, str], use: str) -> None:
    script = f"""
        one_for_all_loops = AsyncQovery()

        async def call(client):
            assert await client.projects.list()

        async def main():
            for _ in range({IN_A_BATCH}):
                {use}

        check(lambda: asyncio.run(main()))
    """
    run(CHECK + textwrap.dedent(script), *arguments)
