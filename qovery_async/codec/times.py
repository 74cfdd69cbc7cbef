"""How are points in time written in JSON?"""

from __future__ import annotations

from datetime import UTC, datetime


def read_datetime(text: str) -> datetime:
    """The time in an RFC 3339 string. Without an offset it is UTC; digits past microseconds are dropped.

    Raises:
        ValueError: the string is not a time.
    """
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else in_utc(moment)


def in_utc(moment: datetime) -> datetime:
    """The same time of day, in UTC."""
    return moment.replace(tzinfo=UTC)


def write_datetime(moment: datetime) -> str:
    """The shortest RFC 3339 string that loses nothing, with `Z` for UTC, as the API writes it.

    Raises:
        ValueError: the time has no timezone.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no timezone; use datetime.now(timezone.utc) or astimezone()")
    micros = moment.microsecond
    text = moment.isoformat(timespec="seconds" if not micros else "microseconds" if micros % 1000 else "milliseconds")
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text
