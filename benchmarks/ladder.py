"""What does each step of a call cost, added to raw aiohttp and `json.loads`?

    python benchmarks/ladder.py [--rounds 15] [--calls 500]

CPU of this process, user and system time; the server has a process of its own. The steps take turns, and each figure
is a median over the rounds, the ratios too, so that a busy machine changes little.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
from server import serving

from qovery_async import AsyncQovery
from qovery_async.transport.request import Call, build

ORGANIZATION = "9d3e1e0a-4b1e-4d5c-8f3d-6f0a0b7c1d22"
TOKEN = "qov_" + "x" * 40
ROUTE = ("projects.list", "GET /organization/{organization_id}/project", ORGANIZATION)
RAW = "raw aiohttp and json.loads"
SESSION = "the client's own session"
HTTP = "http.send: one request, read with its limits"
EXCHANGE = "exchange.send: attempts, hooks, pace"
ALL = "the call: client.projects.list()"
EXTRAS = "with two hooks, timeout=60 and pace='wait'"

Step = Callable[[], Awaitable[object]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--calls", type=int, default=500)
    arguments = parser.parse_args()
    with serving() as url:
        for at_once in (1, 50):
            print_table(at_once, asyncio.run(measure(url, arguments.rounds, arguments.calls, at_once)))


async def measure(url: str, rounds: int, calls: int, at_once: int) -> dict[str, list[float]]:
    """For each step, the seconds of CPU that one call takes, in each round."""
    async with steps(url) as ladder:
        found: dict[str, list[float]] = {name: [] for name in ladder}
        for step in ladder.values():
            await run(step, calls, at_once)
        for round_ in range(rounds):
            turns = list(ladder.items())
            for name, step in turns if round_ % 2 else reversed(turns):
                gc.collect()
                began = time.process_time()
                await run(step, calls, at_once)
                found[name].append((time.process_time() - began) / calls)
        return found


async def run(step: Step, calls: int, at_once: int) -> None:
    async def worker() -> None:
        for _ in range(calls // at_once):
            await step()

    await asyncio.gather(*(worker() for _ in range(at_once)))


@asynccontextmanager
async def steps(url: str) -> AsyncIterator[dict[str, Step]]:
    """The steps of the ladder, each with all that the one before has."""
    async with AsyncExitStack() as stack:
        headers = {"Authorization": f"Token {TOKEN}"}
        plain = await stack.enter_async_context(aiohttp.ClientSession(headers=headers))
        client = await stack.enter_async_context(AsyncQovery(TOKEN, base_url=url, organization_id=ORGANIZATION))
        full = await stack.enter_async_context(
            AsyncQovery(
                TOKEN,
                base_url=url,
                organization_id=ORGANIZATION,
                timeout=60,
                pace="wait",
                on_request=ignore,
                on_response=ignore,
            )
        )
        await client.projects.list()
        exchange = client._core.exchange  # noqa: SLF001  # the steps are inside
        ours = exchange.network.sessions.current()
        assert ours is not None
        address = f"{url}/organization/{ORGANIZATION}/project"
        request = build(Call(*ROUTE), base_url=url, accept="application/json", headers=exchange.headers)
        limit = exchange.options.timeout
        authorization = await exchange.credentials.header(request, limit)

        async def get(session: aiohttp.ClientSession, **options: Any) -> object:
            async with session.get(address, **options) as response:
                return json.loads(await response.read())

        async def send_once() -> object:
            return json.loads((await exchange.http.send(request, authorization, limit)).body)

        async def send() -> object:
            return json.loads((await exchange.send(Call(*ROUTE), "application/json")).body)

        yield {
            RAW: lambda: get(plain),
            SESSION: lambda: get(ours.http, headers=headers),
            HTTP: send_once,
            EXCHANGE: send,
            ALL: client.projects.list,
            EXTRAS: full.projects.list,
        }


def ignore(_: object) -> None:
    pass


def print_table(at_once: int, found: dict[str, list[float]]) -> None:
    how = "one at a time" if at_once == 1 else f"{at_once} at once"
    print(f"{how:<48} {'us':>7} {'ratio':>7} {'added':>7}")
    before = 0.0
    for name, times in found.items():
        median = statistics.median(times)
        ratio = statistics.median(ours / raw for ours, raw in zip(times, found[RAW], strict=True))
        print(f"  {name:<46} {median * 1e6:7.1f} {ratio:6.2f}x {(median - before) * 1e6:+7.1f}")
        before = median


if __name__ == "__main__":
    main()
