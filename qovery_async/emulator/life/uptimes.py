"""When does a service run, in which pod, and at which times does it write its lines?

A period begins with two lines, a millisecond apart, goes on with one for each beat, and may end with one. Of all lines of
a service, no two have the same millisecond, and none is earlier than the one before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from qovery_async.emulator.life.clock import Clock

BEAT: Final = 10.0
"""Seconds of the clock between two lines of a running service."""
_SHORTEST: Final = timedelta(milliseconds=5)
STEP: Final = timedelta(milliseconds=1)
"""The time between two lines that belong to one event; streams tell times in milliseconds."""


@attrs.define(eq=False)
class UpTime:
    """A period in which a pod with a version of a service was running. It is that of the first line to the last."""

    began: datetime
    version: str
    execution_id: str
    """The deployment that started the pod."""
    beat: timedelta
    """The time between two of its lines."""
    ended: datetime | None = None

    def beats(self, now: datetime) -> int:
        """How many beats have passed until now."""
        return max(0, ((self.ended or now) - self.began) // self.beat)

    def next_beat(self, now: datetime) -> datetime:
        """The time of the next line."""
        return self.began + (self.beats(now) + 1) * self.beat

    def last_line(self, now: datetime) -> datetime:
        """The time of the latest line."""
        return self.ended or max(self.began + STEP, self.began + self.beats(now) * self.beat)


def running(up: Sequence[UpTime]) -> UpTime | None:
    """The current period, or None if the service is down."""
    return up[-1] if up and up[-1].ended is None else None


def beat_of(clock: Clock) -> timedelta:
    """The time between two lines, as `now` of this clock tells it."""
    return max(timedelta(seconds=clock.in_real_seconds(BEAT)), _SHORTEST)


def start(up: list[UpTime], now: datetime, version: str, execution_id: str, beat: timedelta) -> None:
    """Begins a period. A running pod is replaced."""
    end(up, now)
    began = _millisecond(now) - 2 * STEP
    if up and up[-1].ended is not None:
        began = max(began, up[-1].ended + STEP)
    up.append(UpTime(began, version, execution_id, beat))


def end(up: list[UpTime], now: datetime) -> None:
    """Ends the current period, if there is one."""
    current = running(up)
    if current is not None:
        current.ended = max(_millisecond(now) - 3 * STEP, current.last_line(now) + STEP)


def workload(kind: str, service_id: str) -> str:
    """The name of what Kubernetes keeps running for a service, which is that of its container, too."""
    return f"{kind.lower().replace('_', '-')}-z{service_id[:8]}"


def pod_name(seed: int, kind: str, service_id: str, version: str) -> str:
    """The name of the pod that a version of a service runs in."""
    # Each version has a replica set of its own.
    unique = hashlib.sha1(f"{seed}/{service_id}/{version}".encode(), usedforsecurity=False).hexdigest()
    return f"{workload(kind, service_id)}-{unique[:10]}-{unique[10:15]}"


def _millisecond(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
