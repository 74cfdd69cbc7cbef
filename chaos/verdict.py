"""When does a run fail?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from chaos.figures import Figures
from chaos.judge import Judge
from chaos.ledger import Facts
from chaos.meters import Meters
from chaos.noise import Noise

LEAST_SUCCESS = 0.9
"""The share of idempotent calls, neither garbled nor canceled, that must succeed even on a busy machine."""
MOST_BLOCKS = 0.05
"""The share by which the blocks of Python's objects may grow between the first quarter of the calls and the end."""
FREE_PER_CALL = 60
"""The bytes by which the free memory that the allocator keeps between blocks may grow with each call."""


@attrs.frozen
class Run:
    """The measurements of a run. `served_after` is how many plain calls succeeded afterwards, and of how many."""

    calls: int
    seed: int
    elapsed: float
    report: Mapping[str, Any]
    facts: Facts
    figures: Figures
    judge: Judge
    noise: Noise
    meters: Meters
    before: Mapping[str, int]
    after: Mapping[str, int]
    served_after: tuple[int, int]
    stories: str = ""
    """What happened to the objects of the first violations."""


def most_growth(calls: int) -> float:
    """The MB by which resident memory may grow between the first quarter of the calls and the end."""
    return 8 + calls * FREE_PER_CALL / 2**20


def failures(run: Run) -> list[str]:
    """The reasons why a run has failed; none if it has not."""
    found = [*map(str, run.judge.violations), *run.noise.failures]
    found += [f"the emulator logged: {line}" for line in run.report["warnings"]]
    if run.figures.calls != run.calls:
        found.append(f"{run.figures.calls} calls ended, not {run.calls}")
    if run.figures.success < LEAST_SUCCESS:
        found.append(f"only {run.figures.success:.2%} of the idempotent calls succeeded, not {LEAST_SUCCESS:.0%}")
    if run.before != run.after:
        found.append(f"left open: {dict(run.before)} before, {dict(run.after)} after")
    first, last = run.meters.memory[0], run.meters.memory[-1]
    if last.blocks > first.blocks * (1 + MOST_BLOCKS):
        found.append(f"Python's objects grew from {first.blocks} to {last.blocks} blocks")
    if last.resident > first.resident + most_growth(run.calls):
        found.append(f"memory grew from {first.resident:.1f} to {last.resident:.1f} MB")
    succeeded, sent = run.served_after
    if succeeded != sent:
        found.append(f"afterwards only {succeeded} of {sent} plain calls succeeded")
    return found
