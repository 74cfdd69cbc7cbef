"""How many requests may each token send in an hour?"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

import attrs

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.life.clock import Clock
from qovery_async.emulator.world.tokens import Caller

_HOUR = 3600.0


@attrs.define
class Window:
    """The current hour of one token, by the emulator's clock."""

    ends: float
    used: int = 0


class RateLimit:
    """The rate limit of the API: `limit` requests an hour for each token, or any number with None."""

    def __init__(self, limit: int | None, clock: Clock) -> None:
        self.limit = limit
        self._clock = clock
        self.windows: dict[str, Window] = {}

    def count(self, caller: Caller) -> Mapping[str, str]:
        """Counts a request and returns the `X-RateLimit-*` headers of its response.

        Raises:
            Refusal: 429 if the token has used up its requests of this hour.
        """
        if self.limit is None:
            return {}
        now = self._clock.elapsed()
        window = self.windows.get(caller.token)
        if window is None or window.ends <= now:
            window = self.windows[caller.token] = Window(now + _HOUR)
        window.used += 1
        headers = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - window.used)),
            "X-RateLimit-Reset": str(self._reset(window.ends - now)),
        }
        if window.used > self.limit:
            raise Refusal(429, f"more than {self.limit} requests in an hour", headers=headers)
        return headers

    def _reset(self, left: float) -> int:
        """The Unix time, by the client's wall clock, at which the hour is certainly over."""
        return math.ceil(time.time() + self._clock.in_real_seconds(left))
