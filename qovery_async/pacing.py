"""How do the calls of a client share what the API allows in an hour?"""

from __future__ import annotations

import logging
import math
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
SPREAD_FROM = 0.2
"""The share of the hour's requests that is spread evenly over what is left of the hour."""


def _ceiling(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not value >= 0:
        raise ConfigurationError(f"pace: {attribute.name} must be seconds, 0 or more, got {value!r}")


def _mode(_: object, __: object, value: Any) -> None:
    if value not in ("wait", "raise"):
        raise ConfigurationError(f"pace must be 'wait' or 'raise', or a Pace of one of them, got {value!r}")


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

    Its methods may be called on any event loop and from several threads, and must not raise.
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
    confirmed: bool = False
    next_turn: float = -math.inf

    def take(self, now: float, *, most: float, patient: bool) -> Turn:
        if now >= self.ends:
            # The API's hour begins with its first request; the answers will say when it ends.
            self.remaining, self.confirmed, self.next_turn = self.limit, False, now
            self.began, self.ends = now, now + WINDOW + MARGIN
        # Nobody can tell which hour a request around its end is counted in, so none is sent then.
        last = self.ends - 3 * MARGIN
        if self.remaining < 1 or (patient and self.confirmed and now >= last):
            return Turn(taken=False, wait=self.ends - now)
        turn = now
        if patient and self.remaining <= self.limit * SPREAD_FROM:
            turn = max(now, self.next_turn)
            if turn - now > most:
                return Turn(taken=False, wait=turn - now)
            self.next_turn = turn + max(0.0, last - turn) / self.remaining
        self.remaining -= 1
        return Turn(taken=True, wait=turn - now)

    def learn(self, now: float, rate: Rate) -> None:
        ends = now + rate.resets_in
        if ends < self.began + MARGIN:
            return  # an answer of the hour before, which took its time
        self.limit = rate.limit
        self.ends = max(self.ends, ends + MARGIN) if self.confirmed else ends + MARGIN
        self.confirmed = True
        self.remaining = min(self.remaining, rate.remaining)


class LocalRateLimiter:
    """The budget of all tasks and threads of a process that have this limiter."""

    def __init__(self) -> None:
        self._budget = Budget()
        self._lock = threading.Lock()

    async def take(self, *, most: float, patient: bool) -> Turn:
        with self._lock:
            return self._budget.take(time.monotonic(), most=most, patient=patient)

    async def learn(self, rate: Rate) -> None:
        with self._lock:
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
        if turn.wait > most and not turn.taken:
            raise _exhausted(request, turn.wait, patient=patient)
        if turn.wait > 0:
            _log.info("%s waits %.1f s for its turn: the token's requests are running out", request, turn.wait)
            await anyio.sleep(turn.wait)
        if turn.taken:
            return time.monotonic() - began


def _exhausted(request: Request, wait: float, *, patient: bool) -> RateBudgetExhausted:
    advice = "; allow more time (timeout, Pace.ceiling)" if patient else '; pace="wait" would wait for it'
    return RateBudgetExhausted(
        429,
        f"the token has no request left for another {wait:.0f} s{advice}",
        operation=request.operation,
        method=request.method,
        url=request.url,
        headers={"Retry-After": f"{wait:.1f}"},
    )
