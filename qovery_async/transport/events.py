"""What do hooks and the log see of a call? Never its headers or its body, so never the token."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import attrs

from qovery_async.secrecy.printable import one_line
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.transport.retry import Outcome

E = TypeVar("E")

_log = logging.getLogger("qovery.http")


@attrs.frozen
class RequestEvent:
    """A request that is about to be sent; `attempt` counts from 1."""

    operation: str
    method: str
    url: str
    attempt: int


@attrs.frozen
class ResponseEvent:
    """An answer that has come, whatever its status; `elapsed` is in seconds."""

    operation: str
    method: str
    url: str
    attempt: int
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    elapsed: float


@attrs.frozen
class RetryEvent:
    """A call that is about to be made again: `attempt` failed for a `reason`; in `delay` seconds comes the next."""

    operation: str
    method: str
    url: str
    attempt: int
    delay: float
    reason: str


RequestHook = Callable[[RequestEvent], Awaitable[None] | None]
ResponseHook = Callable[[ResponseEvent], Awaitable[None] | None]
RetryHook = Callable[[RetryEvent], Awaitable[None] | None]


@attrs.frozen
class Hooks:
    """Tells the log, and whoever else wants to know."""

    on_request: RequestHook | None = None
    on_response: ResponseHook | None = None
    on_retry: RetryHook | None = None

    async def asking(self, request: Request, attempt: int) -> None:
        if self.on_request is not None:
            await _observe(self.on_request, RequestEvent(request.operation, request.method, request.url, attempt))

    async def answered(self, response: Response, attempt: int, elapsed: float) -> None:
        request = response.request
        if _log.isEnabledFor(logging.DEBUG):
            # What a server says goes on one line, or it could forge another.
            request_id = one_line(response.request_id or "unknown", 80)
            _log.debug(
                "%s %s answered %d in %.3f s, attempt %d, request id %s",
                request.method, urlsplit(request.url).path, response.status, elapsed, attempt, request_id,
            )  # fmt: skip
        if self.on_response is not None:
            event = ResponseEvent(
                operation=request.operation,
                method=request.method,
                url=request.url,
                attempt=attempt,
                status=response.status,
                headers=response.headers,
                elapsed=elapsed,
            )
            await _observe(self.on_response, event)

    def lost(self, request: Request, attempt: int, elapsed: float, error: BaseException) -> None:
        kind = type(error).__name__
        path = urlsplit(request.url).path
        _log.debug("%s %s got no answer in %.3f s, attempt %d: %s", request.method, path, elapsed, attempt, kind)

    async def retrying(self, request: Request, attempt: int, delay: float, outcome: Outcome) -> None:
        reason = f"status {outcome.status}" if isinstance(outcome, Response) else str(outcome)
        reason = reason.removeprefix(f"{request}: ")
        _log.info("%s: attempt %d failed (%s), another follows in %.1f s", request, attempt, reason, delay)
        if self.on_retry is not None:
            event = RetryEvent(request.operation, request.method, request.url, attempt, delay, reason)
            await _observe(self.on_retry, event)

    def spent(self, request: Request) -> None:
        _log.info("%s: no retry, since too many calls of this client have failed lately", request)


async def _observe(hook: Callable[[E], Awaitable[None] | None], event: E) -> None:
    done = hook(event)
    if inspect.isawaitable(done):
        await done
