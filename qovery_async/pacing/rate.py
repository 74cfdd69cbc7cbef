"""What do the headers of a response say about the next request? Pure functions, no I/O."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from multidict import istr

from qovery_async.vocabulary.values import define

# Looked up in each response; plain strings would be folded each time.
_LIMIT, _REMAINING, _RESET = istr("X-RateLimit-Limit"), istr("X-RateLimit-Remaining"), istr("X-RateLimit-Reset")
_DATE = istr("Date")
# Qovery documents the reset as a Unix time, and its examples use it as a number of seconds.
_EPOCH = 1e9
# A longer wait is of no use to a call, and some clocks and servers name absurd ones.
_LONGEST_WAIT = 24 * 3600.0

WINDOW = 3600.0
"""The seconds of the hour in which the API counts a token's requests."""
LONGEST = WINDOW + 60
"""The most seconds until an hour ends that are believed: clocks may disagree a little."""


@define  # not frozen, which takes four times as long: each response makes one
class Rate:
    """What a response says of the token's budget.

    `limit` is the requests of an hour, `remaining` what is left of them, `resets_in` the seconds until
    there are `limit` again. `refused` is whether the response is a 429.
    """

    limit: int
    remaining: int
    resets_in: float
    refused: bool = False


def read_rate(headers: Mapping[str, str], *, refused: bool = False) -> Rate | None:
    """The three `X-RateLimit` headers, where a response has them all and they make sense.

    A reset that is more than an hour away makes no sense: nothing that its response says is believed.
    """
    try:
        limit, remaining, reset = float(headers[_LIMIT]), float(headers[_REMAINING]), float(headers[_RESET])
    except (KeyError, ValueError):
        return None
    if limit < 1 or not math.isfinite(limit + remaining + reset):
        return None
    resets_in = _until(reset, headers)
    return None if resets_in is None else Rate(int(limit), int(min(max(remaining, 0), limit)), resets_in, refused)


def read_retry_after(headers: Mapping[str, str], *, limited: bool) -> float | None:
    """The seconds that a response asks to wait, None where it does not.

    `Retry-After` counts first, in seconds or as a date. `X-RateLimit-Reset` comes next where the
    request was `limited` (429); elsewhere it has nothing to do with the failure.
    """
    text = headers.get("Retry-After")
    seconds = _number(text)
    if seconds is None and text is not None:
        at = _date(text)
        seconds = None if at is None else at - _now(headers)
    if seconds is None and limited:
        seconds = _resets_in(headers)
    return None if seconds is None else min(max(seconds, 0.0), _LONGEST_WAIT)


def _resets_in(headers: Mapping[str, str]) -> float | None:
    reset = _number(headers.get(_RESET))
    return None if reset is None else _until(reset, headers)


def _until(reset: float, headers: Mapping[str, str]) -> float | None:
    seconds = reset - _now(headers) if reset > _EPOCH else reset
    return max(seconds, 0.0) if seconds <= LONGEST else None


def _now(headers: Mapping[str, str]) -> float:
    """The time by the server's clock (`Date`), since its headers name times by that clock; else ours."""
    at = _date(headers.get(_DATE, ""))
    return time.time() if at is None else at


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


# The responses of a second name the same date, and parsing it takes as long as all else here.
@functools.lru_cache(maxsize=8)
def _date(text: str) -> float | None:
    try:
        at = parsedate_to_datetime(text)
        # All times of HTTP are UTC; `-0000` and the format of C's `asctime` name no zone.
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None
