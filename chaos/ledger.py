"""What did the server see of each call, and when? One line for each event, in a file."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TextIO

import attrs

What = Literal["began", "arrived", "damaged", "garbled", "crossed", "misused", "responded", "took effect", "emptied"]
UNKNOWN = -1
"""The call of an event whose request does not name one, or no longer."""
_MOST = 255


@attrs.frozen
class Event:
    """Something that happened to a request, at a time of the monotonic clock, which all processes share."""

    at: float
    call: int
    what: What
    detail: str = ""

    @property
    def seconds(self) -> float:
        """The time that the detail of a crossed or misused connection begins with."""
        return float(self.detail.partition(" ")[0])


class Ledger:
    """Writes events as they happen."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def enter(self, call: int | None, what: What, detail: str = "") -> None:
        line = [round(time.monotonic(), 6), UNKNOWN if call is None else call, what, detail]
        self._file.write(json.dumps(line) + "\n")

    def flush(self) -> None:
        self._file.flush()


def events(lines: Iterable[str]) -> Iterator[Event]:
    """The events in the lines of a ledger."""
    for line in lines:
        yield Event(*json.loads(line))


@attrs.define
class Facts:
    """What the judge needs of the events. `arrivals` and `effects` have a byte for each call."""

    arrivals: bytearray
    effects: bytearray
    labels: Mapping[str, Sequence[str]]
    """The labels of all objects at the end, by their kind."""
    last_arrival: dict[int, float] = attrs.field(factory=dict[int, float])
    last_effect: dict[int, float] = attrs.field(factory=dict[int, float])
    """The times at which the last request of a call arrived and took effect."""
    garbled: dict[int, set[str]] = attrs.field(factory=dict[int, set[str]])
    """The calls with changed bytes, or with the response to another request, and where."""
    emptied: set[int] = attrs.field(factory=set[int])
    """The calls with a response whose body was taken away."""
    misused: list[Event] = attrs.field(factory=list[Event])
    """The requests on connections that the client must not use any more."""
    counts: Counter[What] = attrs.field(factory=Counter[What])
    anonymous: int = 0
    """The effects of requests that name no call."""

    @classmethod
    def of(cls, found: Iterable[Event], calls: int, labels: Mapping[str, Sequence[str]]) -> Facts:
        facts = cls(bytearray(calls), bytearray(calls), labels)
        for event in found:
            facts._take(event)
        return facts

    def _take(self, event: Event) -> None:
        call, what = event.call, event.what
        self.counts[what] += 1
        if what == "began":  # what came before set up the world
            self.anonymous = 0
        elif call == UNKNOWN:
            self.anonymous += what == "took effect"
        elif what == "arrived":
            self.arrivals[call] = min(_MOST, self.arrivals[call] + 1)
            self.last_arrival[call] = event.at
        elif what == "took effect":
            self.effects[call] = min(_MOST, self.effects[call] + 1)
            self.last_effect[call] = event.at
        elif what == "garbled":
            self.garbled.setdefault(call, set()).add(event.detail)
        elif what == "emptied":
            self.emptied.add(call)
        elif what == "misused":
            self.misused.append(event)
