"""What happens to a forwarded connection while one side does not read? It waits, with flat memory."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Callable

import anyio
import pytest

from qovery_async import AsyncQovery, StreamClosed
from qovery_async.transport import websocket
from tests.port_forward.conftest import OpenPort
from tests.support.forwarding import WHERE, Pod, Program, connected, echo, serving_pods
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio

PIECE = b"x" * 100_000
# Buffers of the kernel take some MB on either side of the tunnel; it keeps little itself.
MOST = 40_000_000


async def settled(count: Callable[[], int]) -> int:
    """A count, once it has stopped growing."""
    before = -1
    with anyio.fail_after(20):
        while before != count():
            before = count()
            await asyncio.sleep(0.3)
    return before


class TestSlowPrograms:
    async def test_hold_the_server_up_and_lose_nothing(self, port: OpenPort) -> None:
        sent = 0

        async def flood(pod: Pod) -> None:
            nonlocal sent
            for _ in range(800):
                await pod.send(PIECE)
                sent += len(PIECE)

        async with serving_pods(flood) as server, port(server) as address, connected(address) as program:
            program.writer.transport.pause_reading()
            assert await settled(lambda: sent) < MOST
            program.writer.transport.resume_reading()
            assert len(await program.read()) == 800 * len(PIECE)

    async def test_do_not_lose_the_connection(self, port: OpenPort, monkeypatch: pytest.MonkeyPatch) -> None:
        """Pongs wait behind the bytes, for as long as the program does."""
        monkeypatch.setattr(websocket, "PING_EVERY", 0.05)

        async def flood(pod: Pod) -> None:
            for _ in range(600):
                await pod.send(PIECE)

        async with serving_pods(flood) as server, port(server) as address, connected(address) as program:
            program.writer.transport.pause_reading()
            await asyncio.sleep(1)
            program.writer.transport.resume_reading()
            assert len(await program.read()) == 600 * len(PIECE)

    async def test_take_no_memory(self) -> None:
        async def flood(pod: Pod) -> None:
            for _ in range(600):
                await pod.send(PIECE)

        async with (
            serving_pods(flood) as server,
            AsyncQovery(TOKEN, **server.options) as client,
            client.port_forward("s1", 5432, **WHERE) as address,
        ):
            async with connected(address) as program:  # what is imported and made once
                await program.read(1_000)
            tracemalloc.start()
            try:
                async with connected(address) as program:
                    while await program.reader.read(10_000):
                        pass
                _, most = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        assert most < 5_000_000


class TestSlowServers:
    async def test_hold_the_program_up_and_lose_nothing(self, port: OpenPort) -> None:
        go_on, size = asyncio.Event(), 0

        async def wait(pod: Pod) -> None:
            nonlocal size
            await go_on.wait()
            size = len(await pod.read(800 * len(PIECE)))
            await pod.send(b"all")

        written = 0

        async def write(program: Program) -> None:
            nonlocal written
            for _ in range(800):
                await program.send(PIECE)
                written += len(PIECE)

        async with (
            serving_pods(wait) as server,
            port(server) as address,
            connected(address) as program,
            anyio.create_task_group() as group,
        ):
            group.start_soon(write, program)
            assert await settled(lambda: written) < MOST
            go_on.set()
            assert await program.read(3) == b"all"
        assert size == 800 * len(PIECE)

    async def test_do_not_lose_the_connection(self, port: OpenPort, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server that is held up itself reads no ping either: the statement waits for a lock."""
        monkeypatch.setattr(websocket, "PING_EVERY", 0.05)

        async def wait(pod: Pod) -> None:
            await pod.send(await pod.read(5))
            await pod.read(9)  # answers pings
            await asyncio.sleep(1)
            await pod.send(b"done")
            await pod.read(1)

        async with serving_pods(wait) as server, port(server) as address, connected(address) as program:
            await program.send(b"BEGIN")
            assert await program.read(5) == b"BEGIN"
            await asyncio.sleep(0.3)
            await program.send(b"UPDATE ..")
            assert await program.read(4) == b"done"
            assert address.errors == []


class TestSilence:
    async def test_of_a_server_that_answers_pings_is_kept(
        self, port: OpenPort, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(websocket, "PING_EVERY", 0.05)
        async with serving_pods(echo) as server, port(server) as address, connected(address) as program:
            for _ in range(3):
                await program.send(b"x")
                assert await program.read(1) == b"x"
                await asyncio.sleep(0.5)
            assert len(server.handshakes) == 1

    async def test_of_a_server_that_is_gone_resets(self, port: OpenPort, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(websocket, "PING_EVERY", 0.1)
        idle = asyncio.Event()

        async def vanish(pod: Pod) -> None:
            await pod.send(await pod.read(1))
            reading = asyncio.create_task(pod.read(1))  # answers pings
            await idle.wait()
            reading.cancel()
            assert pod.request.transport is not None
            pod.request.transport.pause_reading()
            await asyncio.Event().wait()

        async with serving_pods(vanish) as server, port(server) as address, connected(address) as program:
            await program.send(b"x")
            assert await program.read(1) == b"x"
            await asyncio.sleep(0.5)
            idle.set()
            assert await program.until_reset() == b""
            (error,) = address.errors
            assert isinstance(error, StreamClosed)
            assert "nothing came for 0.15 s, not even a pong" in str(error)
