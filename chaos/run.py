"""Does the SDK keep its promises under hard conditions? The exit status is 1 if it does not.

    python -W error -m chaos.run [--calls 20000] [--seed 4] [--write]

Both clients call the emulator at the same time, with all its faults, through a proxy that damages bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs

from chaos.drivers import Workload, work_in_task, work_in_thread
from chaos.figures import Figures
from chaos.idle import NOTICEABLE
from chaos.journal import Journal
from chaos.judge import Judge, Tolerance
from chaos.ledger import Facts, events
from chaos.meters import Memory, Meters, open_resources
from chaos.noise import Noise
from chaos.report import markdown
from chaos.story import stories
from chaos.verdict import Run, failures
from chaos.workers import SHARED, Home, Worker
from chaos.world import PERSON, World
from qovery_async import AsyncQovery, RetryPolicy, Timeout, bodies, models
from qovery_sync import Qovery

TASKS = 50
THREADS = 8
POLICY = RetryPolicy(attempts=6, base=0.05, cap=0.4, total=30.0)
STALL = 2.5
"""Seconds for which the proxy stalls: more than an attempt may take."""
TOLERANCE = 0.5
"""Seconds that a call may run after its deadline or its cancellation, plus twice the longest delay of the loop."""
STORIES = 5
"""The violations whose story is told."""
PATIENT = Timeout(total=20.0)
DOCUMENT = Path(__file__).parent.parent / "docs" / "chaos.md"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--write", action="store_true", help=f"write the figures to docs/{DOCUMENT.name}")
    given = parser.parse_args(arguments)
    print(f"{given.calls} calls, seed {given.seed}", flush=True)
    run = measure(given.calls, given.seed)
    figures = markdown(run)
    print(figures)
    wrong = failures(run)
    for violation in wrong[:40]:
        print(f"FAILED: {violation}")
    print(run.stories)
    if given.write and not wrong:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(figures, encoding="utf-8")
    return 1 if wrong else 0


def measure(calls: int, seed: int) -> Run:
    meters, journal, noise = Meters(), Journal(), Noise()
    meters.count_exhaustions()
    with TemporaryDirectory() as folder:
        ledger = Path(folder, "ledger")
        with World(seed, ledger, stall=STALL) as world:
            asyncio.run(_first_loop(world))
            before, began = open_resources(), time.monotonic()
            with noise:
                faulthandler.enable(noise.descriptor)
                chaos = Chaos(world, calls, seed, Workload(iter(range(calls)), journal), meters, noise)
                served = asyncio.run(chaos.run())
                after, elapsed = open_resources(), time.monotonic() - began
            report = world.report()
        with ledger.open(encoding="utf-8") as lines:
            facts = Facts.of(events(lines), calls, report["labels"])
        judge = Judge(facts, Tolerance(TOLERANCE + 2 * meters.lag, NOTICEABLE + meters.lag), noise.without_result)
        judge.check(journal.rows())
        figures = Figures.of(journal.rows(), judge.is_garbled)
        with ledger.open(encoding="utf-8") as lines:
            told = _stories(judge, journal, lines)
    journal.close()
    return Run(calls, seed, elapsed, report, facts, figures, judge, noise, meters, before, after, served, told)


def _stories(judge: Judge, journal: Journal, ledger: Iterable[str]) -> str:
    """The stories of the first violations of each promise."""
    first = {violation.promise: violation for violation in reversed(judge.violations)}
    about = list(reversed(first.values()))[:STORIES]
    told = stories(about, journal.rows(), events(ledger)) if about else ()
    return "\n".join(line for story in told for line in story.lines())


async def _first_loop(world: World) -> None:
    """Opens what the first loop of a process keeps open for ever, before the open things are counted."""
    async with AsyncQovery(PERSON, base_url=world.url) as client:
        await client.organizations.list()


@attrs.frozen
class Chaos:
    """One run, from opening the clients to closing them."""

    world: World
    calls: int
    seed: int
    workload: Workload
    meters: Meters
    noise: Noise

    async def run(self) -> tuple[int, int]:
        """Makes all calls. Returns how many plain calls succeed afterwards, and of how many."""
        client = AsyncQovery(PERSON, base_url=self.world.url, retries=POLICY, on_retry=self.meters.on_retry)
        blocking = Qovery(PERSON, base_url=self.world.url, retries=POLICY, on_retry=self.meters.on_retry)
        async with client:
            homes = await _homes(client)
            with ThreadPoolExecutor(THREADS) as threads:
                await self._work(client, blocking, homes, threads)
                self.world.calm()
                served = await _plain_calls(client, blocking, homes[0], threads)
        blocking.close()
        return served

    async def _work(
        self, client: AsyncQovery, blocking: Qovery, homes: Sequence[Home], threads: ThreadPoolExecutor
    ) -> None:
        workers = [Worker(n, self.seed, home, cancels=n < TASKS) for n, home in enumerate(homes)]
        watch = asyncio.create_task(self.meters.watch(self.workload, self.calls, self.noise.descriptor))
        self.world.begin()
        loop = asyncio.get_running_loop()
        in_threads = [
            loop.run_in_executor(threads, work_in_thread, worker, blocking, self.workload) for worker in workers[TASKS:]
        ]
        await asyncio.gather(*(work_in_task(worker, client, self.workload) for worker in workers[:TASKS]), *in_threads)
        self.meters.memory.append(Memory.now())
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


async def _homes(client: AsyncQovery) -> list[Home]:
    shared = await _project(client, "all")
    for n in range(SHARED):
        await client.environments.create(shared.id, {"name": f"shared {n}"})
    homes: list[Home] = []
    for n in range(TASKS + THREADS):
        project = await _project(client, f"worker {n}")
        environment = await client.environments.create(project.id, {"name": "home"})
        homes.append(Home(project.organization.id, project.id, environment.id, shared.id))
    return homes


async def _project(client: AsyncQovery, owner: str) -> models.Project:
    """Creates a project in a new organization."""
    organization = await client.organizations.create({"name": owner, "plan": "FREE"})
    cluster: bodies.ClusterRequestDict = {"name": "cluster", "cloud_provider": "AWS", "region": "eu-west-3"}
    await client.clusters.create(cluster, organization_id=organization.id)
    return await client.projects.create({"name": "home"}, organization_id=organization.id)


async def _plain_calls(
    client: AsyncQovery, blocking: Qovery, home: Home, threads: ThreadPoolExecutor
) -> tuple[int, int]:
    """How many plain calls succeed, and of how many: the connections left in the pool must be usable."""
    loop = asyncio.get_running_loop()
    in_tasks = [client.with_options(timeout=PATIENT).projects.get(home.project) for _ in range(4 * TASKS)]
    get = blocking.with_options(timeout=PATIENT).projects.get
    in_threads = [loop.run_in_executor(threads, get, home.project) for _ in range(4 * THREADS)]
    found = await asyncio.gather(*in_tasks, *in_threads, return_exceptions=True)
    return sum(not isinstance(one, BaseException) and one.id == home.project for one in found), len(found)


if __name__ == "__main__":
    sys.exit(main())
