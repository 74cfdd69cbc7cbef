"""How much of a token's hour is left? Pure arithmetic, no I/O."""

from __future__ import annotations

import math
from operator import attrgetter

import attrs

from qovery_async.pacing.rate import LONGEST, WINDOW, Rate
from qovery_async.vocabulary.values import define, frozen

LIMIT = 1000
"""The requests an hour that Qovery documents for a token: assumed until a response says otherwise."""
MARGIN = 1.0
"""Seconds by which the hour may end later than the API says, since it says so in whole seconds."""
DOUBT = 5.0
"""Seconds before and after the end of an hour in which a request may be counted in either hour."""
SPREAD_FROM = 0.2
"""The share of an hour's requests that is spread evenly over the rest of the hour."""
SOON = 0.5
"""Seconds until the first responses of an hour have told more."""
LOOK = 300.0
"""Seconds until a request looks whether an hour is as empty as a response said."""
AT_LEAST = 0.01
"""The least seconds between two calls of a limiter, whatever it says."""


@frozen
class Turn:
    """What `RateLimiter.take` returns.

    `taken` says whether a request was taken out of the budget. `wait` is the seconds until it may be
    sent, or where none was taken, the seconds until the limiter should be asked again.
    """

    taken: bool
    wait: float = 0.0


_AT_ONCE = Turn(taken=True)


@define
class Budget:
    """What is known of a token's hour: pure arithmetic, which a limiter keeps.

    Requests on the way have been taken, and the API has not counted them yet. So the headers count
    only where they leave less: then others use the token too.
    """

    limit: int = LIMIT
    remaining: int = LIMIT
    began: float = -math.inf
    ends: float = -math.inf
    ended_before: float = -math.inf
    """When the previous hour ended."""
    confirmed: bool = False
    """Whether a response said when the hour `ends`."""
    next_turn: float = -math.inf
    late: int = 0
    """Requests taken so late that they may be counted in the next hour, which so begins with fewer."""
    told_less: bool = False
    """Whether a response left less than the requests taken here explain: others use the token, or it is wrong."""
    look_at: float = math.inf
    """When a request may look, where the hour is empty and a response `told_less`."""
    looking: bool = False
    """Whether the next response is that of a request that looks."""

    def take(self, now: float, *, most: float, patient: bool) -> Turn:
        """Take one request, if its turn comes within `most` seconds; `now` is in seconds of the keeper's clock."""
        if not self.began - DOUBT <= now < self.ends:  # over, or the clock was set back
            # The API's hour begins with its first request; the responses will say when it ends.
            self._begin(now, now + WINDOW + MARGIN)
            self.confirmed = False
        spread = patient and self.remaining <= self.limit * SPREAD_FROM
        if spread and not self.confirmed and now < self.began + DOUBT:
            # Only responses tell over what time to spread, so a few requests must be sent for that.
            if now < self.next_turn or self.remaining < 1:
                return Turn(taken=False, wait=SOON)
            self.next_turn, spread = now + SOON, False
        if self.remaining < 1:
            return self._look(now, most)
        turn, last = now, self.ends - DOUBT
        if spread:
            turn = max(now, min(self.next_turn, last))
            if turn - now > most:
                return Turn(taken=False, wait=turn - now)
            self.next_turn = turn + max(0.0, last - turn) / self.remaining
        self.remaining -= 1
        self.late += turn >= last
        self._plan_look(turn)
        return _AT_ONCE if turn == now else Turn(taken=True, wait=turn - now)

    def knows(self, now: float, rate: Rate) -> bool:
        """Whether `learn` would change nothing, as for most responses: only what one calls takes requests."""
        return (
            self.confirmed
            and not self.looking
            and rate.limit == self.limit
            and rate.remaining >= self.remaining > 0
            and now < self.ends - DOUBT
            and self.ends <= now + rate.resets_in + MARGIN
        )

    def learn(self, now: float, rate: Rate) -> None:
        """Take over what a response says about the hour."""
        ends = now + rate.resets_in + MARGIN
        if ends <= self.ended_before + DOUBT:
            return  # a late response of the previous hour
        if rate.resets_in > LONGEST:
            return  # no hour is as long
        if not self.confirmed:
            self.ends = ends
        elif now >= self.ends - DOUBT and ends > self.ends + DOUBT:
            self._begin(now, ends)  # the API's next hour has begun a little before ours
        else:
            # All responses err to the same side: the earliest end is the best estimate.
            self.ends = min(self.ends, ends)
        self.confirmed = True
        counted = self.remaining
        self.remaining += rate.limit - self.limit
        self.limit = rate.limit
        if self.looking:
            self.looking, self.remaining = False, rate.remaining
            self.told_less = rate.remaining < 1 and not rate.refused  # a refusal settles it
        else:
            self.remaining = min(self.remaining, rate.remaining)
            self.told_less = self.told_less or self.remaining < counted
        self._plan_look(now)

    def _plan_look(self, now: float) -> None:
        # By then the earlier requests have their responses: the next one is that of the request that looks.
        if self.told_less and self.remaining < 1:
            self.look_at = now + LOOK

    def _look(self, now: float, most: float) -> Turn:
        """Once in a while, a turn in an empty hour; otherwise nobody would hear that it is not empty."""
        wait = self.ends - now
        if not self.told_less:
            return Turn(taken=False, wait=wait)
        if now >= self.look_at:
            self.look_at, self.looking = now + LOOK, True
            return Turn(taken=True)
        # A call that cannot wait for the end raises at once.
        return Turn(taken=False, wait=min(wait, self.look_at - now) if wait <= most else wait)

    def _begin(self, now: float, ends: float) -> None:
        self.ended_before = min(self.ends, now)
        self.began, self.ends, self.next_turn = now, ends, now
        self.remaining, self.late = self.limit - self.late, 0
        self.told_less = self.looking = False


_values = attrgetter(*(field.name for field in attrs.fields(Budget)))


def copied(budget: Budget) -> Budget:
    """A copy. `attrs.evolve` takes six times as long, twice for each request."""
    return Budget(*_values(budget))
