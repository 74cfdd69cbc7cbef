"""Did every call end as it must? The journal against what the emulator counted and what there is in the end."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from chaos.faults import STALE
from chaos.journal import CANCELED, OK, Row

GONE = "gone"
EXPLAINED = frozenset({429, 500, 502, 503, 504})
"""The statuses that trouble explains; others would be the answer to something that was not asked."""
LOST = frozenset({"TransportError", "ConnectError", "RequestTimeout", "DecodeError"})
"""Likewise, errors without a status."""
_LABEL = re.compile(r"(w\d\d-\d+)\.\d+")


@attrs.define
class Thing:
    """What may be written on a thing now, and what may have been at any time; `GONE` where it may not be there.

    `known` is false after a call about it whose bytes were garbled, until it is written again.
    """

    kind: str
    possible: set[str] = attrs.field(factory=lambda: {GONE})
    ever: set[str] = attrs.field(factory=lambda: {GONE})
    known: bool = True

    def becomes(self, label: str, *, certain: bool) -> None:
        self.ever.add(label)
        self.possible = {label} if certain else self.possible | {label}
        self.known = self.known or certain

    def allows(self, seen: str, *, stale: bool = False) -> bool:
        return not self.known or seen in (self.ever if stale else self.possible)


class Judge:
    """Takes the rows of all workers, each worker's in their order, and names whatever must not be."""

    def __init__(self, report: Mapping[str, Any], tolerance: float) -> None:
        self.violations: list[str] = []
        self.posts: Counter[tuple[str, str, int, int]] = Counter()
        """By operation and outcome, how many requests the proxy saw of a POST, and how often it took effect."""
        self.things: Counter[str] = Counter()
        """How many of those the workers made can be told at the end."""
        self._garbled = {int(call): set(directions) for call, directions in report["garbled"].items()}
        self._effects = {int(call): int(times) for call, times in report["effects"].items()}
        self._arrivals = {int(call): int(times) for call, times in report["arrivals"].items()}
        self._labels: Mapping[str, Sequence[str]] = report["labels"]
        self._tolerance = tolerance
        self._things: dict[str, Thing] = {}
        self._of: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._strange: set[str] = set()
        """Workers of whose requests some were garbled: there may be things that they never asked for."""

    def is_garbled(self, row: Row) -> bool:
        return row.call in self._garbled

    def hear(self, rows: Iterable[Row]) -> None:
        for row in rows:
            wrong = [*self._ending(row), *(() if self.is_garbled(row) else self._answer(row)), *self._effect(row)]
            self.violations += [f"call {row.call}, {row.worker}, {row.operation}: {what}" for what in wrong]
            self._learn(row)
        self.violations += self._in_the_end()

    def _ending(self, row: Row) -> Iterator[str]:
        if not row.typed:
            yield f"raised {row.outcome}, which is no error of the SDK: {row.detail}"
        if row.late > self._tolerance:
            yield f"{row.outcome} {row.late:.2f} s after its deadline or cancellation"

    def _answer(self, row: Row) -> Iterator[str]:
        thing = self._things.get(row.key)
        if row.outcome == CANCELED or not row.typed:
            return
        if row.outcome != OK:
            missing = row.status == 404 and thing is not None and thing.allows(GONE)
            if not (missing or row.status in EXPLAINED or row.outcome in LOST):
                yield f"{row.outcome}, which nothing explains: {row.detail}"
        elif row.verb == "look" and row.seen != row.must_see:
            yield f"saw {row.seen!r}, not {row.must_see!r}"
        elif row.verb in ("create", "update") and row.seen != f"{row.key}.{row.call}":
            yield f"wrote {row.key}.{row.call} and was answered {row.seen!r}"
        elif row.verb == "get" and thing is not None and not thing.allows(row.seen, stale=row.operation in STALE):
            yield f"saw {row.seen!r}, not one of {sorted(thing.possible)}"
        elif row.verb == "list":
            yield from self._listed(row)

    def _listed(self, row: Row) -> Iterator[str]:
        found = _by_key(row.seen)
        for key in self._of[row.worker, row.kind]:
            seen = found.pop(key, [GONE])
            if len(seen) > 1 or not self._things[key].allows(seen[0], stale=row.operation in STALE):
                yield f"listed {seen}, not one of {sorted(self._things[key].possible)}"
        if found and row.worker not in self._strange:
            yield f"listed {found}, which this worker never wrote"

    def _effect(self, row: Row) -> Iterator[str]:
        if row.is_idempotent:
            return
        times = self._effects.get(row.call, 0)
        if times > 1:
            yield f"took effect {times} times"
        outcome = "garbled" if self.is_garbled(row) else "succeeded" if row.outcome == OK else "failed or canceled"
        self.posts[row.verb, outcome, self._arrivals.get(row.call, 0), times] += 1
        if self.is_garbled(row):
            return
        if row.outcome == OK and times == 0:
            yield "succeeded without effect"
        if times and (row.outcome == "ConnectError" or row.status == 429):
            yield f"took effect though {row.outcome} says that it did not"

    def _learn(self, row: Row) -> None:
        garbled = self._garbled.get(row.call, ())
        if garbled:
            self._strange.add(row.worker)
        if row.verb not in ("create", "update", "delete"):
            return
        if row.verb == "create":
            self._of[row.worker, row.kind].append(row.key)
        thing = self._things.setdefault(row.key, Thing(row.kind))
        written = GONE if row.verb == "delete" else f"{row.key}.{row.call}"
        gone = row.verb == "delete" and row.status == 404
        thing.becomes(written, certain=not garbled and (row.outcome == OK or gone))
        if garbled:
            thing.known = False

    def _in_the_end(self) -> Iterator[str]:
        found = {kind: _by_key(labels) for kind, labels in self._labels.items()}
        for key, thing in self._things.items():
            labels = found[thing.kind].get(key, [GONE])
            if len(labels) > 1:
                yield f"{thing.kind} {key} is there {len(labels)} times: {labels}"
            elif not thing.allows(labels[0]):
                yield f"{thing.kind} {key} ended as {labels[0]!r}, not one of {sorted(thing.possible)}"
            self.things["known" if thing.known else "garbled"] += 1


def _by_key(labels: Iterable[str | None]) -> dict[str, list[str]]:
    """Whose labels they are; what no worker wrote is left out."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for label in labels:
        if label is not None and (match := _LABEL.fullmatch(label)):
            found[match[1]].append(label)
    return dict(found)
