"""Which requests does trouble strike? Rules by operation, probability and count, the same for the same seed."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

import attrs
from aiohttp import web
from aiohttp.typedefs import Handler

from qovery_async.emulator.faults.delivery import read, send
from qovery_async.emulator.faults.kinds import NOTHING, PAST, Answer, Fault, Question, When
from qovery_async.emulator.http.keys import CALL

__all__ = ["Fault", "Faults", "Rule", "matches", "strikes"]

_Key = tuple[str, str]


def matches(pattern: str | None, call: str | None) -> bool:
    """Whether a rule is about a call: `None` is about all, and the only one about a call without a name."""
    return pattern is None or (call is not None and fnmatchcase(call, pattern))


def strikes(seed: str, nth: int, probability: float) -> bool:
    """Whether a rule strikes the nth call it is about, whatever else went on meanwhile."""
    return probability >= 1 or random.Random(f"{seed}/{nth}").random() < probability  # noqa: S311  repeatable on purpose


@attrs.define(eq=False)
class Rule:
    """A fault and whom it strikes; `seen` counts the calls it was about, `inflicted` those it struck."""

    fault: Fault
    call: str | None
    probability: float
    count: int | None
    seed: str
    seen: int = 0
    inflicted: int = 0

    def due(self, when: When, call: str | None) -> bool:
        """Whether it is this call's turn; asking counts the call as seen."""
        if self.fault.when != when or not matches(self.call, call):
            return False
        if self.count is not None and self.inflicted >= self.count:
            return False
        self.seen += 1
        return strikes(self.seed, self.seen, self.probability)


class Faults:
    """Trouble on demand: `faults.add(Fault.status(503), call="projects.*", probability=0.2, count=3)`.

    Rules are asked in the order they were added. Before the handler runs, the first one that makes an answer ends the
    request, so it takes no effect; latency only delays. After it has run, each rule changes what the one before it left.

    `middleware` goes into `web.Application(middlewares=[...])` behind whatever puts the call's dotted name into
    `request[CALL]`. `now` is the clock by which stale reads count seconds.
    """

    def __init__(self, seed: int = 0, now: Callable[[], float] = time.monotonic) -> None:
        self._seed = seed
        self._now = now
        self._rules: list[Rule] = []
        self._past: defaultdict[_Key, deque[tuple[float, Answer]]] = defaultdict(lambda: deque(maxlen=PAST))

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(self._rules)

    def add(
        self,
        fault: Fault,
        call: str | None = None,
        *,
        probability: float = 1.0,
        count: int | None = None,
        seed: int | None = None,
    ) -> Rule:
        """Adds a rule about one call (`"projects.list"`), several (`"projects.*"`) or, with `None`, all.

        `count` is how often it strikes before it is spent. Without a `seed`, the rule's place in the list and the seed
        of all rules decide whom it strikes.
        """
        if not 0 <= probability <= 1:
            raise ValueError(f"probability must be between 0 and 1, not {probability}")
        if count is not None and count < 1:
            raise ValueError(f"count must be at least 1, not {count}")
        place = f"{self._seed}/{len(self._rules)}" if seed is None else str(seed)
        rule = Rule(fault, call, probability, count, place)
        self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Takes all rules away, and what was remembered for stale reads."""
        self._rules.clear()
        self._past.clear()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self._rules:
            return await handler(request)
        call: str | None = request.get(CALL)
        question = Question(request.method, request.path)
        for rule in self._due("before", call):
            if rule.fault.strike is None:
                await asyncio.sleep(rule.fault.delay)
            elif (early := rule.fault.strike(question, NOTHING)) is not None:
                return await send(request, early)
            if request.transport is None or request.transport.is_closing():
                return web.Response()  # nobody is there any more: as if the request had never come
        try:
            response = await handler(request)
        except web.HTTPException as raised:
            response = web.Response(status=raised.status, headers=raised.headers, body=raised.body)
        return await self._after(request, call, response)

    async def _after(self, request: web.Request, call: str | None, response: web.StreamResponse) -> web.StreamResponse:
        fresh = read(response)
        if fresh is None:
            return response
        answer = fresh
        question = self._question(request, call, fresh)
        for rule in self._due("after", call):
            if rule.fault.strike is None:
                await asyncio.sleep(rule.fault.delay)
            elif (struck := rule.fault.strike(question, answer)) is not None:
                answer = struck
            else:
                rule.inflicted -= 1
        return response if answer is fresh else await send(request, answer)

    def _due(self, when: When, call: str | None) -> Iterator[Rule]:
        for rule in self.rules:
            if rule.due(when, call):
                rule.inflicted += 1  # at once: while it waits, another request must not strike again
                yield rule

    def _question(self, request: web.Request, call: str | None, fresh: Answer) -> Question:
        """The question with its past, to which this answer is added."""
        now = self._now()
        if request.method != "GET" or not any(
            rule.fault.remembers and matches(rule.call, call) for rule in self._rules
        ):
            return Question(request.method, request.path, now)
        past = self._past[request.path_qs, request.headers.get("Authorization", "")]
        known = tuple(past)
        past.append((now, fresh))
        return Question(request.method, request.path, now, known)
