"""Can the body of an error response do harm? Whatever it holds becomes an ApiError that can be shown and pickled."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from tests.support.checks import error_is_good
from tests.support.hostile import DEEPEST, HOSTILE, examples, nested

KEYS = ["detail", "message", "error", "title", "status", "existing_variable"]
NAMES = ["Retry-After", "Date", "X-Qovery-Request-Id", "X-Request-Id", "X-RateLimit-Reset", "Content-Type"]

STATUSES = st.integers(400, 999)
# What aiohttp could not decode as UTF-8 comes as surrogates.
HEADERS = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=30) | st.just("x" * 8000)).map(CIMultiDict)
OBJECTS = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), st.sampled_from(HOSTILE) | st.text())


def as_body(value: Any) -> bytes:
    return json.dumps(value).encode()


@examples(200)
@given(status=STATUSES, body=st.binary() | OBJECTS.map(as_body), headers=HEADERS)
def test_any_answer(status: int, body: bytes, headers: CIMultiDict[str]) -> None:
    error_is_good(status, body, headers)


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500])
def test_hostile_values(status: int) -> None:
    for value in HOSTILE:
        for body in (value, [value], *({key: value} for key in KEYS)):
            error_is_good(status, as_body(body), {"X-Request-Id": "\x1b[2J\n" * 1000})


@pytest.mark.parametrize("by", [None, "detail"])
def test_any_depth(by: str | None) -> None:
    for depth in (*range(DEEPEST - 2, DEEPEST + 3), *range(300, 1000, 50)):
        error_is_good(400, as_body(nested(depth // 2, by=by)).replace(b"1", as_body(nested(depth - depth // 2))), {})


@pytest.mark.parametrize(
    "body",
    [
        b"\x1b]0;owned\x07\x1b[2J" * 100,
        "\N{RIGHT-TO-LEFT OVERRIDE}\N{ZERO WIDTH SPACE}\N{LINE SEPARATOR}".encode() * 100,
        b'{"detail": "' + b"9" * 1_000_000 + b'"}',
        b'{"status": ' + b"9" * 1_000_000 + b"}",
        b'{"detail": "a", "detail": NaN, "detail": "b"}',
        b"\xff\xfe[\x001\x00]\x00",
        b"\xef\xbb\xbf{}",
        b'{"detail": "\\ud800\\n\\u0000"}',
        b"[" * 1_000_000,
    ],
    ids=lambda body: ascii(body[:12]),
)
def test_bodies_that_are_odd_as_bytes(body: bytes) -> None:
    error_is_good(502, body, {})
