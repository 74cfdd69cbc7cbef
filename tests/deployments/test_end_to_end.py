"""Is the end of a deployment what the emulator says? 200 actions at once, each disturbed in its own way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import attrs
import pytest

from qovery_async import AsyncQovery, RetryPolicy
from qovery_async.emulator import Durations, Emulator, Fault
from tests.support.disturbed import Story, stories
from tests.support.quick import hastened

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


async def play(monkeypatch: pytest.MonkeyPatch, count: int, trouble: Callable[[Emulator], None]) -> list[Story]:
    async with (
        hastened(monkeypatch, TIMES) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, retries=QUICK) as client,
    ):
        told = await stories(emulator, client, count, f"200/{trouble.__name__}", LONG)
        trouble(emulator)
        async with asyncio.TaskGroup() as group:
            for story in told:
                group.create_task(story.play(client))
    return told


async def test_200_ends_are_those_that_the_emulator_says(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [
        story
        for count, trouble in ((120, no_trouble), (25, outage), (15, throttled), (20, flaky), (20, longer_lag))
        for story in await play(monkeypatch, count, trouble)
    ]
    assert len(told) == 200
    assert [(*story.key, story.named, story.wrong) for story in told if story.wrong] == []
    ends = Counter(story.end for story in told)
    print(ends)
    assert ends["success"] >= 100
    assert min(ends[name] for name in ("DeploymentFailed", "DeploymentCanceled", "DeploymentTimeout")) >= 5
