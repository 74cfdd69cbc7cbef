"""What does a stream cost, against a raw WebSocket of aiohttp with `json.loads`?

    python benchmarks/streams.py [--rounds 5] [--lines 50000]

The figures are ratios of medians over interleaved rounds; the server has a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import aiohttp
from aiohttp import web

from qovery_async import AsyncQovery
from qovery_sync import Qovery

IDS = {"organization_id": "o1", "cluster_id": "c1", "project_id": "p1", "environment_id": "e1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=50_000)
    arguments = parser.parse_args()
    with serving(arguments.lines) as url:
        throughput(url, arguments.rounds, arguments.lines)
        latency(url, arguments.rounds)


def report(what: str, figure: str, aim: str, detail: str) -> None:
    print(f"{what:<44} {figure:>9}   (aim {aim})   {detail}")


def throughput(url: str, rounds: int, lines: int) -> None:
    """Lines a second, as fast as they come."""
    ways: dict[str, Callable[[], int]] = {
        "raw": lambda: asyncio.run(raw(url)),
        "async": lambda: asyncio.run(ours(url)),
        "blocking": lambda: blocking(url),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, read in ways.items():
            began = time.perf_counter()
            assert read() == lines
            taken[name].append(lines / (time.perf_counter() - began))
    rates = {name: statistics.median(found) for name, found in taken.items()}
    for name in ("async", "blocking"):
        detail = f"{rates[name]:,.0f} lines/s, raw {rates['raw']:,.0f}"
        report(f"{name} stream of logs, lines a second", f"{rates[name] / rates['raw']:.2f}", ">= 0.5", detail)


async def raw(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/service/logs") as socket:
        count = 0
        async for message in socket:
            json.loads(message.data)
            count += 1
        return count


async def ours(url: str) -> int:
    async with AsyncQovery("x", ws_url=url) as client:
        return sum([1 async for _ in client.streams.service_logs("s1", **IDS)])


def blocking(url: str) -> int:
    with Qovery("x", ws_url=url) as client:
        return sum(1 for _ in client.streams.service_logs("s1", **IDS))


def latency(url: str, rounds: int) -> None:
    """From the frame to the one who reads it: each frame has the time at which it was sent."""
    found = {name: asyncio.run(delays(name, url, rounds)) for name in ("raw", "async")}
    middle = {name: statistics.median(times) * 1e6 for name, times in found.items()}
    detail = f"{middle['async']:.0f} us, raw {middle['raw']:.0f} us"
    report("latency of a frame, added", f"{middle['async'] - middle['raw']:.0f} us", "none", detail)


async def delays(name: str, url: str, rounds: int) -> list[float]:
    times: list[float] = []

    async def timed() -> None:
        if name == "raw":
            async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/cluster/status") as socket:
                times.extend(
                    [time.perf_counter() - json.loads(message.data)["computed_status"] async for message in socket]
                )
        else:
            async with AsyncQovery("x", ws_url=url) as client:
                stream = client.streams.connect("/cluster/status", cluster="c1", organization="o1")
                times.extend([time.perf_counter() - frame["computed_status"] async for frame in stream])

    for _ in range(rounds):
        await timed()
    return times


@contextmanager
def serving(lines: int) -> Iterator[str]:
    """The server, in a process of its own."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(there, lines), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def serve(there: Connection, lines: int) -> None:
    asyncio.run(answer(there, lines))


async def answer(there: Connection, lines: int) -> None:
    frames = [json.dumps(line(number), separators=(",", ":")) for number in range(lines)]

    async def logs(request: web.Request) -> web.WebSocketResponse:
        return await push(request, lambda socket: every(socket, frames))

    async def status(request: web.Request) -> web.WebSocketResponse:
        return await push(request, seldom)

    app = web.Application()
    app.router.add_get("/service/logs", logs)
    app.router.add_get("/cluster/status", status)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    there.send(f"ws://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()


async def push(request: web.Request, work: Callable[[web.WebSocketResponse], Awaitable[None]]) -> web.WebSocketResponse:
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await work(socket)
    await socket.close()
    return socket


async def every(socket: web.WebSocketResponse, frames: list[str]) -> None:
    for frame in frames:
        await socket.send_str(frame)


async def seldom(socket: web.WebSocketResponse) -> None:
    for _ in range(200):
        await asyncio.sleep(0.005)
        await socket.send_str(json.dumps({"computed_status": time.perf_counter()}))


def line(number: int) -> dict[str, object]:
    return {
        "created_at": 1_700_000_000_000 + number,
        "message": f"line {number} " + "x" * 120,
        "pod_name": "api-7f9c-abcde",
        "container_name": "main",
        "version": "1",
        "severity_text": "INFO",
        "labels": {"app": "api"},
        "from_kube": False,
    }


if __name__ == "__main__":
    main()
