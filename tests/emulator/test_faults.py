"""Which requests does a fault strike, and do they take effect?"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import aiohttp
import pytest

from qovery_async.emulator import Fault, Faults
from qovery_async.emulator.faults.rules import matches, strikes
from tests.support.faulty_api import api

pytestmark = pytest.mark.anyio


async def test_without_rules_nothing_happens() -> None:
    async with api() as served:
        reply = await served.ask()
        assert (reply.status, reply.headers["X-Kept"]) == (200, "yes")


async def test_a_rule_strikes_only_its_calls_and_only_so_often() -> None:
    async with api() as served:
        rule = served.faults.add(Fault.status(503), call="projects.*", count=2)
        statuses = [(await served.ask(call=call)).status for call in ("environments.list", *["projects.list"] * 4)]
        assert statuses == [200, 503, 503, 200, 200]
        assert rule.inflicted == 2
        assert rule.seen == 2, "a spent rule looks at nothing"


async def test_clear_takes_all_rules_away() -> None:
    async with api() as served:
        served.faults.add(Fault.status(500))
        assert (await served.ask()).status == 500
        served.faults.clear()
        assert (await served.ask()).status == 200
        assert served.faults.rules == ()


@pytest.mark.parametrize(
    ("pattern", "call", "expected"),
    [
        (None, "projects.list", True),
        (None, None, True),
        ("projects.list", "projects.list", True),
        ("projects.list", "projects.list_all", False),
        ("projects.*", "projects.environments.list", True),
        ("*.delete", "projects.delete", True),
        ("*", None, False),
    ],
)
def test_calls_match_by_name_or_glob(pattern: str | None, call: str | None, expected: object) -> None:
    assert matches(pattern, call) is expected


def test_the_same_seed_strikes_the_same_calls() -> None:
    one, again, other = ([strikes(seed, nth, 0.3) for nth in range(2000)] for seed in ("7/0", "7/0", "8/0"))
    assert one == again != other
    assert 0.25 < sum(one) / 2000 < 0.35
    assert not any(strikes("7/0", nth, 0.0) for nth in range(100))


async def test_who_is_struck_depends_on_the_seed_and_not_on_other_rules() -> None:
    async def statuses(*before: Fault, seed: int) -> list[int]:
        async with api(Faults(seed)) as served:
            for fault in before:
                served.faults.add(fault, call="nobody.*")
            served.faults.add(Fault.status(502), probability=0.5, seed=seed)
            return [(await served.ask()).status for _ in range(12)]

    alone = await statuses(seed=3)
    assert {200, 502} == set(alone)
    assert await statuses(Fault.drop(), Fault.latency(1), seed=3) == alone
    assert await statuses(seed=4) != alone


@pytest.mark.parametrize("options", [{"probability": 1.1}, {"probability": -0.1}, {"count": 0}])
def test_nonsense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Faults().add(Fault.drop(), **options)


@pytest.mark.parametrize("options", [{}, {"answers": 1, "seconds": 1}, {"answers": 0}, {"answers": 65}])
def test_stale_by_nothing_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="stale: "):
        Fault.stale(**options)


@pytest.mark.parametrize(
    ("fault", "effects"),
    [
        (Fault.status(500), 0),
        (Fault.status(500, when="after"), 1),
        (Fault.rate_limited(), 0),
        (Fault.rate_limited(when="after"), 1),
        (Fault.not_json(), 1),
        (Fault.not_json(502, when="before"), 0),
        (Fault.drop(), 0),
        (Fault.drop(when="after"), 1),
        (Fault.reset(), 1),
        (Fault.reset(when="before"), 0),
        (Fault.truncated(), 1),
    ],
    ids=str,
)
async def test_a_fault_says_whether_the_request_took_effect(fault: Fault, effects: int) -> None:
    async with api() as served:
        rule = served.faults.add(fault)
        broken = fault.name in {"drop", "reset", "truncated"}
        with pytest.raises(aiohttp.ClientError) if broken else nullcontext():
            await served.ask("POST")
        assert served.effects == effects == (1 if fault.when == "after" else 0)
        assert rule.inflicted == 1
