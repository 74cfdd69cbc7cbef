"""What of a run must not be?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from chaos.journal import CANCELED, OK, Row
from chaos.judge import Judge
from chaos.meters import Meters
from chaos.noise import Noise

LEAST_SUCCESS = 0.9
"""The share of idempotent calls, neither garbled nor canceled, that must succeed on a machine that is busy otherwise."""
MOST_GROWTH = 8.0
"""The MB by which memory may be more at the end than after the first quarter."""


@attrs.frozen
class Run:
    """All that was measured."""

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
        """The calls that nobody canceled and of which no byte was garbled."""
        return [
            row
            for row in self.rows
            if row.is_idempotent is idempotent and row.outcome != CANCELED and not self.judge.is_garbled(row)
        ]

    @property
    def success(self) -> float:
        return share(self.clean(idempotent=True))


def failures(run: Run) -> list[str]:
    found = [*run.judge.violations, *run.noise.heard]
    found += [f"the emulator complained: {what}" for what in run.report["complaints"]]
    if len(run.rows) != run.calls:
        found.append(f"{len(run.rows)} calls ended, not {run.calls}")
    if run.success < LEAST_SUCCESS:
        found.append(f"only {run.success:.2%} of the idempotent calls succeeded")
    if run.before != run.after:
        found.append(f"left open: {dict(run.before)} before, {dict(run.after)} after")
    first, last = run.meters.memory["a quarter"], run.meters.memory["the end"]
    if last > first + MOST_GROWTH:
        found.append(f"memory grew from {first:.1f} to {last:.1f} MB")
    served, asked = run.served_after
    if served != asked:
        found.append(f"afterwards only {served} of {asked} plain calls were served")
    return found


def share(rows: Iterable[Row]) -> float:
    """How many ended well; so did a call about something that is gone."""
    ends = [row.outcome == OK or row.status == 404 for row in rows]
    return sum(ends) / len(ends) if ends else 1.0
