"""How does one call become one response? Its attempts, and the waits between them."""

from __future__ import annotations

import asyncio
import math
import time
from contextvars import ContextVar

import attrs
from aiohttp import hdrs
from multidict import CIMultiDict

from qovery_async.codec.reader import Codec
from qovery_async.errors import ApiError, DecodeError, RateBudgetExhausted, RateLimited, RequestTimeout, TransportError
from qovery_async.pacing.limiter import RateLimiter
from qovery_async.pacing.pace import Pace, renewal
from qovery_async.secrecy.secret import Secret, not_pickled
from qovery_async.transport import pressure
from qovery_async.transport.body import ACCEPTED
from qovery_async.transport.credentials import Credentials
from qovery_async.transport.events import Hooks
from qovery_async.transport.http import HttpTransport
from qovery_async.transport.loop import running_loop
from qovery_async.transport.network import Network
from qovery_async.transport.options import Options
from qovery_async.transport.request import Call, Request, build
from qovery_async.transport.response import Response
from qovery_async.transport.retry import GiveUp, Outcome, Retry, RetryQuota, decide, is_failure, is_uncertain
from qovery_async.transport.sessions import CLOSED
from qovery_async.transport.turn import learn_from, wait_for_turn
from qovery_async.transport.watch import Expired
from qovery_async.transport.websocket import WebSocketTransport
from qovery_async.vocabulary.values import define, frozen

BASE_URL = "https://api.qovery.com"
WS_URL = "wss://ws.qovery.com"

last_response: ContextVar[list[Response] | None] = ContextVar("qovery_last_response", default=None)
"""Where `with_response` collects the responses to its call."""


@define
class _Progress:
    """How far a call has come."""

    request: Request
    ends: float
    """When its timeout is over, on the monotonic clock."""
    began: float
    closings: int
    """How often the client had been closed before the call."""
    attempts: int = 0
    uncertain: bool = False
    """Whether an attempt that failed may have taken effect."""
    price: int = 1
    """What the quota gets when the call succeeds."""
    given_up: str = ""
    """Why the last attempt was not retried."""

    def explain(self, error: ApiError | DecodeError | TransportError) -> None:
        """Adds to the error what became of the attempts."""
        error.attempts = self.attempts
        if self.attempts > 1:
            why = f", not again: {self.given_up}" if self.given_up else ""
            changes = self.request.method in ("PUT", "DELETE") or not self.request.repeatable
            effect = "; one of them may have taken effect" if self.uncertain and changes else ""
            error.add_note(f"Tried {self.attempts} times{why}{effect}.")
        elif self.given_up:
            error.add_note(f"Not retried: {self.given_up}.")


def _shared_headers(exchange: Exchange) -> CIMultiDict[str]:
    shared = CIMultiDict({hdrs.ACCEPT_ENCODING: ACCEPTED, hdrs.USER_AGENT: exchange.user_agent})
    shared.update(exchange.options.headers)
    return shared


