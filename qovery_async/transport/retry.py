"""Is a failed call retried, when, and if not, why not? Pure decisions; `Exchange` carries them out.

What `decide` does is the table in docs/retries.md, and a test compares the two.
"""

from __future__ import annotations

import math
import random
import ssl
from typing import Any

import attrs

from qovery_async.errors import ConfigurationError, ConnectError, RequestTimeout, ResponseTooLarge, TransportError
from qovery_async.pacing.pace import Pace
from qovery_async.pacing.rate import read_rate, read_retry_after
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.vocabulary.values import frozen

Outcome = Response | TransportError
"""What one attempt ended with."""


def _positive(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and value >= 0):
        raise ConfigurationError(f"retries: {attribute.name} must be seconds, 0 or more, got {value!r}")


def _count(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigurationError(f"retries: {attribute.name} must be 1 (no retry) or more, got {value!r}")


def _flag(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, bool):
        raise ConfigurationError(f"retries: {attribute.name} must be True or False, got {value!r}")


@frozen
class RetryPolicy:
    """How often and how soon a failed call is retried.

    A retry never does anything twice: a POST or PATCH that may have taken effect is not sent again.
    The table of failures and what is retried after each is in docs/retries.md.

    `attempts` is the most requests that one call sends, the first included (3). `base` (0.5) and `cap`
    (20) are seconds: the nth wait is a random one of up to `base * 2**(n - 1)`, never above `cap`;
    where the response names a time (`Retry-After`), the call waits that long instead. No attempt
    begins later than `total` seconds (120) after the call did. `any_method=True` declares that
    repeating any call of this client does no harm, so POST and PATCH are retried too: pass it to
    `with_options` for the calls that you know.

    Raises:
        ConfigurationError: a value has the wrong type or is out of range.
    """

    attempts: int = attrs.field(default=3, validator=_count)
    base: float = attrs.field(default=0.5, validator=_positive)
    cap: float = attrs.field(default=20.0, validator=_positive)
    total: float = attrs.field(default=120.0, validator=_positive)
    any_method: bool = attrs.field(default=False, validator=_flag)

    def delay(self, attempt: int, asked: float | None) -> float:
        """Seconds to wait after the attempt of that number; `asked` is the wait that the response asks for."""
        spread = random.uniform(0, min(self.cap, self.base * 2 ** min(attempt - 1, 60)))  # noqa: S311  # no secret
        # A little longer than asked, so that waiting clients do not all return in the same instant.
        return spread if asked is None else asked + min(spread, self.base)


NO_RETRIES = RetryPolicy(attempts=1)
"""Each call is sent once."""


class RetryQuota:
    """What all retries of a client draw on, so that its callers do not multiply an outage.

    A bucket of 500 as in the standard mode of the AWS SDKs: a retry takes 5, or 10 after a timeout,
    and returns them when it succeeds; a call that succeeds at once returns 1. While it is empty,
    failed calls raise at once.
    """

    CAPACITY = 500

    def __init__(self) -> None:
        # No lock, which a fork could leave held for ever: threads that miscount by a few do no harm.
        self._left = self.CAPACITY

    def covers(self, price: int) -> bool:
        """Whether a retry of that price is left."""
        return self._left >= price

    def take(self, price: int) -> None:
        """Pay for a retry."""
        self._left = max(0, self._left - price)

    def give(self, amount: int) -> None:
        """Give back, after a call that succeeded."""
        if self._left < self.CAPACITY:
            self._left = min(self.CAPACITY, self._left + amount)


@frozen
class Retry:
    """The call is retried in `delay` seconds, at the expense of `price` from the quota."""

    delay: float
    price: int


@frozen
class GiveUp:
    """The call is not retried; the log and the error give the `reason` after "not retried: "."""

    reason: str


def decide(
    failure: Outcome,
    request: Request,
    policy: RetryPolicy,
    *,
    attempt: int,
    elapsed: float,
    left: float,
    pace: Pace | None,
    quota: RetryQuota,
    closed: bool,
) -> Retry | GiveUp:
    """What follows the failure of an attempt.

    `attempt` counts from 1. `elapsed` is the seconds since the call began, without its waits for the
    pace; `left` the seconds until its timeout; `closed` whether the client was closed meanwhile.
    """
    if closed:
        return GiveUp("the client was closed")
    reason = why_never(failure, request, any_method=policy.any_method)
    if reason is not None:
        return GiveUp(reason)
    if attempt >= policy.attempts:
        off = policy.attempts == 1
        return GiveUp("retries are off" if off else f"RetryPolicy allows {policy.attempts} attempts")
    paced = is_paced(failure, pace)
    asked = None if paced else _asked_wait(failure)
    delay = policy.delay(attempt, asked)
    allowed, limit = min((left, "timeout"), (policy.total - elapsed, "RetryPolicy.total"))
    if delay > allowed:
        wait = f"the next wait is {delay:.1f} s" if asked is None else f"the response asks to wait {asked:.1f} s"
        return GiveUp(f"{wait}, but {limit} leaves {max(allowed, 0):.1f} s")
    price = 0 if paced else 10 if isinstance(failure, RequestTimeout) else 5
    if not quota.covers(price):
        return GiveUp("too many calls of this client have failed lately")
    return Retry(delay, price)


def why_never(failure: Outcome, request: Request, *, any_method: bool) -> str | None:
    """Why another attempt would do harm, or no good; None where it may follow."""
    if isinstance(failure, ConnectError):  # nothing was sent
        refused = isinstance(failure.__cause__, ssl.SSLCertVerificationError)
        return "the server's certificate would be refused again" if refused else None
    if isinstance(failure, ResponseTooLarge):
        return "the response would be too large again"
    if isinstance(failure, Response):
        if failure.status == 429 or failure.not_received or failure.lost_its_body:  # without effect
            return None
        if failure.status not in (408, 500, 502, 503, 504):
            return f"status {failure.status} is never retried"
        if failure.status == 500 and request.method in ("PUT", "DELETE"):
            return f"the API failed (500) while it carried out the {request.method}"
    if request.repeatable or any_method:
        return None
    return f"{request.method} is not idempotent, a second request could do it twice"


def is_paced(failure: Outcome, pace: Pace | None) -> bool:
    """Whether the limiter knows of a 429, and makes the next attempt wait for its turn."""
    if pace is None or pace.mode != "wait" or not isinstance(failure, Response) or failure.status != 429:
        return False
    rate = read_rate(failure.headers)
    return rate is not None and rate.remaining == 0


def _asked_wait(failure: Outcome) -> float | None:
    """The seconds that a response asks to wait."""
    if isinstance(failure, TransportError):
        return None
    return read_retry_after(failure.headers, limited=failure.status == 429)


def is_failure(response: Response) -> bool:
    """Whether a retry could be expected: the server failed or is busy, or the body of a 200 was lost.

    A 404, say, is a final response.
    """
    return response.status >= 500 or response.status in (408, 429) or response.lost_its_body


def is_uncertain(failure: Outcome) -> bool:
    """Whether the request may have taken effect though it failed."""
    if isinstance(failure, Response):
        return failure.uncertain
    return not isinstance(failure, ConnectError)
