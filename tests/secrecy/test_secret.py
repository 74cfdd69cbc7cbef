"""A `Secret` shows its text to nobody who takes it for a string; only `reveal()` returns it."""

from __future__ import annotations

import json
import logging
import pprint
import reprlib
import traceback
from collections.abc import Callable

import pytest

from qovery_async.secrecy.secret import Secret, revealed
from tests.support.sight import TOKEN, Needle

SHOWN: dict[str, Callable[[Secret], object]] = {
    "repr": repr,
    "ascii": ascii,
    "str": str,
    "format": format,
    "an f-string": lambda secret: f"{secret} {secret!s} {secret!r} {secret:>99} {secret=}",
    "str.format": "Token {0} {0:>20} {0!r}".format,
    "per cent": lambda secret: "%s %r" % (secret, secret),  # noqa: UP031  # as logging does
    "a log line": lambda secret: logging.LogRecord("x", 10, "x", 1, "%s %r", (secret, [secret]), None).getMessage(),
    "JSON": json.dumps,
    "JSON as a key": lambda secret: json.dumps({secret: 1}),
    "pprint": lambda secret: pprint.pformat([secret] * 99, width=1),
    "reprlib": reprlib.repr,
    "a slice": lambda secret: secret[:20],
    "a join": lambda secret: ", ".join([secret] * 3),
    "a sum": lambda secret: "Token " + secret,
    "bytes": lambda secret: secret.encode(),
    "an error": ValueError,
    "in containers": lambda secret: {"a": [(secret,), {secret}], secret: {secret: None}},
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_shows_stars(show: Callable[[Secret], object]) -> None:
    shown = show(Secret(TOKEN))
    assert not Needle(TOKEN).stands_in(f"{shown} {shown!r}")
    assert "***" in f"{shown!r}"


def test_has_its_text_in_no_attribute() -> None:
    secret = Secret(TOKEN)
    seen = [f"{getattr(secret, name)!r}" for name in dir(secret)]
    assert not Needle(TOKEN).stands_in("".join(seen))


def test_that_fails_shows_stars_in_the_variables_of_the_traceback() -> None:
    def fail(secret: Secret) -> None:
        held = {"X-Key": secret}
        raise ZeroDivisionError(secret, held)

    with pytest.raises(ZeroDivisionError) as failed:
        fail(Secret(TOKEN))
    summary = traceback.TracebackException.from_exception(failed.value, capture_locals=True)
    assert not Needle(TOKEN).stands_in("".join(summary.format()))
    assert "held = {'X-Key': ***}" in "".join(summary.format())


def test_reveals_its_text_where_it_is_asked_to() -> None:
    assert Secret(TOKEN).reveal() == TOKEN
    assert Secret(Secret(TOKEN)).reveal() == TOKEN
    assert revealed({"A": "b", "X-Key": Secret(TOKEN)}) == {"A": "b", "X-Key": TOKEN}


def test_is_equal_to_a_secret_of_the_same_text_only() -> None:
    assert Secret(TOKEN) == Secret(TOKEN)
    assert hash(Secret(TOKEN)) == hash(Secret(TOKEN))
    assert Secret(TOKEN) != Secret("another")
    assert Secret(TOKEN) != TOKEN
    assert Secret(TOKEN) != "***"
    assert len({Secret(TOKEN), Secret(TOKEN), Secret("another"), "***"}) == 3


@pytest.mark.parametrize("text", ["\ud800" * 20, "", " ", "é" * 20])
def test_takes_any_text(text: str) -> None:
    assert repr(Secret(text)) == "***"
    assert Secret(text).reveal() == text
