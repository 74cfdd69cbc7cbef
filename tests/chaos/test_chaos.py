"""Does the chaos run see what must not be? Its judge on rows written by hand, its proxy on real sockets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
import pytest

from chaos import proxy as proxies
from chaos.journal import OK, Row
from chaos.judge import Judge
from chaos.proxy import TAG, Deed, Direction, Kind, Proxy, call_of, tag_of

pytestmark = pytest.mark.anyio

NOTHING: dict[str, Any] = {"garbled": {}, "effects": {}, "arrivals": {}, "labels": {"webhook": []}}
CREATED = Row(
    call=1,
    face="async",
    worker="w00",
    operation="webhooks.create",
    verb="create",
    kind="webhook",
    key="w00-1",
    timeout=3.0,
    elapsed=0.1,
    outcome=OK,
    late=0.0,
    seen="w00-1.1",
)
UPDATED = attrs.evolve(CREATED, call=2, operation="webhooks.update", verb="update", seen="w00-1.2")
GOT = attrs.evolve(CREATED, call=3, operation="webhooks.get", verb="get", seen="w00-1.2")
DELETED = attrs.evolve(CREATED, call=4, operation="webhooks.delete", verb="delete", seen=None)
LOST = {"outcome": "RequestTimeout", "seen": None}


def judged(*rows: Row, left: tuple[str, ...] = (), **report: Any) -> list[str]:
    """What the judge finds wrong, where the first call was a POST that took effect once."""
    facts = {**NOTHING, "effects": {"1": 1}, "labels": {"webhook": left}, **report}
    judge = Judge(facts, tolerance=0.5)
    judge.hear(rows)
    return judge.violations


def test_what_ends_as_it_must_is_left_alone() -> None:
    assert not judged(CREATED, UPDATED, GOT, left=("w00-1.2",))
    assert not judged(CREATED, UPDATED, DELETED)


@pytest.mark.parametrize("left", [(), ("w00-1.1",), ("w00-1.2",)])
def test_a_write_that_was_lost_may_have_taken_effect_or_not(left: tuple[str, ...]) -> None:
    lost = attrs.evolve(DELETED, call=5, **LOST)
    assert not judged(CREATED, attrs.evolve(UPDATED, **LOST), lost, left=left)


def test_wrong_answers_are_seen() -> None:
    assert judged(CREATED, attrs.evolve(GOT, seen="w00-1.7"), left=("w00-1.1",))
    assert judged(attrs.evolve(CREATED, seen=None), left=("w00-1.1",))
    assert judged(CREATED, attrs.evolve(GOT, outcome="NotFound", status=404, seen=None), left=("w00-1.1",))
    assert judged(attrs.evolve(CREATED, outcome="Conflict", status=409, seen=None), left=("w00-1.1",))


def test_a_list_must_hold_what_there_is_and_nothing_else() -> None:
    listed = attrs.evolve(GOT, operation="projects.list", verb="list")
    assert not judged(CREATED, attrs.evolve(listed, seen=["home", "w00-1.1"]), left=("w00-1.1",))
    assert judged(CREATED, attrs.evolve(listed, seen=["home"]), left=("w00-1.1",))
    assert judged(CREATED, attrs.evolve(listed, seen=["w00-1.1", "w00-9.9"]), left=("w00-1.1",))


def test_what_was_done_twice_is_seen() -> None:
    assert judged(CREATED, left=("w00-1.1",), effects={"1": 2})
    assert judged(CREATED, left=("w00-1.1", "w00-1.1"))


def test_what_was_not_done_is_seen() -> None:
    assert judged(CREATED, left=("w00-1.1",), effects={})
    assert judged(CREATED, UPDATED, left=("w00-1.1",))
    assert judged(CREATED, DELETED, left=("w00-1.1",))


def test_nothing_that_was_not_sent_takes_effect() -> None:
    refused = attrs.evolve(CREATED, outcome="ConnectError", seen=None)
    assert judged(refused, left=("w00-1.1",))
    assert not judged(refused, effects={})


def test_lateness_and_foreign_errors_are_seen() -> None:
    assert judged(attrs.evolve(CREATED, late=0.6), left=("w00-1.1",))
    assert judged(attrs.evolve(CREATED, outcome="KeyError", typed=False, seen=None), left=("w00-1.1",))


def test_of_garbled_calls_only_the_end_is_asked() -> None:
    garbled = {"3": ["down"]}
    wrong = attrs.evolve(GOT, seen="x")
    assert not judged(CREATED, UPDATED, wrong, left=("w00-1.2",), garbled=garbled)
    assert judged(CREATED, UPDATED, attrs.evolve(wrong, late=9.0), left=("w00-1.2",), garbled=garbled)
    assert judged(CREATED, left=("w00-1.1",), effects={"1": 2}, garbled={"1": ["up"]})


def test_a_garbled_write_leaves_anything_until_the_next_one() -> None:
    garbled = {"2": ["up"]}
    assert not judged(CREATED, UPDATED, left=("w00-1.X",), garbled=garbled)
    again = attrs.evolve(UPDATED, call=5, seen="w00-1.5")
    assert judged(CREATED, UPDATED, again, left=("w00-1.2",), garbled=garbled)


def test_tags_are_known_from_garbled_ones() -> None:
    tag = tag_of(1234)
    assert call_of(tag) == 1234
    assert call_of(tag.replace("3", "7", 1)) is None
    assert call_of("") is None


QUESTION = f"GET / HTTP/1.1\r\n{TAG}: {tag_of(7)}\r\n\r\n".encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@asynccontextmanager
async def between(monkeypatch: pytest.MonkeyPatch, *deeds: Deed) -> AsyncIterator[tuple[Proxy, list[bytes]]]:
    """A proxy that does what it is told, before a server that answers and remembers what it was asked."""
    heard: list[bytes] = []
    serving: list[asyncio.Task[None] | None] = []
    left = list(deeds)
    monkeypatch.setattr(proxies.Proxy, "draw", lambda *_: left.pop(0) if left else Deed("cut", "up", 10**9))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        heard.append(b"")
        while data := await reader.read(1000):
            heard[-1] += data
            if heard[-1].endswith(b"\r\n\r\n"):
                writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server, Proxy(server.sockets[0].getsockname(), 0, stall=0.05) as proxy:
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
        assert (heard, proxy.arrivals[7]) == ([QUESTION], 1)
        assert not proxy.garbled


@pytest.mark.parametrize("kind", ["cut", "stall"])
async def test_a_connection_ends_at_the_byte(monkeypatch: pytest.MonkeyPatch, kind: Kind) -> None:
    async with between(monkeypatch, Deed(kind, "down", 20), Deed(kind, "up", 9)) as (proxy, heard):
        assert await ask(proxy) == ANSWER[:20]
        assert await ask(proxy) == b""
        assert heard == [QUESTION, QUESTION[:9]]


async def test_a_connection_is_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(monkeypatch, Deed("reset", "down", 20)) as (proxy, _):
        with pytest.raises(ConnectionResetError):
            await ask(proxy)


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_one_bit_is_flipped_and_the_call_named(monkeypatch: pytest.MonkeyPatch, direction: Direction) -> None:
    async with between(monkeypatch, Deed("garble", direction, 5)) as (proxy, heard):
        answer = await ask(proxy)
        sent, came = (QUESTION, heard[0]) if direction == "up" else (ANSWER, answer)
        flipped = [place for place, (a, b) in enumerate(zip(sent, came, strict=True)) if a != b]
        assert (flipped, (sent[5] ^ came[5]).bit_count()) == ([5], 1)
        assert proxy.garbled == {7: {direction}}


async def test_a_delay_changes_nothing_but_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async with between(monkeypatch, Deed("delay", "up", 3), Deed("delay", "down", 3)) as (proxy, heard):
        assert await ask(proxy) == ANSWER
        assert heard == [QUESTION]


def test_the_same_seed_does_the_same_to_the_nth_connection() -> None:
    passed: dict[Direction, int] = {"up": 0, "down": 0}
    draws = [Proxy(("", 0), 1, stall=1.0).draw(random.Random("1/1"), passed) for _ in range(2)]
    assert draws[0] == draws[1]
