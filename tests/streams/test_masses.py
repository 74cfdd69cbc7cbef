"""Fifty logs at once, through two hundred cuts: nothing is lost, doubled or out of order, and memory stays flat.

QOVERY_TEST_LINES=20000 reads a million lines.
"""

from __future__ import annotations

import asyncio
import os
import random
import tracemalloc
from collections.abc import Iterable

import pytest

from qovery_async import AsyncQovery
from qovery_async.streams import merging, position
from tests.streams.conftest import AT_ONCE
from tests.support.pushing import IDS, Peer, line, pushing, since
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio

STREAMS, CUTS = 50, 200
LINES = int(os.environ.get("QOVERY_TEST_LINES", "1_000"))
HOUR = 300.0
"""Seconds that no connection here takes, however busy the machine is."""


async def follow(client: AsyncQovery, service: str, lines: int) -> int:
    """Reads a log and checks each line; returns how many connections that took."""
    async with client.streams.service_logs(service, **IDS) as stream:
        number = 0
        async for each in stream:
            assert (each.created_at, each.message) == expected(service, number), (service, number)
            number += 1
        assert number == lines
        return stream.connections


def expected(service: str, number: int) -> tuple[int, str]:
    """Three lines have the same time, and two of them say the same."""
    return 1_700_000_000_000 + 30 * (number // 3), f"{service}: {number - (number % 3 == 1)}"


async def follow_merged(client: AsyncQovery, services: Iterable[str], lines: int) -> int:
    """The same for all logs as one, which is in the order of time, too."""
    numbers, last = dict.fromkeys(services, 0), 0
    streams = {service: client.streams.service_logs(service, **IDS) for service in services}
    async with client.streams.merge(streams, window=HOUR) as every:
        async for service, each in every:
            assert (each.created_at, each.message) == expected(service, numbers[service]), (service, numbers[service])
            assert each.created_at >= last
            numbers[service] += 1
            last = each.created_at
    assert {*numbers.values()} == {lines}
    return sum(stream.connections for stream in streams.values())


async def masses(lines: int, cuts: int, *, merged: bool = False) -> int:
    die = random.Random(1)
    left = [die.randrange(STREAMS) for _ in range(cuts)]
    logs = {
        f"s{n}": [line(i, at=30 * (i // 3), message=expected(f"s{n}", i)[1]) for i in range(lines)]
        for n in range(STREAMS)
    }

    async def serve(peer: Peer) -> None:
        service = peer.query["service"]
        coming = since(logs[service], peer.query.get("start"))
        mine = int(service[1:])
        cut = die.randrange(len(coming)) if mine in left else len(coming)
        for entry in coming[:cut]:
            await peer.send(entry)
        if cut == len(coming):
            return await peer.close(1000)
        left.remove(mine)
        return die.choice(
            (peer.cut, peer.reset, lambda: peer.cut(after=b"\x81\x7e\x01"), lambda: peer.cut(after=b"\xff"))
        )()

    async with pushing(serve) as server, AsyncQovery(TOKEN, retries=AT_ONCE, **server.options) as client:
        if merged:
            count = await follow_merged(client, logs, lines)
        else:
            count = sum(await asyncio.gather(*(follow(client, service, lines) for service in logs)))
    assert left == []
    return count


@pytest.mark.slow
@pytest.mark.parametrize("merged", [False, True], ids=["alone", "merged"])
async def test_fifty_thousand_lines_arrive_through_two_hundred_cuts(
    monkeypatch: pytest.MonkeyPatch, *, merged: bool
) -> None:
    """Merged, they wait for each other: nothing comes out of order because it was late, or too much."""
    monkeypatch.setattr(merging, "START", HOUR)
    monkeypatch.setattr(merging, "ITEMS", LINES + 1)
    monkeypatch.setattr(merging, "SIZE", LINES * 10_000)
    assert await masses(LINES, CUTS, merged=merged) == STREAMS + CUTS


@pytest.mark.slow
async def test_the_memory_of_a_stream_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read is forgotten, up to the lines that are remembered to know them again."""
    monkeypatch.setattr(position, "MEMORY", 1_000)

    async def flood(peer: Peer) -> None:
        for number in range(10_000):
            await peer.send(line(number))
        await peer.close(1000)

    async with pushing(flood) as server, AsyncQovery(TOKEN, **server.options) as client:
        sizes: list[int] = []
        number = 0
        tracemalloc.start()
        try:
            async for _ in client.streams.service_logs("s1", **IDS):
                number += 1
                if number in (2_000, 9_000):
                    sizes.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
    assert number == 10_000
    assert sizes[1] < sizes[0] + 2**20
