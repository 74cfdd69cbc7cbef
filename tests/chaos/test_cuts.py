"""Does the proxy of the chaos run cut, delay and garble just where it says? Asked over real sockets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chaos import proxy as proxies
from chaos.connection import SIDES, TAG, Damage, Direction, Kind, tag_of
from chaos.proxy import Proxy
from tests.chaos.ledgers import Kept, facts_of

pytestmark = pytest.mark.anyio


QUESTION = f"GET / HTTP/1.1\r\n{TAG}: {tag_of(7)}\r\n\r\n".encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@asynccontextmanager
async def between(monkeypatch: pytest.MonkeyPatch, *damage: Damage) -> AsyncIterator[tuple[Proxy, list[bytes]]]:
    """A proxy that does what it is told, before a server that answers and remembers what it was asked."""
    heard: list[bytes] = []
    serving: list[asyncio.Task[None] | None] = []
    left = list(damage)
    monkeypatch.setattr(proxies.Proxy, "draw", lambda *_: left.pop(0) if left else Damage("cut", "up", 10**9))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        heard.append(b"")
        while data := await reader.read(1000):
            heard[-1] += data
            if heard[-1].endswith(b"\r\n\r\n"):
                writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, Proxy(server.sockets[0].getsockname(), 0, Kept(), stall=0.05) as proxy:
        proxy.active = True
        yield proxy, heard
    await asyncio.gather(*filter(None, serving), return_exceptions=True)


async def ask(proxy: Proxy) -> bytes:
    """What comes back, up to the end of an answer or of the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(QUESTION)
    found = b""
    try:
        while len(found) < len(ANSWER) and (data := await reader.read(1000)):
            found += data
    finally:
        writer.close()
    return found


async def test_a_proxy_with_nothing_to_do_passes_everything_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(monkeypatch) as (proxy, heard):
        assert await ask(proxy) == ANSWER
        facts = facts_of(proxy.ledger)
        assert (heard, facts.arrivals[7]) == ([QUESTION], 1)
        assert not facts.garbled


@pytest.mark.parametrize("kind", ["cut", "stall"])
async def test_a_connection_ends_at_the_byte(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    async with between(monkeypatch, Damage(kind, "down", 20), Damage(kind, "up", 9)) as (proxy, heard):
        assert await ask(proxy) == ANSWER[:20]
        assert await ask(proxy) == b""
        assert heard == [QUESTION, QUESTION[:9]]


async def test_a_connection_is_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(monkeypatch, Damage("reset", "down", 20)) as (proxy, _):
        with pytest.raises(ConnectionResetError):
            await ask(proxy)


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_one_bit_is_flipped_and_the_call_named(monkeypatch: pytest.MonkeyPatch, direction: Direction) -> None:
    async with between(monkeypatch, Damage("garble", direction, 5)) as (proxy, heard):
        answer = await ask(proxy)
        sent, came = (QUESTION, heard[0]) if direction == "up" else (ANSWER, answer)
        flipped = [place for place, (a, b) in enumerate(zip(sent, came, strict=True)) if a != b]
        assert (flipped, (sent[5] ^ came[5]).bit_count()) == ([5], 1)
        assert facts_of(proxy.ledger).garbled == {7: {SIDES[direction]}}


async def test_a_delay_changes_nothing_but_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(monkeypatch, Damage("delay", "up", 3), Damage("delay", "down", 3)) as (proxy, heard):
        assert await ask(proxy) == ANSWER
        assert heard == [QUESTION]


def test_the_same_seed_does_the_same_to_the_nth_connection() -> None:
    passed: dict[Direction, int] = {"up": 0, "down": 0}
    draws = [Proxy(("", 0), 1, Kept(), stall=1.0).draw(random.Random("1/1"), passed) for _ in range(2)]
    assert draws[0] == draws[1]
