"""A log arrives complete, in order and without doubles, wherever its connections are cut."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.streams.conftest import ReadStream
from tests.support.pushing import IDS, Peer, Script, line, logs, pushing, since

pytestmark = pytest.mark.anyio

HALF_A_FRAME = b"\x81\x7e\x01\x00{"
GARBAGE = b"\xff\xff\xff\xff"


async def cut(peer: Peer) -> None:
    peer.cut()


async def reset(peer: Peer) -> None:
    peer.reset()


async def cut_within_a_frame(peer: Peer) -> None:
    peer.cut(after=HALF_A_FRAME)


async def garble(peer: Peer) -> None:
    peer.cut(after=GARBAGE)


async def close_as_the_gateway_does(peer: Peer) -> None:
    await peer.close(1011, "Timeout exceeded for receiving agent response")


async def go_away(peer: Peer) -> None:
    await peer.close(1001)


ENDS: dict[str, Script] = {
    "cut": cut,
    "reset": reset,
    "half a frame": cut_within_a_frame,
    "garbage": garble,
    "1011": close_as_the_gateway_does,
    "1001": go_away,
}


def log_server(lines: list[dict[str, Any]], cuts: list[int], end: Callable[[], Script]) -> Script:
    """Serves a log; each connection but the last is ended after so many frames."""
    left = [*cuts]

    async def serve(peer: Peer) -> None:
        limit = left.pop(0) if left else None
        for number, entry in enumerate(since(lines, peer.query.get("start"))):
            if number == limit:
                break
            await peer.send(entry)
        if limit is None:
            await peer.close(1000)
        else:
            await end()(peer)

    return serve


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("after", range(7))
async def test_a_log_that_is_cut_after_any_frame_is_whole(read: ReadStream, after: int, end: str) -> None:
    lines = [line(n, at=n // 2, message="same" if n in (2, 3, 4) else None) for n in range(6)]
    async with pushing(log_server(lines, [after], lambda: ENDS[end])) as server:
        found = await read(server, logs)
    assert [(each.created_at, each.message) for each in found] == [(e["created_at"], e["message"]) for e in lines]
    assert len(server.handshakes) == 2


@pytest.mark.parametrize("seed", range(15))
async def test_a_log_that_is_cut_at_random_is_whole(read: ReadStream, seed: int) -> None:
    """Equal lines, several pods that are not in one order, and many cuts."""
    die = random.Random(seed)
    lines, now = [], 0
    for number in range(300):
        now += die.choice((0, 0, 1, 40))
        message = die.choice(("tick", "tock", f"line {number}"))
        lines.append(line(number, at=max(0, now - die.choice((0, 0, 0, 25))), message=message, pod=die.choice("ab")))
    cuts = sorted(die.randrange(1, 300) for _ in range(10))
    async with pushing(log_server(lines, cuts, lambda: die.choice([*ENDS.values()]))) as server:
        found = await read(server, logs)
    assert [(e.created_at, e.pod_name, e.message) for e in found] == [
        (e["created_at"], e["pod_name"], e["message"]) for e in lines
    ]
    assert len(server.handshakes) == len(cuts) + 1


async def test_a_new_connection_asks_for_what_came_just_before(read: ReadStream) -> None:
    """In nanoseconds, and without the limit, which would cut off what has to be repeated."""
    lines = [line(n, at=20_000 * n) for n in range(3)]
    async with pushing(log_server(lines, [2], lambda: cut)) as server:
        await read(server, lambda client: client.streams.service_logs("s1", limit=100, query="x", **IDS))
    assert server.starts == [None, str((lines[1]["created_at"] - 10_000) * 1_000_000)]
    assert [handshake.query.get("limit") for handshake in server.handshakes] == ["100", None]
    assert [handshake.query["query"] for handshake in server.handshakes] == ["x", "x"]


async def test_a_server_that_ignores_the_start_doubles_nothing(read: ReadStream) -> None:
    lines = [line(n, at=5_000 * n) for n in range(10)]
    left = [7, None]

    async def serve(peer: Peer) -> None:
        limit = left.pop(0)
        for entry in lines[:limit]:
            await peer.send(entry)
        await (peer.close(1000) if limit is None else cut(peer))

    async with pushing(serve) as server:
        found = await read(server, logs)
    assert [each.message for each in found] == [entry["message"] for entry in lines]


def step(number: int, message: str = "") -> dict[str, Any]:
    return {
        "type": "INFO",
        "timestamp": f"2026-01-02T03:04:{number // 2:02}Z",
        "details": {"transmitter": {"id": "t1", "name": "api", "type": "application"}, "stage": {"step": "Build"}},
        "message": {"safe_message": message or f"step {number}"},
    }


@pytest.mark.parametrize("after", range(5))
async def test_a_log_of_a_deployment_is_whole(read: ReadStream, after: int) -> None:
    """A new connection repeats all of it; a frame has several lines, of which some are equal."""
    lines = [step(n, "same" if n in (2, 3) else "") for n in range(8)]
    left = [after, None]

    async def serve(peer: Peer) -> None:
        limit = left.pop(0)
        for number in range(0, 8, 2):
            if limit is not None and number // 2 >= limit:
                return await cut(peer)
            await peer.send(lines[number : number + 2])
        return await (cut(peer) if limit is not None else peer.close(1000))

    async with pushing(serve) as server:
        found = await read(
            server,
            lambda client: client.streams.deployment_logs(
                "e1", version="v1", organization_id="o1", cluster_id="c1", project_id="p1"
            ),
        )
    assert [each.message.safe_message for each in found] == [entry["message"]["safe_message"] for entry in lines]
    assert {handshake.query["version"] for handshake in server.handshakes} == {"v1"}


async def test_a_state_that_is_repeated_is_not_told_again(read: ReadStream) -> None:
    states = [{"environments": []}, {"environments": []}]

    async def first(peer: Peer) -> None:
        await peer.send(states[0])
        peer.cut()

    async def second(peer: Peer) -> None:
        await peer.send(states[0])
        await peer.send({"environments": [], "new": True})
        await peer.close(1000)

    async with pushing(first, second) as server:
        found = await read(
            server,
            lambda client: client.streams.service_status("e1", organization_id="o1", cluster_id="c1", project_id="p1"),
        )
    assert [each.extra for each in found] == [{}, {"new": True}]