@frozen
class Exchange:
    """What the calls of a client share; `attrs.evolve` makes the copies for `with_options`."""

    base_url: str
    ws_url: str
    credentials: Credentials
    network: Network
    http: HttpTransport
    websocket: WebSocketTransport
    codec: Codec
    user_agent: str
    options: Options
    hooks: Hooks
    limiter: RateLimiter
    quota: RetryQuota = attrs.Factory(RetryQuota)
    headers: CIMultiDict[str] = attrs.field(
        init=False, repr=False, default=attrs.Factory(_shared_headers, takes_self=True)
    )
    """Those of every request; the user's are secrets."""

    __reduce__ = not_pickled

    @property
    def streams_are_beside(self) -> bool:
        """Whether the WebSockets are those of the API: another API has none at Qovery's address."""
        return self.ws_url != WS_URL or self.base_url == BASE_URL

    async def send(self, call: Call, accept: str) -> Response:
        """Sends a call, as often as it takes, and returns the response.

        Raises:
            ConfigurationError: the call cannot be sent as it is.
            TransportError: the request or its response was lost.
            ApiError: the API refused the call.
            DecodeError: a call that reads got an empty 200.
        """
        running_loop()
        has_secrets = bool(self.options.headers)
        request = build(call, base_url=self.base_url, accept=accept, headers=self.headers, has_secrets=has_secrets)
        total, now = self.options.timeout.total, time.monotonic()
        progress = _Progress(request, math.inf if total is None else now + total, now, self.network.sessions.closings)
        try:
            response = await (self._respond(progress) if total is None else self._respond_within(total, progress))
        except (ApiError, DecodeError, TransportError) as error:
            progress.explain(error)
            if type(error) is RateLimited:
                error.hint = renewal(error.retry_after, self.options.pace)
            raise
        response.attempts, response.ends = progress.attempts, progress.ends
        recorder = last_response.get()
        if recorder is not None:
            recorder.append(response)
        return response

    async def _respond_within(self, total: float, progress: _Progress) -> Response:
        sessions = self.network.sessions
        session = sessions.current() or await sessions.begin()
        try:
            return await session.watch.within(total, self._respond(progress))
        except Expired:
            pass
        request = progress.request
        doubt = request.doubt if progress.attempts else ""
        error = RequestTimeout(f"{request}: no complete response within the timeout ({total} s in all){doubt}")
        if progress.attempts:
            self._give_up(progress, error, "the timeout of the call is over")
        try:
            raise error
        finally:
            del error  # its traceback holds this frame: together they would wait for the garbage collector

    async def _respond(self, progress: _Progress) -> Response:
        """Makes attempts until one succeeds or no other may follow."""
        outcome: Outcome | None = None
        try:
            while True:
                if self.options.pace is not None and not await self._has_turn(self.options.pace, progress, outcome):
                    return _checked(outcome)  # says that the request may have taken effect
                if self._is_closed(progress):
                    raise TransportError(f"{progress.request}: {CLOSED}")
                progress.attempts += 1
                authorization = self.credentials.ready or await self._authorization(progress)
                outcome = await self._exchange(progress, authorization)
                if isinstance(outcome, Response) and outcome.status == 401 and self.credentials.can_renew:
                    outcome = await self._renewed(progress, authorization, outcome)
                if isinstance(outcome, Response) and not is_failure(outcome):
                    self.quota.give(progress.price)
                    if 200 <= outcome.status < 300:
                        return outcome
                    if outcome.status == 404 and progress.request.method == "DELETE" and progress.uncertain:
                        return attrs.evolve(outcome, body=b"")  # an earlier attempt deleted it
                    return outcome.check()
                if isinstance(outcome, Response) and outcome.status == 429:
                    pressure.tell()
                decision = self._decide(progress, outcome)
                progress.uncertain = progress.uncertain or is_uncertain(outcome)
                if isinstance(decision, GiveUp):
                    self._give_up(progress, outcome, decision.reason)
                    return _checked(outcome)
                self.quota.take(decision.price)
                progress.price = decision.price or progress.price
                limit = self.options.timeout
                await self.hooks.retrying(progress.request, progress.attempts, decision.delay, outcome, limit)
                await asyncio.sleep(decision.delay)
        finally:
            del outcome  # as above

    async def _has_turn(self, pace: Pace, progress: _Progress, before: Outcome | None) -> bool:
        """Waits for a turn; False where none comes in time, and what came `before` is what the call ends with."""
        left = progress.ends - time.monotonic()
        try:
            # What a call waits for its turn does not count for `RetryPolicy.total`.
            progress.began += await wait_for_turn(pace, self.limiter, progress.request, left, self.options.timeout)
        except RateBudgetExhausted:
            pressure.tell()
            if before is None:
                raise
            self._give_up(progress, before, "the pace has no turn for it in time")
            if not progress.uncertain:
                raise
            return False
        return True

    def _decide(self, progress: _Progress, failure: Outcome) -> Retry | GiveUp:
        now = time.monotonic()
        return decide(
            failure,
            progress.request,
            self.options.retries,
            attempt=progress.attempts,
            elapsed=now - progress.began,
            left=progress.ends - now,
            pace=self.options.pace,
            quota=self.quota,
            closed=self._is_closed(progress),
        )

    def _give_up(self, progress: _Progress, failure: Outcome, reason: str) -> None:
        progress.given_up = reason
        self.hooks.gave_up(progress.request, progress.attempts, failure, reason)

    def _is_closed(self, progress: _Progress) -> bool:
        """Whether the client was closed since the call began."""
        return self.network.sessions.closings > progress.closings

    async def _authorization(self, progress: _Progress) -> Secret:
        return await self.credentials.header(progress.request, self.options.timeout)

    async def _renewed(self, progress: _Progress, refused: Secret, outcome: Response) -> Outcome:
        """The outcome with a new token, if there is one: the first request was refused before it took effect."""
        limit = self.options.timeout
        renewed = await self.credentials.header(progress.request, limit, instead_of=refused)
        return outcome if renewed == refused else await self._exchange(progress, renewed)

    async def _exchange(self, progress: _Progress, authorization: Secret) -> Outcome:
        """Sends the request once; what the user's functions raise is no outcome of it, and ends the call."""
        request, attempt, limit = progress.request, progress.attempts, self.options.timeout
        if self.hooks.on_request is not None:
            await self.hooks.requesting(request, attempt, limit)
        began = time.monotonic()
        try:
            response = await self.http.send(request, authorization, limit)
        except (TransportError, asyncio.CancelledError) as error:
            self.hooks.lost(request, attempt, time.monotonic() - began, error)
            if isinstance(error, TransportError):
                return error
            raise
        elapsed = time.monotonic() - began
        if self.options.pace is not None:
            await learn_from(response, self.limiter, limit)
        if self.hooks.hear_responses:
            await self.hooks.responded(response, attempt, elapsed, limit)
        return response


def _checked(outcome: Outcome | None) -> Response:
    """Raises the error that the last attempt ended with."""
    try:
        assert outcome is not None
        if isinstance(outcome, TransportError):
            raise outcome
        return outcome.check()
    finally:
        del outcome  # as above
