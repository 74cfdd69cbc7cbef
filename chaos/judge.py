"""Did every call end as it must, judged by what the server saw and by its objects at the end?"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

import attrs

from chaos.expected import GONE, Expected
from chaos.faults import STALE
from chaos.journal import CANCELED, EMPTY, OK, Row
from chaos.ledger import Facts
from chaos.workers import key_of, label_of

EXPLAINED = frozenset({408, 429, 500, 502, 503, 504})
"""The statuses that a fault explains."""
REFUSED = frozenset({408, 429})
"""The statuses that say that the request took no effect."""
LOST = frozenset({"TransportError", "ConnectError", "RequestTimeout", "DecodeError"})
"""The errors without a status that a fault explains."""
NO_BODY = "without the body"
"""Part of the message of an error about an empty response."""
QUOTA = "too many calls of this client have failed lately"
"""Part of the note of an error after which the quota of retries was empty."""
WRITES = ("create", "update", "delete", "deploy")
TIME_TO_RETRY = 1.0
"""Seconds that must be left of a call's time for a retry to be due."""
_PARTICULAR = re.compile(r"['\[\d]")


@attrs.frozen
class Violation:
    """A broken promise. `call` and `key` lead to its story."""

    text: str
    call: int | None = None
    key: str = ""
    where: str = ""

    @property
    def promise(self) -> str:
        """The words that violations of the same promise begin with."""
        return _PARTICULAR.split(self.text, 1)[0]

    def __str__(self) -> str:
        return f"{self.where}{self.text}"


@attrs.frozen
class Tolerance:
    """What a busy machine is forgiven, in seconds."""

    end: float
    """How long a call may run after its deadline or its cancellation."""
    turn: float
    """How long before a request its connection may have been closed, or have had a second response."""


