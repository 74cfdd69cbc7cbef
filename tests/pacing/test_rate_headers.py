"""What do the headers of a response say of the hour, at the edges of sense?"""

from __future__ import annotations

import time

import pytest
from multidict import CIMultiDict

from qovery_async import Rate
from qovery_async.pacing.rate import LONGEST, WINDOW, read_rate, read_retry_after

DAY = 24 * 3600.0
DATE = "Tue, 01 Dec 2026 12:00:00 GMT"
EPOCH = 1796126400  # the same


def headers(**given: str) -> CIMultiDict[str]:
    return CIMultiDict({name.replace("_", "-"): value for name, value in given.items()})


def hour(limit: str = "1000", remaining: str = "10", reset: str = "60", **more: str) -> Rate | None:
    told = {"X_RateLimit_Limit": limit, "X_RateLimit_Remaining": remaining, "X_RateLimit_Reset": reset}
    return read_rate(headers(**told, **more))


def test_the_hour_and_a_minute_are_the_most() -> None:
    assert (WINDOW, LONGEST) == (3600.0, 3660.0)


class TestTheRate:
    def test_is_what_the_three_headers_say(self) -> None:
        assert hour() == Rate(1000, 10, 60.0)
        told = headers(X_RateLimit_Limit="5", X_RateLimit_Remaining="0", X_RateLimit_Reset="1")
        assert read_rate(told, refused=True) == Rate(5, 0, 1.0, refused=True)

    @pytest.mark.parametrize("missing", ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"])
    def test_needs_all_three(self, missing: str) -> None:
        told = headers(X_RateLimit_Limit="5", X_RateLimit_Remaining="2", X_RateLimit_Reset="1")
        assert read_rate(told) == Rate(5, 2, 1.0)
        del told[missing]
        assert read_rate(told) is None

    @pytest.mark.parametrize(("limit", "made"), [("1", 1), ("1.9", 1), ("0.9", None), ("0", None), ("-5", None), ("nan", None), ("x", None)])  # fmt: skip
    def test_has_a_limit_of_one_or_more(self, limit: str, made: int | None) -> None:
        rate = hour(limit=limit, remaining="0")
        assert (rate and rate.limit) == made

    @pytest.mark.parametrize(("remaining", "left"), [("-3", 0), ("0", 0), ("1", 1), ("999", 999), ("1000", 1000), ("1001", 1000), ("inf", None), ("many", None)])  # fmt: skip
    def test_has_something_between_nothing_and_all_left(self, remaining: str, left: int | None) -> None:
        rate = hour(remaining=remaining)
        assert (rate.remaining if rate else None) == left

    @pytest.mark.parametrize(("reset", "seconds"), [("0", 0.0), ("-1", 0.0), ("3660", 3660.0), ("3660.5", None), ("999999999", None), ("", None)])  # fmt: skip
    def test_ends_within_the_hour(self, reset: str, seconds: float | None) -> None:
        rate = hour(reset=reset)
        assert (rate.resets_in if rate else None) == seconds

    @pytest.mark.parametrize(("ahead", "seconds"), [(90, 90.0), (0, 0.0), (-90, 0.0), (3660, 3660.0), (3661, None)])
    def test_may_end_at_a_time_of_the_servers_clock(self, ahead: int, seconds: float | None) -> None:
        rate = hour(reset=str(EPOCH + ahead), Date=DATE)
        assert (rate.resets_in if rate else None) == seconds

    def test_ends_by_our_clock_where_the_server_names_no_time(self) -> None:
        rate = hour(reset=str(time.time() + 600))
        assert rate is not None
        assert 500 < rate.resets_in <= 600
        assert hour(reset=str(time.time() + 600), Date="soon") is not None

    def test_a_small_number_is_no_time(self) -> None:
        assert hour(reset="1000000000") is None


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("7", 7.0),
            ("0.5", 0.5),
            ("0", 0.0),
            ("-7", 0.0),
            ("86400", DAY),
            ("86401", DAY),
            ("nan", None),
            ("later", None),
        ],
    )
    def test_is_seconds(self, text: str, seconds: float | None) -> None:
        assert read_retry_after(headers(Retry_After=text), limited=False) == seconds

    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("Tue, 01 Dec 2026 12:00:30 GMT", 30.0), ("Tue, 01 Dec 2026 11:59:00 GMT", 0.0), ("Tue, 01 Dec 2026 12:00:30 -0000", 30.0),
            ("Tue, 01 Dec 2026 13:00:30 +0100", 30.0), ("Thu, 01 Dec 2028 12:00:00 GMT", DAY), ("Tue, 99 Dec 2026 12:00:00 GMT", None),
        ],
    )  # fmt: skip
    def test_may_be_a_date_by_the_servers_clock(self, text: str, seconds: float | None) -> None:
        assert read_retry_after(headers(Retry_After=text, Date=DATE), limited=False) == seconds

    @pytest.mark.skipif(not hasattr(time, "tzset"), reason="this system cannot change its time zone")
    @pytest.mark.parametrize("text", ["Tue, 01 Dec 2026 12:00:30 -0000", "Tue Dec  1 12:00:30 2026"])
    def test_of_no_zone_is_utc_wherever_this_machine_stands(self, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TZ", "XYZ-9")
        time.tzset()
        try:
            assert read_retry_after(headers(Retry_After=text, Date=DATE), limited=False) == 30.0
        finally:
            monkeypatch.delenv("TZ")
            time.tzset()

    def test_counts_before_the_reset_which_counts_for_a_429_alone(self) -> None:
        both = headers(Retry_After="7", X_RateLimit_Reset="60")
        reset = headers(X_RateLimit_Reset="60")
        assert [read_retry_after(both, limited=limited) for limited in (True, False)] == [7.0, 7.0]
        assert [read_retry_after(reset, limited=limited) for limited in (True, False)] == [60.0, None]
        assert read_retry_after(headers(Retry_After="later", X_RateLimit_Reset="60"), limited=True) == 60.0
        assert read_retry_after(headers(), limited=True) is None
        at = headers(X_RateLimit_Reset=str(EPOCH + 30), Date=DATE)
        assert read_retry_after(at, limited=True) == 30.0
