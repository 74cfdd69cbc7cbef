"""Which requests does a fault strike? Rules by operation, probability and count."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

import attrs
from aiohttp import web
from aiohttp.typedefs import Handler

from qovery_async.emulator.faults.delivery import read, send
from qovery_async.emulator.faults.kinds import HISTORY, NO_RESPONSE, Fault, IncomingRequest, OutgoingResponse, When
from qovery_async.emulator.http.keys import CALL

_Key = tuple[str, str]


def matches(pattern: str | None, call: str | None) -> bool:
    """Whether a rule applies to an operation. The pattern None applies to all, also to requests for none."""
    return pattern is None or (call is not None and fnmatchcase(call, pattern))


def strikes(seed: str, nth: int, probability: float) -> bool:
    """Whether a rule strikes the nth request that it applies to. The same seed gives the same result."""
    return probability >= 1 or random.Random(f"{seed}/{nth}").random() < probability  # noqa: S311  must be repeatable


@attrs.define(eq=False)
class Rule:
    """A fault and the requests it strikes. `seen` counts those it applied to, `inflicted` those it struck."""

    fault: Fault
    call: str | None
    probability: float
    count: int | None
    seed: str
    until: float | None = None
    """When it ends, by the clock."""
    seen: int = 0
    inflicted: int = 0

    def due(self, when: When, call: str | None, now: float) -> bool:
        """Whether the fault strikes this request, which counts as seen."""
        if self.fault.when != when or not matches(self.call, call):
            return False
        if self.until is not None and now >= self.until:
            return False
        if self.count is not None and self.inflicted >= self.count:
            return False
        self.seen += 1
        return strikes(self.seed, self.seen, self.probability)


class Faults:
    """The faults to inject: `faults.add(Fault.status(503), call="projects.*", probability=0.2, count=3)`.

    Rules apply in the order in which they were added. With `when="before"`, the first rule that makes a response ends
    the request, which takes no effect; latency only delays it. With `when="after"`, each rule changes the response
    that the previous one left. `now` is the clock, in seconds, for stale reads and for rules that end.
    """

    def __init__(self, seed: int = 0, now: Callable[[], float] = time.monotonic) -> None:
        self._seed = seed
        self._now = now
        self._rules: list[Rule] = []
        self._past: defaultdict[_Key, deque[tuple[float, OutgoingResponse]]] = defaultdict(
            lambda: deque(maxlen=HISTORY)
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order in which they were added."""
        return tuple(self._rules)

    def add(
        self,
        fault: Fault,
        call: str | None = None,
        *,
        probability: float = 1.0,
        count: int | None = None,
        seconds: float | None = None,
        seed: int | None = None,
    ) -> Rule:
        """Adds a rule and returns it.

        Args:
            fault: What happens to the requests that are struck.
            call: The operation (`"projects.list"`) or a pattern (`"projects.*"`). None means all requests.
            probability: The share of these requests that is struck, from 0 to 1.
            count: How many requests are struck at most. None means any number.
            seconds: How long the rule holds from now, by the emulator's clock. None means until `clear`. An outage of
                a minute is `add(Fault.status(503), seconds=60)`.
            seed: Determines which requests are struck. By default the emulator's seed and the rule's position do.

        Raises:
            ValueError: `probability`, `count` or `seconds` is out of range.
        """
        if not 0 <= probability <= 1:
            raise ValueError(f"probability must be between 0 and 1, got {probability}")
        if count is not None and count < 1:
            raise ValueError(f"count must be at least 1, got {count}")
        if seconds is not None and not 0 < seconds < math.inf:
            raise ValueError(f"seconds must be a finite number above 0, got {seconds}")
        place = f"{self._seed}/{len(self._rules)}" if seed is None else str(seed)
        until = None if seconds is None else self._now() + seconds
        rule = Rule(fault, call, probability, count, place, until)
        self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Removes all rules and the responses kept for stale reads."""
        self._rules.clear()
        self._past.clear()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Applies the rules. Stands in the application behind what sets `request[CALL]`."""
        if not self._rules:
            return await handler(request)
        call: str | None = request.get(CALL)
        incoming = IncomingRequest(request.method, request.path)
        for rule in self._due("before", call):
            if rule.fault.strike is None:
                await asyncio.sleep(rule.fault.delay)
            elif (early := rule.fault.strike(incoming, NO_RESPONSE)) is not None:
                return await send(request, early)
            if request.transport is None or request.transport.is_closing():
                return web.Response()  # the client has left: the request takes no effect
        try:
            response = await handler(request)
        except web.HTTPException as raised:
            response = web.Response(status=raised.status, headers=raised.headers, body=raised.body)
        return await self._after(request, call, response)

    async def _after(self, request: web.Request, call: str | None, response: web.StreamResponse) -> web.StreamResponse:
        fresh = read(response)
        if fresh is None:
            return response
        outgoing = fresh
        incoming = self._with_past(request, call, fresh)
        for rule in self._due("after", call):
            if rule.fault.strike is None:
                await asyncio.sleep(rule.fault.delay)
            elif (changed := rule.fault.strike(incoming, outgoing)) is not None:
                outgoing = changed
            else:
                rule.inflicted -= 1
        return response if outgoing is fresh else await send(request, outgoing)

    def _due(self, when: When, call: str | None) -> Iterator[Rule]:
        for rule in self.rules:
            if rule.due(when, call, self._now()):
                rule.inflicted += 1  # before it waits: meanwhile another request must not be struck too
                yield rule

    def _with_past(self, request: web.Request, call: str | None, fresh: OutgoingResponse) -> IncomingRequest:
        """The request with the earlier responses to it. Adds the fresh one to them."""
        now = self._now()
        if request.method != "GET" or not any(
            rule.fault.remembers and matches(rule.call, call) for rule in self._rules
        ):
            return IncomingRequest(request.method, request.path, now)
        past = self._past[request.path_qs, request.headers.get("Authorization", "")]
        known = tuple(past)
        past.append((now, fresh))
        return IncomingRequest(request.method, request.path, now, known)