class Judge:
    """Checks the rows of all workers and collects violations. The rows of a worker must be in their order.

    `without_result` has the operations of which the SDK has logged that a response had no
    result.
    """

    def __init__(self, facts: Facts, tolerance: Tolerance, without_result: Collection[str]) -> None:
        self.violations: list[Violation] = []
        self.posts: Counter[tuple[str, str, int, int]] = Counter()
        """The number of POSTs by verb, outcome, requests that the proxy has seen, and effects."""
        self.objects: Counter[str] = Counter()
        """The number of objects at the end: `known`, or `garbled` by the last write."""
        self.emptied: Counter[str] = Counter()
        """The number of writes that returned nothing because their response was empty, by verb."""
        self._facts = facts
        self._tolerance = tolerance
        self._without_result = without_result
        self._expected: dict[str, Expected] = {}
        self._living: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        """The keys of the objects of a worker and a kind, without those that are certainly gone."""
        self._strange: set[str] = set()
        """Workers with garbled requests: these may have created objects that the worker does not know."""

    def is_garbled(self, row: Row) -> bool:
        return row.call in self._facts.garbled

    def check(self, rows: Iterable[Row]) -> None:
        for event in self._facts.misused:
            if event.seconds > self._tolerance.turn:
                self._add(None, event.call, f"a request was sent on a connection, {event.detail}")
        for row in rows:
            for what in (*self._ending(row), *(() if self.is_garbled(row) else self._result(row)), *self._effect(row)):
                self._add(row, row.call, what)
            self._learn(row)
        self._check_final_state()

    def _add(self, row: Row | None, call: int, what: str | tuple[str, str]) -> None:
        text, key = (what, row.key if row else "") if isinstance(what, str) else what
        where = f"call {call}, {row.worker}, {row.operation}: " if row else f"call {call}: "
        self.violations.append(Violation(text, call, key, where))

    def _ending(self, row: Row) -> Iterator[str]:
        if not row.typed:
            yield f"raised {row.outcome}, which is not an error of the SDK: {row.detail}"
        if row.late > self._tolerance.end:
            yield f"ended ({row.outcome}) {row.late:.2f} s after its deadline or cancellation"
        late = self._facts.last_arrival.get(row.call, 0.0) - row.began - row.elapsed
        if late > self._tolerance.end:
            yield f"was sent {late:.2f} s after it had ended ({row.outcome})"

    def _result(self, row: Row) -> Iterator[str | tuple[str, str]]:
        if row.outcome == CANCELED or not row.typed:
            return
        if row.outcome != OK:
            yield from self._failure(row)
        elif row.verb in ("create", "update", "deploy") and row.seen == EMPTY:
            self.emptied[row.verb] += 1
            if row.call not in self._facts.emptied:
                yield "returned None, but no response was empty"
            if row.operation not in self._without_result:
                yield "returned None and logged no warning"
        elif row.verb == "look" and row.seen != row.must_see:
            yield f"saw {row.seen!r}, not {row.must_see!r}"
        elif row.verb in ("create", "update") and row.seen != label_of(row.key, row.call):
            yield f"wrote {label_of(row.key, row.call)}, but the response has {row.seen!r}"
        elif row.verb == "get" and not self._allows(row, row.key, row.seen):
            yield f"saw {row.seen!r}, not one of {sorted(self._expected[row.key].possible)}"
        elif row.verb == "list":
            yield from self._listed(row)

    def _failure(self, row: Row) -> Iterator[str]:
        expected = self._expected.get(row.key)
        may_be_gone = expected is not None and expected.allows(GONE)
        is_missing = row.status == 404 and (may_be_gone or self._may_err(row))
        if not (is_missing or row.status in EXPLAINED or row.outcome in LOST):
            yield f"raised {row.outcome}, which no fault explains: {row.detail}"
        if row.outcome == "DecodeError" and row.call in self._facts.emptied and NO_BODY in row.detail:
            if row.verb in WRITES:
                yield f"raised after the effect because the response was empty: {row.detail}"
            elif (
                self._facts.arrivals[row.call] == 1
                and row.elapsed < row.timeout - TIME_TO_RETRY
                and QUOTA not in row.detail
            ):
                yield f"did not retry after an empty response: {row.detail}"

    def _may_err(self, row: Row) -> bool:
        """Whether the id that a call used may be wrong, because it came from a garbled response."""
        return row.id_from in self._facts.garbled

    def _allows(self, row: Row, key: str, seen: object) -> bool:
        expected = self._expected.get(key)
        return expected is None or expected.allows(seen, stale=row.operation in STALE)

    def _listed(self, row: Row) -> Iterator[str | tuple[str, str]]:
        if not isinstance(row.seen, list):
            yield f"returned {row.seen!r}, which is no list"
            return
        found = _by_key(row.seen)
        for key in sorted(self._living[row.worker, row.kind] | found.keys()):
            seen = found.get(key, [GONE])
            if key not in self._expected:
                if row.worker not in self._strange:
                    yield f"listed {seen}, which the worker never wrote", key
            elif len(seen) > 1 or not self._allows(row, key, seen[0]):
                yield f"listed {seen}, not one of {sorted(self._expected[key].possible)}", key

    def _effect(self, row: Row) -> Iterator[str]:
        if row.is_idempotent:
            return
        times = self._facts.effects[row.call]
        # The response of an earlier request may say that this one was refused.
        if times > 1 and "crossed" not in self._facts.garbled.get(row.call, ()):
            yield f"took effect {times} times"
        outcome = "garbled" if self.is_garbled(row) else "succeeded" if row.outcome == OK else "failed or canceled"
        self.posts[row.verb, outcome, self._facts.arrivals[row.call], times] += 1
        if self.is_garbled(row):
            return
        if row.outcome == OK and times == 0:
            yield "succeeded, but took no effect"
        if times and (row.outcome == "ConnectError" or row.status in REFUSED):
            yield f"took effect, but {row.outcome} says that it did not"

    def _learn(self, row: Row) -> None:
        garbled = self.is_garbled(row)
        if garbled:
            self._strange.add(row.worker)
        if row.verb not in ("create", "update", "delete"):
            return
        expected = self._expected.setdefault(row.key, Expected(row.kind))
        written = GONE if row.verb == "delete" else label_of(row.key, row.call)
        # A 404 ends a deletion well, also within the SDK. It says nothing if the id was wrong.
        deleted = row.verb == "delete" and (row.outcome == OK or row.status == 404) and not self._may_err(row)
        certain = not garbled and (deleted or (row.verb != "delete" and row.outcome == OK))
        at = self._facts.last_effect.get(row.call, row.began)
        expected.becomes(written, at, certain=certain, garbled=garbled)
        living = self._living[row.worker, row.kind]
        (living.discard if expected.is_gone else living.add)(row.key)

    def _check_final_state(self) -> None:
        found = {kind: _by_key(labels) for kind, labels in self._facts.labels.items()}
        for key, expected in self._expected.items():
            labels = found[expected.kind].get(key, [GONE])
            where = f"{expected.kind} {key}: "
            if len(labels) > 1:
                self.violations.append(Violation(f"exists {len(labels)} times: {labels}", None, key, where))
            elif not expected.allows(labels[0]):
                text = f"ended as {labels[0]!r}, not one of {sorted(expected.possible)}"
                self.violations.append(Violation(text, None, key, where))
            self.objects["known" if expected.known else "garbled"] += 1


def _by_key(labels: Iterable[str | None]) -> dict[str, list[str]]:
    """The labels by the key of their object, without those that no worker wrote."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for label in labels:
        if (key := key_of(label)) is not None:
            found[key].append(str(label))
    return dict(found)
