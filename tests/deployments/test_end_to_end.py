"""Is the end of a deployment what the emulator says? 200 actions at once, each disturbed in its own way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import attrs
import pytest

from qovery_async import AsyncQovery, RetryPolicy
from qovery_async.emulator import Durations, Emulator, Fault
from tests.support.disturbed import Asked, Story, stories
from tests.support.quick import hasten

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

TIMES = 5.0
LONG = 120.0 / TIMES
QUICK = RetryPolicy(base=0.05)


def no_trouble(_: Emulator) -> None:
    pass


def outage(emulator: Emulator) -> None:
    emulator.clock.call_later(6, lambda: emulator.faults.add(Fault.status(503), seconds=60))


def throttled(emulator: Emulator) -> None:
    fault = Fault.rate_limited(retry_after=1)
    emulator.faults.add(fault, call="environments.get_statuses_with_stages", probability=0.2)


def flaky(emulator: Emulator) -> None:
    for fault in (Fault.drop("after"), Fault.truncated(), Fault.status(502)):
        emulator.faults.add(fault, call="environments.get_statuses_with_stages", probability=0.1)


def longer_lag(emulator: Emulator) -> None:
    emulator.life.durations = attrs.evolve(Durations(), lag=12.0)


async def play(count: int, trouble: Callable[[Emulator], None]) -> list[Story]:
    asked = Asked()
    async with (
        Emulator(world="demo", rate_limit=None, speed=TIMES) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, retries=QUICK, on_request=asked) as client,
    ):
        told = await stories(emulator, client, count, f"200/{trouble.__name__}", LONG)
        trouble(emulator)
        async with asyncio.TaskGroup() as group:
            for story in told:
                group.create_task(story.play(client, asked))
    return told


async def test_200_ends_are_those_that_the_emulator_says(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch, TIMES)
    batches = (play(120, no_trouble), play(25, outage), play(15, throttled), play(20, flaky), play(20, longer_lag))
    told = [story for batch in await asyncio.gather(*batches) for story in batch]
    assert len(told) == 200
    assert [(*story.key, story.named, story.wrong) for story in told if story.wrong] == []
    ends = Counter(story.end for story in told)
    assert ends["success"] >= 100, ends
    assert min(ends[name] for name in ("DeploymentFailed", "DeploymentCanceled", "DeploymentTimeout")) >= 4, ends
