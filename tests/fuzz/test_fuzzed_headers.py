"""Can headers that say when to retry do harm? They become numbers that make sense, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.checks import rate_is_good
from tests.support.hostile import examples

RATE_HEADERS = [
    "Retry-After",
    "Date",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
]

_DATES = st.builds(
    "{} {} {} {}:{}:00 {}".format,
    st.sampled_from(["Wed, 21", "99", "-1", "31", ""]),
    st.sampled_from(["Oct", "Feb", "XXX", ""]),
    st.integers(-1, 10**6) | st.sampled_from(["0000", "9999", "99999999999999999999"]),
    st.integers(-1, 100),
    st.integers(-1, 100),
    st.sampled_from(["GMT", "", "-0000", "+9999", "+99999999999", "-2400", "EST", "\u0660"]),
)
_NUMBERS = st.one_of(st.integers(), st.floats(), st.integers(10**300, 10**310)).map(str)
VALUES = st.one_of(
    st.text(max_size=20), _NUMBERS, _DATES, st.sampled_from(["9" * 5000, "1_0", " 5 ", "0x10", "-0", "1e9"])
)


@examples(300)
@given(headers=st.dictionaries(st.sampled_from(RATE_HEADERS), VALUES))
def test_any_headers(headers: dict[str, str]) -> None:
    rate_is_good(headers)


@pytest.mark.parametrize("name", RATE_HEADERS)
@examples(100)
@given(value=VALUES)
def test_one_odd_header_among_good_ones(name: str, value: str) -> None:
    good = {
        "Date": "Wed, 21 Oct 2026 07:28:00 GMT",
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "5",
        "X-RateLimit-Reset": "1792567680",
    }
    rate_is_good({**good, name: value})
