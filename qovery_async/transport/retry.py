"""Is a call that failed made again, and when? Pure decisions; `Exchange` carries them out."""

from __future__ import annotations

import math
import random
import ssl
from typing import Any

import attrs

from qovery_async.errors import ConfigurationError, ConnectError, RequestTimeout, ResponseTooLarge, TransportError
from qovery_async.pacing.rate import read_retry_after
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response

Outcome = Response | TransportError
"""What an attempt ended in."""


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


@attrs.frozen
class RetryPolicy:
    """How often and how soon a call is made again that failed.

    Again, whatever the method: when no connection came about, and on 429. Only what is
    idempotent (GET, PUT, DELETE): when the connection broke or timed out after the request was
    sent, and on 502, 503 and 504. Only a GET: on 500. Never a POST or PATCH that may have taken
    effect, but for those that only read, and with `any_method=True`, which says of all calls of a
    client that doing them twice does no harm: give it to `with_options` for the calls you know.

    `attempts` counts the first one. The nth wait is a random one of up to `base * 2**(n - 1)`
    seconds, never above `cap` ("full jitter"); where the API names a time itself, that counts
    instead. No attempt begins later than `total` seconds after the call did.
    """

    attempts: int = attrs.field(default=3, validator=_count)
    base: float = attrs.field(default=0.5, validator=_positive)
    cap: float = attrs.field(default=20.0, validator=_positive)
    total: float = attrs.field(default=120.0, validator=_positive)
    any_method: bool = attrs.field(default=False, validator=_flag)

    def delay(self, attempt: int, said: float | None) -> float:
        """Seconds until the next attempt; `said` is what the API asked for."""
        spread = random.uniform(0, min(self.cap, self.base * 2 ** min(attempt - 1, 60)))  # noqa: S311  # no secret
        # A little later than asked for, lest all who wait come back in the same instant.
        return spread if said is None else said + min(spread, self.base)


NO_RETRIES = RetryPolicy(attempts=1)
"""Every call is made once."""


def may_repeat(request: Request, failure: Outcome, *, any_method: bool = False) -> bool:
    """Whether making the call again can do no harm, and some good."""
    harmless = request.repeatable or any_method
    if isinstance(failure, TransportError):
        if isinstance(failure, ConnectError):
            # Nothing was sent; but a certificate that is refused once is refused again.
            return not isinstance(failure.__cause__, ssl.SSLCertVerificationError)
        return harmless and not isinstance(failure, ResponseTooLarge)
    if failure.status == 429:
        return True
    if failure.status == 500:
        return harmless and request.method not in ("PUT", "DELETE")
    return harmless and failure.status in (502, 503, 504)


def asked_to_wait(failure: Outcome) -> float | None:
    """The seconds that an answer asks to wait."""
    if isinstance(failure, TransportError):
        return None
    return read_retry_after(failure.headers, limited=failure.status == 429)


def is_uncertain(failure: Outcome) -> bool:
    """Whether the call may have taken effect though it failed."""
    if isinstance(failure, TransportError):
        return not isinstance(failure, ConnectError)
    return failure.status != 429


class RetryQuota:
    """What all retries of a client draw on, so that an outage is not multiplied by its callers.

    A bucket of 500 as in the standard mode of the AWS SDKs: a retry takes 5, after a timeout 10,
    and gives them back when it succeeds; a call that succeeds at once gives 1. Empty, it lets
    failures through at once until calls succeed again.
    """

    CAPACITY = 500

    def __init__(self) -> None:
        # Without a lock, which a fork could leave taken for ever: threads that miscount by a few do no harm.
        self._left = self.CAPACITY

    def take(self, failure: Outcome) -> int:
        """What the retry costs, 0 where there is not enough left for it."""
        price = 10 if isinstance(failure, RequestTimeout) else 5
        if self._left < price:
            return 0
        self._left -= price
        return price

    def give(self, amount: int) -> None:
        if self._left < self.CAPACITY:
            self._left = min(self.CAPACITY, self._left + amount)
