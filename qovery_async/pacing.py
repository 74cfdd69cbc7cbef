"""How do the calls of a client share what the API allows in an hour?"""

from __future__ import annotations

import logging
import math
import os
import sys
import threading
import time
from typing import Any, Literal, Protocol

import anyio
import attrs

from qovery_async.errors import ConfigurationError, RateBudgetExhausted
from qovery_async.rate import Rate
from qovery_async.transport.request import Request

_log = logging.getLogger("qovery.pacing")

Mode = Literal["wait", "raise"]

LIMIT = 1000
"""Requests an hour that Qovery documents for a token: assumed until an answer says otherwise."""
WINDOW = 3600.0
"""Seconds of that hour."""
MARGIN = 1.0
"""The API names the end of its hour in whole seconds, so it may lie that much later."""
DOUBT = 5.0
"""Around the end of an hour nobody can tell for so long which hour a request is counted in."""
SPREAD_FROM = 0.2
"""The share of the hour's requests that is spread evenly over what is left of the hour."""
SOON = 0.5
"""Seconds until the first answers of an hour have told more."""
AT_LEAST = 0.01
"""Seconds between two questions to a limiter, whatever it says."""


def _ceiling(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not value >= 0:
        raise ConfigurationError(f"pace: {attribute.name} must be seconds, 0 or more, got {value!r}")


def _mode(_: object, __: object, value: Mode) -> None:
    given: object = value
    if given not in ("wait", "raise"):
        raise ConfigurationError(f"pace must be 'wait' or 'raise', or a Pace of one of them, got {given!r}")


@attrs.frozen
class Pace:
    """What becomes of a call when the token's hour is used up.

    `"wait"` lets it wait for its turn, at most `ceiling` seconds: the first calls of an hour go
    out at once, the last fifth is spread over the time that is left, and then the next hour is
    waited for. `"raise"` raises `RateBudgetExhausted` instead of sending what would get 429; so
    does `"wait"` where the turn would come too late.
    """

    mode: Mode = attrs.field(default="wait", validator=_mode)
    ceiling: float = attrs.field(default=WINDOW + 60, validator=_ceiling)


@attrs.frozen
class Turn:
    """An answer of a `RateLimiter`: whether a request was taken out of the budget, and when it may go.

    `wait` is in seconds. Where nothing was `taken`, it says when to ask again.
    """

    taken: bool
    wait: float = 0.0


class RateLimiter(Protocol):
    """The budget of one token, wherever it is kept: clients and processes with one limiter share it.

    Its methods may be called on any event loop and from several threads. What they raise ends the
    call that they are made for.
    """

    async def take(self, *, most: float, patient: bool) -> Turn:
        """Takes one request out of the budget, if its turn comes within `most` seconds.

        Who is `patient` is given a turn that spreads the requests over the hour.
        """
        ...

    async def learn(self, rate: Rate) -> None:
        """Is told what the headers of each answer say."""
        ...


@attrs.define
class Budget:
    """The hour of a token, as far as it is known: pure arithmetic, for whoever keeps it.

    Requests under way have been taken already while the API has not counted them yet. So what the
    headers say counts only where it leaves less: then others use the token besides.
    """

    limit: int = LIMIT
    remaining: int = LIMIT
    began: float = -math.inf
    ends: float = -math.inf
    ended_before: float = -math.inf
    """When the hour before this one did."""
    confirmed: bool = False
    """Whether `ends` is what an answer said."""
    next_turn: float = -math.inf
    late: int = 0
    """Requests taken so late that they may be counted in the next hour; so it begins with fewer."""

    def take(self, now: float, *, most: float, patient: bool) -> Turn:
        if not self.began - DOUBT <= now < self.ends:  # over, or the clock was set back
            # The API's hour begins with its first request; the answers will say when it ends.
            self._begin(now, now + WINDOW + MARGIN)
            self.confirmed = False
        spread = patient and self.remaining <= self.limit * SPREAD_FROM
        if spread and not self.confirmed and now < self.began + DOUBT:
            # Over what to spread, only answers tell; some must be asked for.
            if now < self.next_turn or self.remaining < 1:
                return Turn(taken=False, wait=SOON)
            self.next_turn, spread = now + SOON, False
        if self.remaining < 1:
            return Turn(taken=False, wait=self.ends - now)
        turn, last = now, self.ends - DOUBT
        if spread:
            turn = max(now, min(self.next_turn, last))
            if turn - now > most:
                return Turn(taken=False, wait=turn - now)
            self.next_turn = turn + max(0.0, last - turn) / self.remaining
        self.remaining -= 1
        self.late += turn >= last
        return Turn(taken=True, wait=turn - now)

    def learn(self, now: float, rate: Rate) -> None:
        ends = now + rate.resets_in + MARGIN
        if ends <= self.ended_before + DOUBT:
            return  # an answer of the hour before, which took its time
        self.remaining += rate.limit - self.limit
        self.limit = rate.limit
        if not self.confirmed:
            self.ends = ends
        elif now >= self.ends - DOUBT and ends > self.ends + DOUBT:
            self._begin(now, ends)  # the API's next hour has come a little before ours
        else:
            # The sooner an answer came, and the later in its second, the less it errs; and all err to one side.
            self.ends = min(self.ends, ends)
        self.confirmed = True
        self.remaining = min(self.remaining, rate.remaining)

    def _begin(self, now: float, ends: float) -> None:
        self.ended_before = min(self.ends, now)
        self.began, self.ends, self.next_turn = now, ends, now
        self.remaining, self.late = self.limit - self.late, 0


_lock = threading.Lock()
if sys.platform != "win32":
    # A child gets the lock as it is; and held by a thread that the child does not have, it would stay so.
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


class LocalRateLimiter:
    """The budget of all tasks and threads of a process that have this limiter."""

    def __init__(self) -> None:
        self._budget = Budget()

    async def take(self, *, most: float, patient: bool) -> Turn:
        with _lock:
            return self._budget.take(time.monotonic(), most=most, patient=patient)

    async def learn(self, rate: Rate) -> None:
        with _lock:
            self._budget.learn(time.monotonic(), rate)


async def wait_for_turn(pace: Pace, limiter: RateLimiter, request: Request, left: float) -> float:
    """Returns when the request may be sent, with the seconds waited; `left` is what the call still has.

    Raises:
        RateBudgetExhausted: it may not be, or not in time.
    """
    patient = pace.mode == "wait"
    began = time.monotonic()
    until = began + (min(pace.ceiling, left) if patient else 0.0)
    while True:
        most = max(0.0, until - time.monotonic())
        turn = await limiter.take(most=most, patient=patient)
        wait = turn.wait if turn.taken else max(turn.wait, AT_LEAST)
        if wait > most and not turn.taken:
            raise _exhausted(request, wait, patient=patient)
        if wait > SOON:
            _log.info("%s waits %.1f s for its turn: the token's requests are running out", request, wait)
        if wait > 0:
            await anyio.sleep(wait)
        if turn.taken:
            return time.monotonic() - began


def _exhausted(request: Request, wait: float, *, patient: bool) -> RateBudgetExhausted:
    advice = "; allow more time (timeout, Pace.ceiling)" if patient else '; pace="wait" would wait for it'
    return RateBudgetExhausted(
        429,
        f"the token has no request left for another {math.ceil(wait)} s{advice}",
        operation=request.operation,
        method=request.method,
        url=request.url,
        headers={"Retry-After": f"{wait:.1f}"},
    )
