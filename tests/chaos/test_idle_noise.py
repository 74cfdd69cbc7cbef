"""Does the proxy of the chaos run do between requests just what it says, and does it see who uses a dead connection?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from chaos import idle
from chaos.connection import TAG, Damage, tag_of
from chaos.framing import Framing
from chaos.idle import CLOSED, TIMED_OUT, TWICE, TWICE_AT_ONCE
from chaos.proxy import Proxy
from qovery_async import NO_RETRIES, AsyncQovery
from tests.chaos.ledgers import Kept, facts_of
from tests.support.idle import OK, serve_idle
from tests.support.server import SECONDS, TOKEN

pytestmark = pytest.mark.anyio

BUSY = b"HTTP/1.1 408 Request Timeout\r\n"


def request(call: int) -> bytes:
    return f"GET / HTTP/1.1\r\n{TAG}: {tag_of(call)}\r\n\r\n".encode()


@asynccontextmanager
async def noisy(monkeypatch: pytest.MonkeyPatch, kind: str, *, noticeable: float = 0.0) -> AsyncIterator[Proxy]:
    """A proxy that does this after the first response of each connection, and nothing else."""
    monkeypatch.setattr(idle, "SHARES", {kind: 1.0})
    monkeypatch.setattr(idle, "NOTICEABLE", noticeable)
    monkeypatch.setattr(Proxy, "draw", lambda *_: Damage("cut", "up", 10**9))
    with serve_idle() as server:
        port = int(server.url.rpartition(":")[2])
        async with Proxy(("127.0.0.1", port), 0, Kept(), stall=0.05) as proxy:
            proxy.active = True
            proxy.gaps.append(0.0)
            with anyio.fail_after(SECONDS):
                yield proxy


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection that has had the response to call 1."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(request(1))
        assert await reader.readexactly(len(OK)) == OK
        yield reader, writer
    finally:
        writer.close()


@pytest.mark.parametrize("kind", [TWICE, TWICE_AT_ONCE])
async def test_a_response_comes_twice(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    async with noisy(monkeypatch, kind) as proxy, connected(proxy) as (reader, _):
        assert await reader.readexactly(len(OK)) == OK
        assert proxy.counts == {kind: 1}


@pytest.mark.parametrize(("kind", "said"), [(CLOSED, b""), (TIMED_OUT, BUSY)])
async def test_an_idle_connection_ends(monkeypatch: pytest.MonkeyPatch, kind: str, said: bytes) -> None:
    async with noisy(monkeypatch, kind) as proxy, connected(proxy) as (reader, _):
        assert (await reader.read()).startswith(said)
        assert reader.at_eof()
        assert proxy.counts == {kind: 1}


@pytest.mark.parametrize("kind", [TWICE, TWICE_AT_ONCE, CLOSED, TIMED_OUT])
async def test_a_request_long_after_it_is_a_misuse(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    async with noisy(monkeypatch, kind) as proxy, connected(proxy) as (reader, writer):
        await reader.read(1)
        await asyncio.sleep(0.05)  # both alarms of the proxy have rung
        writer.write(request(2))
        while not facts_of(proxy.ledger).misused:
            await asyncio.sleep(0.01)
        facts = facts_of(proxy.ledger)
        assert [(event.call, event.detail.endswith(kind)) for event in facts.misused] == [(2, True)]
        assert not facts.garbled


@pytest.mark.parametrize("kind", [TWICE, CLOSED, TIMED_OUT])
async def test_a_request_in_the_same_moment_is_none(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    async with noisy(monkeypatch, kind, noticeable=SECONDS) as proxy, connected(proxy) as (reader, writer):
        await reader.read(1)
        writer.write(request(2))
        while not facts_of(proxy.ledger).counts["crossed"]:
            await asyncio.sleep(0.01)
        facts = facts_of(proxy.ledger)
        assert not facts.misused
        # Only a second response reaches a request that it does not belong to.
        assert facts.garbled == ({2: {"crossed"}} if kind == TWICE else {})


async def test_a_client_that_is_quicker_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async with noisy(monkeypatch, CLOSED) as proxy:
        proxy.gaps.clear()
        proxy.gaps.append(SECONDS)
        async with connected(proxy) as (reader, writer):
            writer.write(request(2))
            assert await reader.readexactly(len(OK)) == OK
        assert not proxy.counts


@pytest.mark.parametrize("kind", [TWICE, TWICE_AT_ONCE, CLOSED, TIMED_OUT])
async def test_the_sdk_uses_no_such_connection(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    async with noisy(monkeypatch, kind) as proxy:
        async with AsyncQovery(TOKEN, base_url=f"http://127.0.0.1:{proxy.port}", retries=NO_RETRIES) as client:
            for call in (1, 2):
                named = client.with_options(headers={TAG: tag_of(call)})
                await named.projects.list(organization_id="o1")
                await asyncio.sleep(0.05)  # the connection is idle, and its alarms ring
        facts = facts_of(proxy.ledger)
        assert (facts.arrivals[1], facts.arrivals[2]) == (1, 1)
        assert proxy.counts == {kind: 2}
        assert (proxy.connections, facts.misused) == (2, [])


@pytest.mark.parametrize(
    ("pieces", "ends"),
    [
        ([OK], [True]),
        ([OK[:30], OK[30:]], [False, True]),
        ([b"HTTP/1.1 204 No Content\r\n\r\n", OK], [True, True]),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", OK], [False, False]),
        ([b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", OK], [False, False]),
        ([OK + OK, OK], [False, False]),
    ],
)
def test_the_end_of_a_response_is_known(pieces: list[bytes], ends: list[bool]) -> None:
    framing = Framing()
    assert [framing.feed(piece) for piece in pieces] == ends
