"""How does one call become one answer? The single place where attempts are decided on and made."""

from __future__ import annotations

import asyncio
import math
import time
from contextvars import ContextVar

import anyio
import attrs

from qovery_async.auth import Credentials
from qovery_async.codec import Codec
from qovery_async.config import Options
from qovery_async.errors import ApiError, RateBudgetExhausted, RequestTimeout, TransportError
from qovery_async.pacing import RateLimiter, wait_for_turn
from qovery_async.rate import read_rate
from qovery_async.secret import Hidden, Secret, not_pickled
from qovery_async.transport.events import Hooks
from qovery_async.transport.http import HttpTransport
from qovery_async.transport.request import Call, Request, build
from qovery_async.transport.response import Response
from qovery_async.transport.retry import RetryQuota, asked_to_wait, is_uncertain, may_repeat

Outcome = Response | TransportError

last_response: ContextVar[list[Response] | None] = ContextVar("qovery_last_response", default=None)
"""Where `with_response` has the answer put that its call got."""


@attrs.frozen
class Exchange:
    """What the calls of a client share; `attrs.evolve` makes the copies for `with_options`."""

    base_url: str
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
        headers = Hidden({"User-Agent": self.user_agent, **self.options.headers.reveal()})
        request = build(call, base_url=self.base_url, accept=accept, headers=headers)
        total = self.options.timeout.total
        if total is None:
            response = await self._answer(request, math.inf, _Tries())
        else:
            response = await self._answer_within(total, request)
        recorder = last_response.get()
        if recorder is not None:
            recorder.append(response)
        return response

    async def _answer_within(self, total: float, request: Request) -> Response:
        tries, limit = _Tries(), asyncio.timeout(total)
        try:
            async with limit:
                return await self._answer(request, time.monotonic() + total, tries)
        except TimeoutError:
            if not limit.expired():
                raise  # a hook's own
        message = f"{request}: no complete answer within the timeout ({total} s in all)"
        return _settle(RequestTimeout(message), tries.made)

    async def _answer(self, request: Request, ends: float, tries: _Tries) -> Response:
        """Attempts until one succeeds or no other may follow; at `ends` the time for them all is over."""
        policy, pace = self.options.retries, self.options.pace
        began, closings = time.monotonic(), self.http.closings
        price, uncertain = 1, False
        outcome: Outcome | None = None
        try:
            while True:
                if pace is not None:
                    try:
                        # Waiting for a turn is no retrying.
                        began += await wait_for_turn(pace, self.limiter, request, ends - time.monotonic())
                    except RateBudgetExhausted:
                        if outcome is None or not uncertain:
                            raise
                        return _settle(outcome, tries.made)  # it says "not sent", which is no longer known
                if self.http.closings > closings:
                    return _settle(TransportError(f"{request}: the client was closed meanwhile"), tries.made)
                tries.made += 1
                outcome = await self._attempt(request, tries.made)
                if isinstance(outcome, Response) and outcome.status < 500 and outcome.status != 429:
                    self.quota.give(price)
                    if outcome.status == 404 and request.method == "DELETE" and uncertain:
                        return attrs.evolve(outcome, body=b"")  # an attempt before this one did it
                    return _settle(outcome, tries.made)
                delay = None if self.http.closings > closings else self._delay(request, outcome, tries.made)
                if delay is None or time.monotonic() + delay > min(ends, began + policy.total):
                    return _settle(outcome, tries.made)
                price = self.quota.take(outcome)
                if not price:
                    return _settle(outcome, tries.made)
                uncertain = uncertain or is_uncertain(outcome)
                reason = (
                    f"status {outcome.status}"
                    if isinstance(outcome, Response)
                    else str(outcome).removeprefix(f"{request}: ")
                )
                await self.hooks.retrying(request, tries.made, delay, reason)
                await anyio.sleep(delay)
        finally:
            del outcome  # its traceback holds this frame: together they would wait for the garbage collector

    def _delay(self, request: Request, outcome: Outcome, attempt: int) -> float | None:
        """Seconds until the next attempt; None where the policy has none."""
        policy, pace = self.options.retries, self.options.pace
        if attempt >= policy.attempts or not may_repeat(request, outcome, any_method=policy.any_method):
            return None
        said = asked_to_wait(outcome)
        if pace is not None and pace.mode == "wait" and isinstance(outcome, Response) and outcome.status == 429:
            rate = read_rate(outcome.headers)
            if rate is not None and rate.remaining == 0:
                said = None  # the limiter has read it too, and waits as long as the pace allows
        return policy.delay(attempt, said)

    async def _attempt(self, request: Request, attempt: int) -> Outcome:
        authorization = await self.credentials.header()
        try:
            response = await self._exchange(request, authorization, attempt)
            if response.status == 401 and self.credentials.can_renew:
                # Refused before anything was done, so a second time does nothing twice.
                renewed = await self.credentials.header(instead_of=authorization)
                if renewed != authorization:
                    response = await self._exchange(request, renewed, attempt)
        except TransportError as error:
            return error
        return response

    async def _exchange(self, request: Request, authorization: Secret, attempt: int) -> Response:
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


@attrs.define
class _Tries:
    """How often a call has been tried, for who tells of it when its time is over."""

    made: int = 0


def _settle(outcome: Outcome, attempts: int) -> Response:
    """What the last attempt ended in: an answer, or the error to raise."""
    try:
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome.check()
    except (ApiError, TransportError) as error:
        error.attempts = attempts
        if attempts > 1:
            error.add_note(f"It was tried {attempts} times.")
        raise
    finally:
        del outcome  # as above
