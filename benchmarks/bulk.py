"""What does `client.bulk` cost and bring, against the same calls without it?

    python benchmarks/bulk.py [--rounds 5] [--items 10000]

The figures are ratios of medians over interleaved rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
from server import serving

from qovery_async import AsyncQovery
from qovery_sync import Qovery

PROJECT = "5f6b3c1e-7a3d-4a53-9f0e-2f4b8a1d9c11"
CONCURRENCY = 64
STREAMED = 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", type=int, default=10_000)
    arguments = parser.parse_args()
    with serving() as url:
        asyncio.run(against_gather(url, arguments.rounds, arguments.items))
        asyncio.run(against_a_loop(url, arguments.rounds, arguments.items // 10, "2", "no wait"))
        asyncio.run(raw(url, arguments.rounds, arguments.items // 10))
    with serving(5) as url:
        asyncio.run(against_a_loop(url, arguments.rounds, arguments.items // 10, "20", "5 ms a response"))
    with serving(20) as url:
        blocking(url, arguments.rounds, 200)
    asyncio.run(memory())


def report(what: str, figure: str, aim: str, detail: str) -> None:
    print(f"{what:<44} {figure:>9}   (aim {aim})   {detail}")


async def against_gather(url: str, rounds: int, count: int) -> None:
    async with AsyncQovery(token="x", base_url=url) as client:
        semaphore = asyncio.Semaphore(CONCURRENCY)

        async def one(project_id: str) -> object:
            async with semaphore:
                return await client.projects.get(project_id)

        async def raw() -> None:
            await asyncio.gather(*(one(PROJECT) for _ in range(count)))

        async def ours() -> None:
            await client.bulk.map(client.projects.get, [PROJECT] * count, concurrency=CONCURRENCY)

        a, b = await medians(raw, ours, rounds)
        detail = f"{count / b:.0f} calls/s against {count / a:.0f}: asyncio.gather with a semaphore of {CONCURRENCY}"
        report("throughput of bulk.map", f"{a / b:.2f}x", "0.85 or more", detail)


async def against_a_loop(url: str, rounds: int, count: int, aim: str, what: str) -> None:
    async with AsyncQovery(token="x", base_url=url) as client:

        async def loop() -> None:
            for _ in range(count):
                await client.projects.get(PROJECT)

        async def ours() -> None:
            await client.bulk.map(client.projects.get, [PROJECT] * count, concurrency=CONCURRENCY)

        a, b = await medians(loop, ours, rounds)
        report(f"bulk.map, {what}", f"{a / b:.1f}x", f"{aim} or more", f"{count / b:.0f} calls/s against a loop")


async def raw(url: str, rounds: int, count: int) -> None:
    """What there is to gain: aiohttp alone, where it waits for nothing but the system."""
    async with aiohttp.ClientSession() as session:

        async def one() -> object:
            async with session.get(f"{url}/project/{PROJECT}") as response:
                return json.loads(await response.read())

        async def some(n: int) -> None:
            for _ in range(n):
                await one()

        async def together() -> None:
            await asyncio.gather(*(some(count // CONCURRENCY) for _ in range(CONCURRENCY)))

        a, b = await medians(lambda: some(count // CONCURRENCY * CONCURRENCY), together, rounds)
        report("raw aiohttp, no wait", f"{a / b:.1f}x", "none", f"{count / b:.0f} calls/s against a loop")


async def medians(
    other: Callable[[], Awaitable[None]], ours: Callable[[], Awaitable[None]], rounds: int
) -> tuple[float, float]:
    times: dict[Callable[[], Awaitable[None]], list[float]] = {other: [], ours: []}
    for _ in range(rounds):
        for work, found in times.items():
            gc.collect()
            began = time.perf_counter()
            await work()
            found.append(time.perf_counter() - began)
    return statistics.median(times[other]), statistics.median(times[ours])


def blocking(url: str, rounds: int, count: int) -> None:
    ids = [PROJECT] * count
    looped, mapped = [], []
    with Qovery(token="x", base_url=url) as client:
        for _ in range(rounds):
            began = time.perf_counter()
            for project_id in ids:
                client.projects.get(project_id)
            looped.append(time.perf_counter() - began)
            began = time.perf_counter()
            client.bulk.map(client.projects.get, ids)
            mapped.append(time.perf_counter() - began)
    ratio = statistics.median(looped) / statistics.median(mapped)
    report("blocking bulk.map, 20 ms a response", f"{ratio:.1f}x", "8 or more", "against a loop, 16 at once")


async def memory() -> None:
    """Streams a million items, and compares the resident memory after the first tenth with that at the end."""

    async def call(item: int) -> int:
        await asyncio.sleep(0)
        return item

    async with AsyncQovery(token="x") as client:
        early = 0
        async for outcome in client.bulk.stream(call, iter(range(STREAMED))):
            if outcome.index == STREAMED // 10:
                early = resident()
        grown = resident() - early
        report(f"bulk.stream, {STREAMED:,} items", f"+{grown / 1e6:.1f} MB", "about 0", "after the first tenth")


def resident() -> int:
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main()
