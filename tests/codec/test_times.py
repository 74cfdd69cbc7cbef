"""How is a time read, and how is it written?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from qovery_async.codec.times import in_utc, read_datetime, write_datetime

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02T12:00:00Z", NOON),
        ("2026-01-02T12:00:00", NOON),
        ("2026-01-02T14:00:00+02:00", NOON.astimezone(EAST)),
        ("2026-01-02T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
    ],
)
def test_it_is_read_with_its_zone_or_in_utc(text: str, moment: datetime) -> None:
    found = read_datetime(text)
    assert (found, found.utcoffset()) == (moment, moment.utcoffset())


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="soon"):
        read_datetime("soon")


def test_in_utc_it_is_the_same_time_of_day() -> None:
    assert in_utc(datetime(2026, 1, 2, 12)) == NOON  # noqa: DTZ001  # that is the point


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOON, "2026-01-02T12:00:00Z"),
        (NOON.replace(microsecond=120_000), "2026-01-02T12:00:00.120Z"),
        (NOON.replace(microsecond=1000), "2026-01-02T12:00:00.001Z"),
        (NOON.replace(microsecond=1001), "2026-01-02T12:00:00.001001Z"),
        (NOON.astimezone(timezone(timedelta(0), "here")), "2026-01-02T12:00:00Z"),
        (NOON.astimezone(EAST), "2026-01-02T14:00:00+02:00"),
        (NOON.replace(microsecond=1).astimezone(EAST), "2026-01-02T14:00:00.000001+02:00"),
    ],
)
def test_it_is_written_as_short_as_loses_nothing(moment: datetime, text: str) -> None:
    assert write_datetime(moment) == text
    assert read_datetime(text) == moment


def test_without_a_zone_it_is_not_written() -> None:
    naive = datetime(2026, 1, 2, 12)  # noqa: DTZ001  # that is the point
    advice = f"{naive!r} has no timezone; use datetime.now(timezone.utc) or astimezone()"
    with pytest.raises(ValueError, match=f"^{re.escape(advice)}$"):
        write_datetime(naive)
