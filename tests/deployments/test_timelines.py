"""Is every verdict on a random timeline true? 10,000 of them, each a story of several users in one environment."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support import oracle


@pytest.mark.parametrize(
    ("count", "least"),
    [
        (1_000, {"DONE": 600, "FAILED": 200, "CANCELED": 40, "WAIT": 5}),
        pytest.param(10_000, {"DONE": 6_500, "FAILED": 2_200, "CANCELED": 400, "WAIT": 100}, marks=pytest.mark.slow),
    ],
)
def test_no_verdict_is_denied_by_what_happened(count: int, least: dict[str, int]) -> None:
    cases = oracle.judged(range(count))
    assert [(seed, wrong) for seed, case in enumerate(cases) if (wrong := case.wrong())] == []
    verdicts = Counter(case.verdict.name for case in cases)
    assert sum(verdicts.values()) == count
    assert {name: verdicts[name] >= most for name, most in least.items()} == dict.fromkeys(least, True), verdicts


def test_the_timelines_hold_what_makes_judging_hard() -> None:
    cases = oracle.judged(range(1_000))
    held = Counter[str]()
    for case in cases:
        runs, carrier = case.timeline.runs, case.carrier
        assert carrier is not None
        held["under another id"] += not case.is_known
        held["without an id"] += case.request_id is None
        held["others before"] += any(
            run.ends is not None and carrier.accepted < run.ends <= carrier.begins for run in runs
        )
        held["others after"] += any(run.begins >= (carrier.ends or 0) for run in runs if run is not carrier)
        held["canceled in the queue"] += carrier.canceled_at is not None
        held["failed"] += carrier.outcome.endswith("ERROR")
        held["gone"] += case.timeline.gone_at < oracle.PATIENCE
        held["odd states"] += case.timeline.odd
        held["never ready"] += (carrier.ends or 0) > oracle.PATIENCE
        held[case.action] += 1
    assert len(held) == 16
    assert min(held.values()) >= 5, held
