"""What do an answer's headers say about how soon to ask again? Pure functions, no I/O."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

import attrs

# Qovery documents the reset as a Unix time, and shows it as a number of seconds in its examples.
_EPOCH = 1e9
# No window of Qovery's is longer; what says more is broken, and would stop a client for good.
_LONGEST = 24 * 3600.0


@attrs.frozen
class Rate:
    """What is left of a token's requests, and in how many seconds there will be `limit` again."""

    limit: int
    remaining: int
    resets_in: float


def read_rate(headers: Mapping[str, str]) -> Rate | None:
    """The three `X-RateLimit` headers, where an answer has them all and they make sense."""
    limit = _number(headers.get("X-RateLimit-Limit"))
    remaining = _number(headers.get("X-RateLimit-Remaining"))
    resets_in = _resets_in(headers)
    if limit is None or remaining is None or resets_in is None or limit < 1:
        return None
    return Rate(int(limit), int(min(max(remaining, 0), limit)), resets_in)


def read_retry_after(headers: Mapping[str, str], *, limited: bool) -> float | None:
    """Seconds after which the API wants to be asked again, where it says so.

    `Retry-After` counts first, in seconds or as a date. Of an answer that was `limited` (429),
    `X-RateLimit-Reset` comes next; in any other it has nothing to do with the failure.
    """
    text = headers.get("Retry-After")
    seconds = _number(text)
    if seconds is None and text is not None:
        at = _date(text)
        seconds = None if at is None else at - _now(headers)
    if seconds is None and limited:
        seconds = _resets_in(headers)
    return None if seconds is None else min(max(seconds, 0.0), _LONGEST)


def _resets_in(headers: Mapping[str, str]) -> float | None:
    reset = _number(headers.get("X-RateLimit-Reset"))
    if reset is None:
        return None
    seconds = reset - _now(headers) if reset > _EPOCH else reset
    return min(max(seconds, 0.0), _LONGEST)


def _now(headers: Mapping[str, str]) -> float:
    """By the server's own clock where it tells, since the times it names are by that clock too."""
    at = _date(headers.get("Date", ""))
    return time.time() if at is None else at


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _date(text: str) -> float | None:
    try:
        at = parsedate_to_datetime(text)
        # HTTP has one zone; `-0000` and C's old format name none.
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None
