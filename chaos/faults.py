"""How often does each fault of the emulator hit a request?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qovery_async.emulator import Fault, Faults
from qovery_async.emulator.faults.kinds import Shape, When

STATUSES = (500, 502, 503, 504)
SHAPES: Sequence[Shape] = ("detail", "message", "html", "text", "empty")
TIMES: Sequence[When] = ("before", "after")
REPEATABLE = ("*.get", "*.list", "*.update")
"""The calls with the same effect and result if they are sent twice."""
STALE = ("projects.get", "webhooks.list")
"""The calls whose responses may be old."""

ONE_STATUS = 0.002
OTHER = 0.008
RARE = 0.003
COMMON = 0.01
EMPTIED = 0.004
"""The share of successful responses that arrive as a 200 without a body, after the effect."""


def add_all(faults: Faults, *, too_long: float) -> None:
    """Adds a rule for each fault. `too_long` is a latency in seconds that ends an attempt."""
    for fault, call, probability in _rules(too_long):
        faults.add(fault, call, probability=probability)


def _rules(too_long: float) -> Iterator[tuple[Fault, str | None, float]]:
    for when in TIMES:
        for shape in SHAPES:
            for status in STATUSES:
                yield Fault.status(status, shape=shape, when=when), None, ONE_STATUS
            # A 429 after the effect is wrong: the SDK would retry a POST, which takes effect twice, or a DELETE,
            # which then gets a 404.
            for call in REPEATABLE if when == "after" else (None,):
                yield Fault.status(429, shape=shape, when=when), call, ONE_STATUS
        yield Fault.latency(0.05, when), None, COMMON
        yield Fault.latency(too_long, when), None, RARE
        yield Fault.drop(when), None, OTHER
        yield Fault.reset(when), None, OTHER
        yield Fault.not_json(200, when), None, RARE
        yield Fault.not_json(502, when), None, RARE
    yield Fault.rate_limited(retry_after=0.05), None, OTHER
    yield Fault.rate_limited(retry_after=1, as_date=True), None, RARE
    yield Fault.rate_limited(reset=1), None, RARE
    yield Fault.rate_limited(reset=1, reset_as_delay=True), None, RARE
    yield Fault.truncated(), None, OTHER
    yield Fault.unknown_enums(), None, COMMON
    yield Fault.unknown_keys(), None, COMMON
    for call in STALE:
        yield Fault.stale(answers=3), call, 5 * COMMON
        yield Fault.stale(seconds=600), call, 5 * COMMON
