"""What do hooks and the log see of a call? Never its headers or its body, so never the token."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

import attrs

from qovery_async.secrecy.printable import one_line
from qovery_async.transport.options import Timeout
from qovery_async.transport.patience import patiently
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.transport.retry import Outcome
from qovery_async.vocabulary.values import define, frozen

_log = logging.getLogger("qovery.http")


@define  # not frozen, as `Request`
class RequestEvent:
    """A request that is about to be sent.

    `operation` is the dotted name of the method (`projects.get`), `method` and `url` are those of
    HTTP, `attempt` counts from 1.
    """

    operation: str
    method: str
    url: str
    attempt: int


@define
class ResponseEvent:
    """A response that has arrived, with any status.

    `elapsed` is the seconds from the request to the end of the body, `headers` are the response's;
    the other fields are those of `RequestEvent`.
    """

    operation: str
    method: str
    url: str
    attempt: int
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    elapsed: float


@define
class RetryEvent:
    """A call that is about to be retried, before it waits.

    `attempt` is the number of the one that failed, `reason` how it failed (`status 503`), `delay`
    the seconds until the next one; the other fields are those of `RequestEvent`.
    """

    operation: str
    method: str
    url: str
    attempt: int
    delay: float
    reason: str


RequestHook = Callable[[RequestEvent], Awaitable[None] | None]
ResponseHook = Callable[[ResponseEvent], Awaitable[None] | None]
RetryHook = Callable[[RetryEvent], Awaitable[None] | None]


@frozen
class Hooks:
    """Tells the log, and the hooks of the user; an async hook gets as long as an attempt may take."""

    on_request: RequestHook | None = None
    on_response: ResponseHook | None = None
    on_retry: RetryHook | None = None

    @property
    def hear_responses(self) -> bool:
        """Whether a hook or the log takes responses."""
        return self.on_response is not None or _log.isEnabledFor(logging.DEBUG)

    async def requesting(self, request: Request, attempt: int, limit: Timeout) -> None:
        """Call `on_request` before an attempt."""
        if self.on_request is not None:
            event = RequestEvent(request.operation, request.method, request.url, attempt)
            done = self.on_request(event)
            if done is not None and inspect.isawaitable(done):
                await patiently(f"{request}: on_request", done, limit)

    async def responded(self, response: Response, attempt: int, elapsed: float, limit: Timeout) -> None:
        """Log a response and call `on_response`; `elapsed` is in seconds."""
        request = response.request
        if _log.isEnabledFor(logging.DEBUG):
            # A request id with a line break could forge a line of the log.
            request_id = one_line(response.request_id or "unknown", 80)
            _log.debug(
                "%s %s returned %d in %.3f s, attempt %d, request id %s",
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
            done = self.on_response(event)
            if done is not None and inspect.isawaitable(done):
                await patiently(f"{request} returned {response.status}, but on_response", done, limit)

    def lost(self, request: Request, attempt: int, elapsed: float, error: BaseException) -> None:
        """Log an attempt that got no response."""
        kind = type(error).__name__
        path = urlsplit(request.url).path
        _log.debug("%s %s got no response in %.3f s, attempt %d: %s", request.method, path, elapsed, attempt, kind)

    async def retrying(self, request: Request, attempt: int, delay: float, failure: Outcome, limit: Timeout) -> None:
        """Log the wait for a retry and call `on_retry`; `delay` is in seconds."""
        reason = _described(failure, request)
        _log.info("%s: attempt %d failed (%s), retry in %.1f s", request, attempt, reason, delay)
        if self.on_retry is not None:
            event = RetryEvent(request.operation, request.method, request.url, attempt, delay, reason)
            done = self.on_retry(event)
            if done is not None and inspect.isawaitable(done):
                await patiently(f"{request}: on_retry", done, limit)

    def gave_up(self, request: Request, attempt: int, failure: Outcome, reason: str) -> None:
        """Log why a failed call is not retried."""
        _log.info("%s: attempt %d failed (%s), not retried: %s", request, attempt, _described(failure, request), reason)


def _described(failure: Outcome, request: Request) -> str:
    if isinstance(failure, Response):
        return f"status {failure.status} without a body" if failure.lost_its_body else f"status {failure.status}"
    return str(failure).removeprefix(f"{request}: ")
