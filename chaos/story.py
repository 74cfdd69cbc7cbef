"""What happened to an object, as the clients and the server saw it?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import attrs

from chaos.journal import Row
from chaos.judge import Violation
from chaos.ledger import Event

LONGEST = 40
"""The most lines of a story, which end where the promise was broken."""


@attrs.frozen
class Story:
    """The events of the calls on one object, or of one call, in their order."""

    about: Violation
    rows: Sequence[Row]
    events: Sequence[Event]

    def lines(self) -> Iterator[str]:
        began = min((row.began for row in self.rows), default=0.0)
        broken = max((row.began + row.elapsed for row in self.rows if row.call == self.about.call), default=math.inf)
        found: list[tuple[float, str]] = []
        for row in self.rows:
            status = f" {row.status}" if row.status else ""
            id_from = f", id from call {row.id_from}" if row.id_from is not None else ""
            found.append((row.began, f"call {row.call} begins: {row.operation}{id_from}"))
            found.append((row.began + row.elapsed, f"call {row.call} ends: {row.outcome}{status}, saw {row.seen}"))
        found += [(event.at, f"    call {event.call} {event.what} {event.detail}") for event in self.events]
        yield f"the story of {self.about.where}{self.about.text[:100]}, in seconds:"
        for at, text in sorted(one for one in found if one[0] <= broken)[-LONGEST:]:
            yield f"{at - began:10.4f} {text[:300]}"


def stories(about: Sequence[Violation], rows: Iterable[Row], events: Iterable[Event]) -> Iterator[Story]:
    """The stories of violations: the calls on its object, the call that broke the promise, where the id came from."""
    found = [row for row in rows if any(_concerns(violation, row) for violation in about)]
    calls = _calls(found)
    known = [event for event in events if event.call in calls]
    for violation in about:
        own = [row for row in found if _concerns(violation, row)]
        yield Story(violation, own, [event for event in known if event.call in _calls(own)])


def _calls(rows: Iterable[Row]) -> set[int | None]:
    return {call for row in rows for call in (row.call, row.id_from)}


def _concerns(violation: Violation, row: Row) -> bool:
    return row.call == violation.call or (row.key == violation.key != "")
