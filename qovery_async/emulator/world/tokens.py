"""Who may come in, and how often?"""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

import attrs

from qovery_async.emulator.facts.refusals import Problem
from qovery_async.emulator.life.clock import Clock
from qovery_async.emulator.world.policies import allows
from qovery_async.emulator.world.state import Entity

_JWT = re.compile(r"eyJ[\w-]*\.[\w-]+\.[\w-]*")
_HOUR = timedelta(hours=1)
POLICY_PREFIX = "sk-qov-01-"


@attrs.frozen
class Caller:
    """Whoever sent a request. Without organizations it is a person, who sees them all."""

    token: str
    user: str
    organizations: frozenset[str] | None = None
    read_only: bool = False
    policy: str | None = None

    def sees(self, entity: Entity) -> bool:
        if self.organizations is None:
            return True
        organization = entity.above("organization")
        return organization is None or organization.id in self.organizations

    def admitted(self, entity: Entity) -> Entity:
        """The entity, where the caller may see it.

        Raises:
            Problem: 403, it belongs to another organization.
        """
        if not self.sees(entity):
            raise Problem(403, f"the token has no access to {entity.kind} {entity.id}")
        return entity


@attrs.define
class _Window:
    """An hour of one token, by the emulator's clock."""

    ends: datetime
    used: int = 0


class Doors:
    """The tokens, and the rate limit of each."""

    def __init__(self, rate_limit: int | None, clock: Clock) -> None:
        self.rate_limit = rate_limit
        self._clock = clock
        self._callers: dict[str, Caller] = {}
        self._windows: dict[str, _Window] = {}

    def let_in(self, token: str, **caller: object) -> Caller:
        """Makes a token known; the keywords are the fields of `Caller`."""
        found = Caller(token, **({"user": f"token of {token[:8]}"} | caller))  # type: ignore[arg-type]
        self._callers[token] = found
        return found

    def lock_out(self, token: str) -> None:
        self._callers.pop(token, None)

    def identify(self, authorization: str | None) -> Caller:
        """Who sends this `Authorization` header.

        Raises:
            Problem: 401, nobody that is known here.
        """
        scheme, _, token = (authorization or "").strip().partition(" ")
        token = token.strip()
        if not token or scheme.lower() not in ("token", "bearer"):
            raise Problem(401, "the request came without `Authorization: Token ...` or `Authorization: Bearer ...`")
        if scheme.lower() == "bearer":
            if not _JWT.fullmatch(token):
                raise Problem(401, "only a JWT is sent as Bearer; an API token is sent as Token")
            return Caller(token, user="a person")
        caller = self._callers.get(token)
        if caller is None:
            raise Problem(401, "the token is unknown, was deleted or has expired")
        return caller

    def check(self, caller: Caller, method: str, path: str) -> None:
        """Whether the token's role or policy allows the request at all.

        Raises:
            Problem: 403 for its role, 401 for its policy: so does Qovery.
        """
        if caller.policy is not None and not allows(caller.policy, method, path):
            raise Problem(401, "the policy of the token refuses this request")
        if caller.read_only and method != "GET":
            raise Problem(403, "the role of the token only allows to read")

    def count(self, caller: Caller) -> Mapping[str, str]:
        """Counts a request; gives the three headers.

        Raises:
            Problem: 429, the hour's requests are used up.
        """
        if self.rate_limit is None:
            return {}
        now = self._clock.now()
        window = self._windows.get(caller.token)
        if window is None or window.ends <= now:
            window = self._windows[caller.token] = _Window(now + _HOUR)
        window.used += 1
        headers = {
            "X-RateLimit-Limit": str(self.rate_limit),
            "X-RateLimit-Remaining": str(max(0, self.rate_limit - window.used)),
            "X-RateLimit-Reset": str(self._reset(window.ends - now)),
        }
        if window.used > self.rate_limit:
            raise Problem(429, f"more than {self.rate_limit} requests in an hour", headers=headers)
        return headers

    def _reset(self, left: timedelta) -> int:
        """The Unix time of the client's wall clock by which the window is over for certain."""
        return math.ceil(time.time() + self._clock.in_real_seconds(left.total_seconds()))


def new_token(prefix: str, seed: object) -> str:
    """A token; the underscore keeps the official CLI from taking it for a JWT."""
    return f"{prefix}{random.Random(str(seed)).getrandbits(160):040x}"  # noqa: S311  # opens nothing but an emulator
