"""What follows when a connection of a stream ends? Pure decisions; `Feed` carries them out.

What `after` does is the table in docs/streams.md.
"""

from __future__ import annotations

from qovery_async.errors import (
    ApiError,
    Forbidden,
    QoveryError,
    RateLimited,
    StreamClosed,
    TransportError,
    Unauthorized,
)
from qovery_async.pacing.pace import Pace, renewal
from qovery_async.pacing.rate import read_retry_after
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.transport.retry import RetryPolicy, is_paced, why_never
from qovery_async.transport.sessions import CLOSED
from qovery_async.transport.websocket import Closing
from qovery_async.vocabulary.values import define, frozen

NORMAL = 1000
DENIED = {1007: (403, Forbidden), 1008: (401, Unauthorized)}
"""The codes by which the server says that the token may not: no other connection would help."""

_STEADY = 10.0
"""Seconds after which a connection counts as one that worked, even if nothing came."""

Ending = Closing | Response | TransportError
"""What a connection, or the attempt to open one, ended with."""


@frozen
class Done:
    """The stream is complete, or there is nothing to send."""


@frozen
class Again:
    """Another connection is opened in `delay` seconds; with `renew`, if there is a new token."""

    delay: float
    cause: QoveryError
    renew: bool = False


@frozen
class Fail:
    """The stream ends with an error."""

    error: QoveryError


@define
class Course:
    """The connections of a stream: what the last ones ended with decides what comes next."""

    request: Request
    policy: RetryPolicy
    pace: Pace | None = None
    _failures: int = 0
    """Since a connection lasted: where each sends something and ends at once, the waits grow all the same."""
    _since: float | None = None
    """The time of the first failure since something came."""
    _opened: float | None = None
    """When the connection was opened; None without one."""
    _renewed: bool = False
    _worked: bool = False
    """Whether any connection has worked."""

    def opened(self, now: float) -> None:
        """A connection is open."""
        self._opened = now

    def received(self) -> None:
        """A frame came, so the connection works."""
        self._since, self._worked = None, True

    def after(self, ending: Ending, now: float, *, closed: bool = False) -> Done | Again | Fail:
        """What follows the end of a connection; `closed`: the client was closed meanwhile."""
        if self._opened is not None and now - self._opened >= _STEADY:
            self.received()
            self._failures, self._renewed = 0, False
        self._opened = None
        if closed:
            return Fail(TransportError(f"{self.request}: {CLOSED}"))
        if isinstance(ending, Closing) and (ending.code == NORMAL or "NotFound" in ending.reason):
            return Done()
        error, denied, never = self._judged(ending)
        if denied and not self._renewed:
            self._renewed = True
            return Again(0.0, error, renew=True)
        if never:
            return self._failed(error, never)
        self._failures += 1
        self._since = now if self._since is None else self._since
        if not isinstance(ending, Closing) and is_paced(ending, self.pace):
            return Again(0.0, error)  # the limiter knows how long the next attempt has to wait
        asked = read_retry_after(ending.headers, limited=ending.status == 429) if isinstance(ending, Response) else None
        delay = self.policy.delay(self._failures, asked)
        if self._failures >= self.policy.attempts and (self.policy.attempts == 1 or not self._worked):
            return self._failed(error, "RetryPolicy.attempts is reached")
        if now + delay - self._since > self.policy.total:
            return self._failed(error, "the next attempt would begin after RetryPolicy.total")
        return Again(delay, error)

    def _judged(self, ending: Ending) -> tuple[QoveryError, bool, str]:
        """The error that an ending means, whether the token is at fault, and why no attempt follows, if none may."""
        if isinstance(ending, Closing):
            denied = ending.code in DENIED
            return closed(self.request, ending), denied, f"code {ending.code} is never retried" if denied else ""
        never = why_never(ending, self.request, any_method=False) or ""
        if isinstance(ending, TransportError):
            return ending, False, never
        return _refusal(ending), ending.status in (401, 403), never

    def _failed(self, error: QoveryError, why: str) -> Fail:
        if isinstance(error, ApiError | TransportError):
            error.attempts = max(1, self._failures)
            error.add_note(f"Not connected again: {why}.")
        if type(error) is RateLimited:
            error.hint = renewal(error.retry_after, self.pace)
        return Fail(error)


def closed(request: Request, closing: Closing) -> QoveryError:
    """The error for a connection that the server closed."""
    if closing.code in DENIED:
        status, kind = DENIED[closing.code]
        reason = closing.reason or "the token may not open this"
        text = f"{reason} (closed with {closing.code})"
        return kind(status, text, operation=request.operation, method=request.method, url=request.url)
    error = StreamClosed(f"{request}: the connection {closing.told}")
    error.code, error.reason = closing.code, closing.reason
    return error


def _refusal(response: Response) -> QoveryError:
    """The error for a response other than an open WebSocket."""
    try:
        response.check()
    except QoveryError as error:
        return error.with_traceback(None)
    return TransportError(
        f"{response.request} returned {response.status} instead of opening a WebSocket: check ws_url, and whether a "
        "proxy on the way blocks WebSockets"
    )
