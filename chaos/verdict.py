"""When does a run fail?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from chaos.journal import CANCELED, OK, Row
from chaos.judge import Judge
from chaos.meters import Meters
from chaos.noise import Noise

LEAST_SUCCESS = 0.9
"""The share of idempotent calls, neither garbled nor canceled, that must succeed even on a busy machine."""
MOST_GROWTH = 8.0
"""The MB by which memory may grow between the first quarter of the calls and the end."""


@attrs.frozen
class Run:
    """The measurements of a run. `served_after` is how many plain calls succeeded afterwards, and of how many."""

    calls: int
    seed: int
    elapsed: float
    rows: Sequence[Row]
    report: Mapping[str, Any]
    judge: Judge
    noise: Noise
    meters: Meters
    before: Mapping[str, int]
    after: Mapping[str, int]
    served_after: tuple[int, int]

    def clean(self, *, idempotent: bool) -> list[Row]:
        """The calls that were not canceled and have no garbled byte."""
        return [
            row
            for row in self.rows
            if row.is_idempotent is idempotent and row.outcome != CANCELED and not self.judge.is_garbled(row)
        ]

    @property
    def success(self) -> float:
        return share(self.clean(idempotent=True))


def failures(run: Run) -> list[str]:
    """The reasons why a run has failed; none if it has not."""
    found = [*run.judge.violations, *run.noise.failures]
    found += [f"the emulator logged: {line}" for line in run.report["warnings"]]
    if len(run.rows) != run.calls:
        found.append(f"{len(run.rows)} calls ended, not {run.calls}")
    if run.success < LEAST_SUCCESS:
        found.append(f"only {run.success:.2%} of the idempotent calls succeeded, not {LEAST_SUCCESS:.0%}")
    if run.before != run.after:
        found.append(f"left open: {dict(run.before)} before, {dict(run.after)} after")
    first, last = run.meters.memory["a quarter"], run.meters.memory["the end"]
    if last > first + MOST_GROWTH:
        found.append(f"memory grew from {first:.1f} to {last:.1f} MB")
    succeeded, sent = run.served_after
    if succeeded != sent:
        found.append(f"afterwards only {succeeded} of {sent} plain calls succeeded")
    return found


def share(rows: Iterable[Row]) -> float:
    """The share of calls that succeeded. A 404 counts: the object may have been deleted."""
    ends = [row.outcome == OK or row.status == 404 for row in rows]
    return sum(ends) / len(ends) if ends else 1.0
