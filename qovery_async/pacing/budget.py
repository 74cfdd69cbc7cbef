"""How much of a token's hour is left? Pure arithmetic, no I/O."""

from __future__ import annotations

import math

import attrs

from qovery_async.pacing.rate import Rate

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


@attrs.frozen
class Turn:
    """An answer of a `RateLimiter`: whether a request was taken out of the budget, and when it may go.

    `wait` is in seconds. Where nothing was `taken`, it says when to ask again.
    """

    taken: bool
    wait: float = 0.0


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
