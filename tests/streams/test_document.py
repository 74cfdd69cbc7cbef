"""The table of docs/streams.md says what `Course` does."""

from __future__ import annotations

import re
from typing import Any

import pytest

from qovery_async import ConnectError, TransportError
from qovery_async.secrecy.secret import Secret
from qovery_async.streams.course import Again, Course, Done, Fail
from qovery_async.streams.paths import PARAMETERS
from qovery_async.transport.request import Request
from qovery_async.transport.response import Response
from qovery_async.transport.retry import RetryPolicy
from qovery_async.transport.websocket import Closing
from tests.support import ROOT

TEXT = (ROOT / "docs" / "streams.md").read_text(encoding="utf-8")
REQUEST = Request("streams.service_logs", "GET", "wss://ws.example.com/service/logs", {}, None, repeatable=True)


def rows(heading: str) -> dict[str, str]:
    """The first and last cells of the table under a heading of columns."""
    table = TEXT[TEXT.index(heading) :].partition("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {row[0]: row[-1] for row in cells}


def response(status: int) -> Response:
    return Response(REQUEST, status, {}, b"", Secret("t"))


ENDINGS: dict[str, list[Any]] = {
    "close 1000": [Closing(1000)],
    "a reason with `NotFound`": [Closing(1011, "NotFound")],
    "close 1007": [Closing(1007)],
    "close 1008": [Closing(1008)],
    "401 or 403 to the handshake": [response(401), response(403)],
    "429 to the handshake": [response(429)],
    "408, 500, 502, 503 or 504 to the handshake": [response(status) for status in (408, 500, 502, 503, 504)],
    "any other status, a redirect included": [response(status) for status in (200, 302, 400, 404, 426, 501)],
    "any other close (1001, 1006, 1011 ...), a lost connection, bytes that are no frame": [
        *(Closing(code) for code in (1001, 1002, 1005, 1006, 1011, 1012, 1013, 4000)),
        ConnectError("refused"),
        TransportError("reset"),
    ],
    "`client.aclose()`": [],
}


def test_every_row_is_known() -> None:
    assert [*rows("| A connection ends with")] == [*ENDINGS]


@pytest.mark.parametrize("row", ENDINGS)
def test_a_row_says_what_follows(row: str) -> None:
    says = rows("| A connection ends with")[row]
    for ending in ENDINGS[row]:
        course = Course(REQUEST, RetryPolicy())
        course.opened(0)
        course.received()
        step = course.after(ending, 0)
        match says:
            case _ if says.startswith("the stream ends"):
                assert step == Done(), ending
            case _ if says.startswith("a new token once"):
                assert isinstance(step, Again), ending
                assert step.renew, ending
                last = course.after(ending, 0)
                assert isinstance(last, Fail), ending
                named = re.search(r"then `(\w+)`", says)
                assert named is None or type(last.error).__name__ == named[1], ending
            case _ if says.startswith("another connection"):
                assert isinstance(step, Again), ending
                assert not step.renew, ending
            case _:
                assert isinstance(step, Fail), ending


def test_every_path_with_a_method_is_in_the_table() -> None:
    table = rows("| `client.streams.`")
    paths = {path for path in PARAMETERS if not path.startswith("/shell/")}
    listed = TEXT[TEXT.index("| `client.streams.`") :].partition("\n\n")[0]
    assert set(re.findall(r"`(/[\w/-]+)`", listed)) == paths
    assert len(table) == len(paths)  # two paths of one method, and `connect`
