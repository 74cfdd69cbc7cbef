"""How does JSON hold a date and time?"""

from __future__ import annotations

from datetime import UTC, datetime


def read_datetime(value: str) -> datetime:
    """Reads RFC 3339. No offset means UTC; digits after microseconds are dropped.

    Raises:
        ValueError: the string is not a date and time.
    """
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def write_datetime(moment: datetime) -> str:
    """Writes RFC 3339: the shortest form without loss, with `Z` for UTC, as the API does.

    Raises:
        ValueError: `moment` has no timezone.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no timezone; use datetime.now(timezone.utc) or astimezone()")
    micros = moment.microsecond
    written = moment.isoformat(
        timespec="seconds" if not micros else "microseconds" if micros % 1000 else "milliseconds"
    )
    return f"{written[:-6]}Z" if written.endswith("+00:00") else written
