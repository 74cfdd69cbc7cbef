"""Does anything grow over a million calls? The exit status is 1 if it does.

    python benchmarks/soak.py [--calls 1000000] [--face async|sync]

Each face makes as many calls to a local server, which take turns: a list, a get and an update of ids that were never used
before, a call that is cancelled, one of a `with_options` view. Half the calls are paced. After each tenth a line
shows what the process holds. The first tenth fills the pools and caches; what grows after it, grows for ever.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

import attrs
from server import serving

from qovery_async import AsyncQovery, models
from qovery_sync import Qovery

TASKS, THREADS = 50, 8
TENTHS = 10
LEAST = 100_000
"""With fewer calls, the caches still fill after the first tenth."""
CANCELLED, VIEWED = 101, 103
"""Of so many calls one is cancelled, and one is made by a view."""
MEMORY_ROOM = 2_000_000
"""Bytes by which the process may grow after the first tenth: the allocator keeps pieces that it cannot give back."""
ROOM = 100
"""By how many the objects and entries may differ, since calls in other threads have just ended."""


@attrs.frozen
class Held:
    """What a process holds."""

    memory: int
    descriptors: int
    tasks: int
    threads: int
    cached: int
    objects: int

    def line(self, calls: int) -> str:
        return (
            f"{calls:>10,} {self.memory / 1e6:9.1f} {self.descriptors:12} {self.tasks:6} {self.threads:8}"
            f" {self.cached:8} {self.objects:8}"
        )

    def growth(self, first: Held) -> list[str]:
        """What has grown since the first tenth."""
        room = {"memory": MEMORY_ROOM, "objects": ROOM, "cached": ROOM, "descriptors": 0, "tasks": 0, "threads": 0}
        now, then = attrs.asdict(self), attrs.asdict(first)
        return [f"{name}: {then[name]}, then {now[name]}" for name in room if now[name] > then[name] + room[name]]


HEADER = f"{'calls':>10} {'MB':>9} {'descriptors':>12} {'tasks':>6} {'threads':>8} {'cached':>8} {'objects':>8}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--face", choices=FACES, action="append")
    arguments = parser.parse_args()
    if arguments.calls < LEAST:
        parser.error(f"--calls must be {LEAST:,} or more: with fewer, caches still fill after the first tenth")
    grown: list[str] = []
    with serving() as url:
        for face in arguments.face or FACES:
            print(f"{face}\n{HEADER}", flush=True)
            seen: list[Held] = []
            for held in FACES[face](url, arguments.calls // TENTHS):
                seen.append(held)
                print(held.line(len(seen) * (arguments.calls // TENTHS)), flush=True)
            grown += [f"{face}: {what}" for what in seen[-1].growth(seen[0])]
    for what in grown:
        print(f"GROWN: {what}")
    sys.exit(1 if grown else 0)


def asynchronous(url: str, tenth: int) -> Iterator[Held]:
    with asyncio.Runner() as runner:
        home = runner.run(AsyncHome.open(url))
        for start in range(TENTHS):
            runner.run(home.calls(range(start * tenth, (start + 1) * tenth)))
            yield held(len(asyncio.all_tasks(runner.get_loop())))
        runner.run(home.close())


@attrs.frozen
class AsyncHome:
    """The clients of the async face."""

    plain: AsyncQovery
    paced: AsyncQovery

    @classmethod
    async def open(cls, url: str) -> AsyncHome:
        paced = AsyncQovery("x", base_url=url, organization_id="o1", pace="wait", timeout=60)
        return cls(AsyncQovery("x", base_url=url, organization_id="o1"), paced)

    async def calls(self, numbers: range) -> None:
        waiting = iter(numbers)  # shared by all tasks

        async def worker() -> None:
            for number in waiting:
                await self.call(number)

        await asyncio.gather(*(worker() for _ in range(TASKS)))

    async def call(self, number: int) -> None:
        client = self.paced if number % 2 else self.plain
        if number % CANCELLED == 0:
            task = asyncio.ensure_future(client.projects.get(f"p{number}"))
            asyncio.get_running_loop().call_later(0.0005, task.cancel)
            await asyncio.wait([task])
        elif number % VIEWED == 0:
            await client.with_options(timeout=30 + number % 7).projects.list()
        elif number % 3 == 0:
            await client.projects.list()
        elif number % 3 == 1:
            await client.projects.get(f"p{number}")
        else:
            await client.projects.update(f"p{number}", models.ProjectRequest(name=f"shop {number}"))

    async def close(self) -> None:
        await self.plain.aclose()
        await self.paced.aclose()


def blocking(url: str, tenth: int) -> Iterator[Held]:
    paced = Qovery("x", base_url=url, organization_id="o1", pace="wait", timeout=60)
    with Qovery("x", base_url=url, organization_id="o1") as plain, paced:

        def call(number: int) -> None:
            client = paced if number % 2 else plain
            if number % VIEWED == 0:
                client.with_options(timeout=30 + number % 7).projects.list()
            elif number % 3 == 0:
                client.projects.list()
            elif number % 3 == 1:
                client.projects.get(f"p{number}")
            else:
                client.projects.update(f"p{number}", models.ProjectRequest(name=f"shop {number}"))

        def work(numbers: Iterator[int]) -> None:
            for number in numbers:
                call(number)

        for start in range(TENTHS):
            waiting = iter(range(start * tenth, (start + 1) * tenth))  # shared by all threads
            with ThreadPoolExecutor(THREADS) as pool:
                for done in [pool.submit(work, waiting) for _ in range(THREADS)]:
                    done.result()
            yield held(0)


CONTAINERS = (dict, list, set, deque, WeakKeyDictionary, WeakValueDictionary, WeakSet)
FACES = {"async": asynchronous, "sync": blocking}


def held(tasks: int) -> Held:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Held(
        memory=pages * os.sysconf("SC_PAGE_SIZE"),
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        tasks=tasks,
        threads=threading.active_count(),
        cached=cached(),
        objects=len(gc.get_objects()),
    )


def cached() -> int:
    """The entries of all caches, and of all containers that modules or classes of the SDK keep."""
    ours = [module for name, module in sys.modules.items() if name.startswith(("qovery_async", "qovery_sync"))]
    spaces = [dict(vars(module)) for module in ours]
    spaces += [dict(vars(value)) for space in spaces for value in space.values() if isinstance(value, type)]
    values = [value for space in spaces for value in space.values()]
    # One container may have several names.
    sizes = {id(value): len(value) for value in values if isinstance(value, CONTAINERS)}
    infos: dict[int, int] = {id(value): value.cache_info().currsize for value in values if hasattr(value, "cache_info")}
    return sum(sizes.values()) + sum(infos.values())


if __name__ == "__main__":
    main()
