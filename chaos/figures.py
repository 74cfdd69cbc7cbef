"""How many calls ended in which way, and after how long? Counted row by row, so that a run may have any length."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

import attrs

from chaos.journal import CANCELED, OK, Face, Row

IDEMPOTENT, POST, GARBLED = "GET, PUT, DELETE", "POST", "garbled or crossed"
SINCE = "canceled, since the cancellation"


@attrs.define
class Figures:
    """The counts of a run. An idempotent call that got a 404 has succeeded: its object may have been deleted."""

    calls: int = 0
    canceled: int = 0
    outcomes: Counter[tuple[str, str, Face]] = attrs.field(factory=Counter[tuple[str, str, Face]])
    """By group, outcome and face, without the canceled calls."""
    succeeded: Counter[str] = attrs.field(factory=Counter[str])
    """The idempotent calls that are neither garbled nor canceled, by verb: those that succeeded, and `ended`, all."""
    ended: Counter[str] = attrs.field(factory=Counter[str])
    seconds: dict[str, array[float]] = attrs.field(factory=lambda: defaultdict(lambda: array("d")))
    """How long the calls took, by their timeout."""
    overrun: Counter[str] = attrs.field(factory=Counter[str])
    """The longest time after the deadline, in milliseconds."""

    @classmethod
    def of(cls, rows: Iterable[Row], is_garbled: Callable[[Row], bool]) -> Figures:
        figures = cls()
        for row in rows:
            figures._take(row, garbled=is_garbled(row))
        return figures

    @property
    def success(self) -> float:
        """The share of the idempotent calls that succeeded."""
        return share(self.succeeded.total(), self.ended.total())

    def _take(self, row: Row, *, garbled: bool) -> None:
        self.calls += 1
        name = SINCE if row.outcome == CANCELED else f"timeout {row.timeout:g} s"
        self.seconds[name].append(row.late if row.outcome == CANCELED else row.elapsed)
        self.overrun[name] = max(self.overrun[name], round(1000 * row.late))
        if row.outcome == CANCELED:
            self.canceled += 1
            return
        group = GARBLED if garbled else IDEMPOTENT if row.is_idempotent else POST
        self.outcomes[group, f"{row.outcome} {row.status}" if row.status else row.outcome, row.face] += 1
        if group == IDEMPOTENT:
            self.ended[row.verb] += 1
            self.succeeded[row.verb] += row.outcome == OK or row.status == 404


def share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
