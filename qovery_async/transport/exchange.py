"""How does one call become one answer? The single place where attempts are decided on and made."""

from __future__ import annotations

import asyncio
import math
import time
from contextvars import ContextVar

import anyio
import attrs

from qovery_async.codec.reader import Codec
from qovery_async.errors import ApiError, RateBudgetExhausted, RequestTimeout, TransportError
from qovery_async.pacing.limiter import RateLimiter
from qovery_async.pacing.rate import read_rate
from qovery_async.secrecy.secret import Secret, not_pickled
from qovery_async.transport.credentials import Credentials
from qovery_async.transport.events import Hooks
from qovery_async.transport.http import HttpTransport
from qovery_async.transport.options import Options
from qovery_async.transport.request import Call, Request, build
from qovery_async.transport.response import Response
from qovery_async.transport.retry import Outcome, RetryQuota, asked_to_wait, is_uncertain, may_repeat
from qovery_async.transport.sessions import CLOSED
from qovery_async.transport.turn import wait_for_turn

last_response: ContextVar[list[Response] | None] = ContextVar("qovery_last_response", default=None)
"""Where `with_response` has the answer put that its call got."""


@attrs.define
class _Course:
    """How far a call has come."""

    request: Request
    ends: float
    """When the time for it all is over."""
    began: float
    closings: int
    """How often the client had been closed before."""
    attempts: int = 0
    uncertain: bool = False
    """Whether an attempt that failed may have taken effect."""
    price: int = 1
    """What the quota gets when the call succeeds."""


@attrs.frozen
class Exchange:
    """What the calls of a client share; `attrs.evolve` makes the copies for `with_options`."""

    base_url: str
    ws_url: str
    credentials: Credentials
    http: HttpTransport
    codec: Codec
    user_agent: str
    options: Options
    hooks: Hooks
    limiter: RateLimiter
    quota: RetryQuota = attrs.Factory(RetryQuota)

    __reduce__ = not_pickled

    async def send(self, call: Call, accept: str) -> Response:
        """The answer to a call.

        Raises:
            ConfigurationError: the call cannot be sent as it is.
            TransportError: it was lost on the way.
            ApiError: the API refused it.
        """
        headers = {"User-Agent": self.user_agent, **self.options.headers}
        request = build(call, base_url=self.base_url, accept=accept, headers=headers)
        total, now = self.options.timeout.total, time.monotonic()
        course = _Course(request, math.inf if total is None else now + total, now, self.http.sessions.closings)
        try:
            response = await (self._answer(course) if total is None else self._answer_within(total, course))
        except (ApiError, TransportError) as error:
            error.attempts = course.attempts
            if course.attempts > 1:
                matters = course.uncertain and request.method not in ("GET", "HEAD")
                effect = "; one of them may have taken effect" if matters else ""
                error.add_note(f"It was tried {course.attempts} times{effect}.")
            raise
        recorder = last_response.get()
        if recorder is not None:
            recorder.append(response)
        return response

    async def _answer_within(self, total: float, course: _Course) -> Response:
        limit = asyncio.timeout(total)
        try:
            async with limit:
                return await self._answer(course)
        except TimeoutError:
            if not limit.expired():
                raise  # a hook's own
        doubt = course.request.doubt if course.attempts else ""
        raise RequestTimeout(f"{course.request}: no complete answer within the timeout ({total} s in all){doubt}")

    async def _answer(self, course: _Course) -> Response:
        """Attempts until one succeeds or no other may follow."""
        outcome: Outcome | None = None
        try:
            while True:
                try:
                    await self._take_turn(course)
                except RateBudgetExhausted:
                    if outcome is None or not course.uncertain:
                        raise
                    return _checked(outcome)  # that the call was not sent could no longer be said
                outcome = await self._attempt(course)
                if isinstance(outcome, Response) and outcome.status < 500 and outcome.status != 429:
                    self.quota.give(course.price)
                    if outcome.status == 404 and course.request.method == "DELETE" and course.uncertain:
                        return attrs.evolve(outcome, body=b"")  # an attempt before this one did it
                    return outcome.check()
                delay = self._delay(course, outcome)
                course.uncertain = course.uncertain or is_uncertain(outcome)
                if delay is None:
                    return _checked(outcome)
                await self.hooks.retrying(course.request, course.attempts, delay, outcome)
                await anyio.sleep(delay)
        finally:
            del outcome  # its traceback holds this frame: together they would wait for the garbage collector

    async def _take_turn(self, course: _Course) -> None:
        pace = self.options.pace
        if pace is not None:
            # Waiting for a turn is no retrying.
            course.began += await wait_for_turn(pace, self.limiter, course.request, course.ends - time.monotonic())
        if self.http.sessions.closings > course.closings:
            raise TransportError(f"{course.request}: {CLOSED}")
        course.attempts += 1

    def _delay(self, course: _Course, outcome: Outcome) -> float | None:
        """Seconds until the next attempt; None where none may follow."""
        policy = self.options.retries
        if course.attempts >= policy.attempts or self.http.sessions.closings > course.closings:
            return None
        if not may_repeat(course.request, outcome, any_method=policy.any_method):
            return None
        paced = self._is_paced(outcome)
        delay = policy.delay(course.attempts, None if paced else asked_to_wait(outcome))
        if time.monotonic() + delay > min(course.ends, course.began + policy.total):
            return None
        if paced:
            return delay
        course.price = self.quota.take(outcome)
        if not course.price:
            self.hooks.spent(course.request)
            return None
        return delay

    def _is_paced(self, outcome: Outcome) -> bool:
        """Whether the limiter knows of a 429, and makes the next attempt wait as long as the pace allows."""
        pace = self.options.pace
        if pace is None or pace.mode != "wait" or not isinstance(outcome, Response) or outcome.status != 429:
            return False
        rate = read_rate(outcome.headers)
        return rate is not None and rate.remaining == 0

    async def _attempt(self, course: _Course) -> Outcome:
        authorization = await self.credentials.header()
        try:
            response = await self._exchange(course, authorization)
            if response.status == 401 and self.credentials.can_renew:
                # Refused before anything was done, so a second time does nothing twice.
                renewed = await self.credentials.header(instead_of=authorization)
                if renewed != authorization:
                    response = await self._exchange(course, renewed)
        except TransportError as error:
            return error
        return response

    async def _exchange(self, course: _Course, authorization: Secret) -> Response:
        request, attempt = course.request, course.attempts
        await self.hooks.asking(request, attempt)
        began = time.monotonic()
        try:
            response = await self.http.send(request, authorization, self.options.timeout)
        except (TransportError, asyncio.CancelledError) as error:
            self.hooks.lost(request, attempt, time.monotonic() - began, error)
            raise
        elapsed = time.monotonic() - began
        if self.options.pace is not None:
            rate = read_rate(response.headers)
            if rate is not None:
                await self.limiter.learn(rate)
        await self.hooks.answered(response, attempt, elapsed)
        return response


def _checked(outcome: Outcome) -> Response:
    """Raises what the last attempt ended in."""
    try:
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome.check()
    finally:
        del outcome  # as above
