"""Did every call end as it must, judged by the emulator's counts and its objects at the end?"""

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
"""The statuses that a fault explains."""
LOST = frozenset({"TransportError", "ConnectError", "RequestTimeout", "DecodeError"})
"""The errors without a status that a fault explains."""
_LABEL = re.compile(r"(w\d\d-\d+)\.\d+")


@attrs.define
class Expected:
    """The labels that an object may have now, and may ever have had. `GONE` stands for an object that is not there.

    `known` is False after a write whose bytes were garbled, until the next successful write.
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
    """Checks the rows of all workers and collects violations. The rows of a worker must be in their order."""

    def __init__(self, report: Mapping[str, Any], tolerance: float) -> None:
        self.violations: list[str] = []
        self.posts: Counter[tuple[str, str, int, int]] = Counter()
        """The number of POSTs by verb, outcome, requests that the proxy has seen, and effects."""
        self.objects: Counter[str] = Counter()
        """The number of objects at the end: `known`, or `garbled` by the last write."""
        self._garbled = {int(call): set(directions) for call, directions in report["garbled"].items()}
        self._effects = {int(call): int(times) for call, times in report["effects"].items()}
        self._arrivals = {int(call): int(times) for call, times in report["arrivals"].items()}
        self._labels: Mapping[str, Sequence[str]] = report["labels"]
        self._tolerance = tolerance
        self._expected: dict[str, Expected] = {}
        self._of: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._strange: set[str] = set()
        """Workers with garbled requests: these may have created objects that the worker does not know."""

    def is_garbled(self, row: Row) -> bool:
        return row.call in self._garbled

    def check(self, rows: Iterable[Row]) -> None:
        for row in rows:
            wrong = [*self._ending(row), *(() if self.is_garbled(row) else self._result(row)), *self._effect(row)]
            self.violations += [f"call {row.call}, {row.worker}, {row.operation}: {what}" for what in wrong]
            self._learn(row)
        self.violations += self._final_state()

    def _ending(self, row: Row) -> Iterator[str]:
        if not row.typed:
            yield f"raised {row.outcome}, which is not an error of the SDK: {row.detail}"
        if row.late > self._tolerance:
            yield f"ended ({row.outcome}) {row.late:.2f} s after its deadline or cancellation"

    def _result(self, row: Row) -> Iterator[str]:
        expected = self._expected.get(row.key)
        if row.outcome == CANCELED or not row.typed:
            return
        if row.outcome != OK:
            missing = row.status == 404 and expected is not None and expected.allows(GONE)
            if not (missing or row.status in EXPLAINED or row.outcome in LOST):
                yield f"raised {row.outcome}, which no fault explains: {row.detail}"
        elif row.verb == "look" and row.seen != row.must_see:
            yield f"saw {row.seen!r}, not {row.must_see!r}"
        elif row.verb in ("create", "update") and row.seen != f"{row.key}.{row.call}":
            yield f"wrote {row.key}.{row.call}, but the response has {row.seen!r}"
        elif row.verb == "get" and expected is not None and not expected.allows(row.seen, stale=row.operation in STALE):
            yield f"saw {row.seen!r}, not one of {sorted(expected.possible)}"
        elif row.verb == "list":
            yield from self._listed(row)

    def _listed(self, row: Row) -> Iterator[str]:
        found = _by_key(row.seen)
        for key in self._of[row.worker, row.kind]:
            seen = found.pop(key, [GONE])
            if len(seen) > 1 or not self._expected[key].allows(seen[0], stale=row.operation in STALE):
                yield f"listed {seen}, not one of {sorted(self._expected[key].possible)}"
        if found and row.worker not in self._strange:
            yield f"listed {found}, which the worker never wrote"

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
            yield "succeeded, but took no effect"
        if times and (row.outcome == "ConnectError" or row.status == 429):
            yield f"took effect, but {row.outcome} says that it did not"

    def _learn(self, row: Row) -> None:
        garbled = self._garbled.get(row.call, ())
        if garbled:
            self._strange.add(row.worker)
        if row.verb not in ("create", "update", "delete"):
            return
        if row.verb == "create":
            self._of[row.worker, row.kind].append(row.key)
        expected = self._expected.setdefault(row.key, Expected(row.kind))
        written = GONE if row.verb == "delete" else f"{row.key}.{row.call}"
        gone = row.verb == "delete" and row.status == 404
        expected.becomes(written, certain=not garbled and (row.outcome == OK or gone))
        if garbled:
            expected.known = False

    def _final_state(self) -> Iterator[str]:
        found = {kind: _by_key(labels) for kind, labels in self._labels.items()}
        for key, expected in self._expected.items():
            labels = found[expected.kind].get(key, [GONE])
            if len(labels) > 1:
                yield f"{expected.kind} {key} exists {len(labels)} times: {labels}"
            elif not expected.allows(labels[0]):
                yield f"{expected.kind} {key} ended as {labels[0]!r}, not one of {sorted(expected.possible)}"
            self.objects["known" if expected.known else "garbled"] += 1


def _by_key(labels: Iterable[str | None]) -> dict[str, list[str]]:
    """The labels by the key of their object, without those that no worker wrote."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for label in labels:
        if label is not None and (match := _LABEL.fullmatch(label)):
            found[match[1]].append(label)
    return dict(found)
