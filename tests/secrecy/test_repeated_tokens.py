"""Does a token that the server repeats in its response get into errors, logs, hooks or pickles?"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from qovery_async import ApiError, DecodeError, TransportError
from tests.support.echo import Repeat, http, repeating
from tests.support.sight import TOKEN, Needle

pytestmark = pytest.mark.anyio

JSON = "Content-Type: application/json"

SHORT = "qov_Zq7/Xk29+Wm4Bv8Hn3"
"""So short that messages show texts of that length."""


def said(sent: str) -> bytes:
    return json.dumps(
        {"status": 400, "error": sent, "detail": f"bad credentials: {sent}", sent: [{"a": sent}]}
    ).encode()


def escaped(sent: str) -> bytes:
    """JSON that spells every character by its number, which is the same text once it is read."""
    return b'{"detail": "%s"}' % "".join(f"\\u{ord(c):04x}" for c in sent).encode()


REFUSED: dict[str, Repeat] = {
    "in JSON": lambda sent: http("401 Unauthorized", said(sent), JSON),
    "in JSON as some servers escape it": lambda sent: http(
        "403 Forbidden", json.dumps({"message": sent}).replace("/", "\\/").replace("=", "\\u003d").encode(), JSON
    ),
    "in JSON by numbers": lambda sent: http("400 Bad Request", escaped(sent), JSON),
    "in JSON of 16 bits": lambda sent: http("400 Bad Request", json.dumps({"detail": sent}).encode("utf-16"), JSON),
    "in a page": lambda sent: http("502 Bad Gateway", f"<p>{sent * 20}</p>".encode(), "Content-Type: text/html"),
    "in an address on a page": lambda sent: http("500 Oops", f"/login?with={quote(sent, safe='')}".encode()),
    "packed": lambda sent: http("404 Not Found", gzip.compress(said(sent)), JSON, "Content-Encoding: gzip"),
    "in headers": lambda sent: http(
        "429 Slow Down", b"", f"WWW-Authenticate: {sent}", f"X-Request-Id: {sent}", f"Retry-After: {sent}"
    ),
    "in the reason": lambda sent: http(f"503 {sent}"),
    "in a cookie": lambda sent: http("500 Oops", b"", f"Set-Cookie: {sent}=1; Path=/", f"Set-Cookie: a={sent}"),
}

LOST: dict[str, Repeat] = {
    "in a redirect": lambda sent: http("302 Found", b"", f"Location: https://elsewhere/?{quote(sent, safe='')}"),
    "in a long redirect": lambda sent: http("302 Found", b"", f"Location: /{'x' * 170}{sent * 3}"),
    "in place of a status": lambda sent: sent.encode() + b"\r\n\r\n",
    "in a status": lambda sent: f"HTTP/1.1 {sent} OK\r\n\r\n".encode(),
    "in a header without a colon": lambda sent: http("200 OK", b"", sent),
    "in a header with control characters": lambda sent: http("200 OK", b"", f"X-A: \0{sent}"),
    "in a header that is too long": lambda sent: http("200 OK", b"", f"X-A: {sent * 1000}"),
    "in a length": lambda sent: f"HTTP/1.1 200 OK\r\nContent-Length: {sent}\r\n\r\n".encode(),
    "in the size of a chunk": lambda sent: f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{sent}\r\n".encode(),
    "in how it is packed": lambda sent: http("200 OK", b"{}", f"Content-Encoding: {sent}"),
    "in the header of what is cut short": lambda sent: http("200 OK", b"12345", f"X-A: {sent}")[:-2],
    "in the header of what is too large": lambda sent: http("200 OK", b"x" * 5000, f"X-A: {sent}"),
    "in a body that is cut short": lambda sent: http("200 OK", said(sent) * 10, JSON)[:-2],
}

UNREADABLE: dict[str, Repeat] = {
    "in a page": lambda sent: http("200 OK", f"<p>{sent * 60}".encode(), "Content-Type: text/html"),
    "in text that is long": lambda sent: http("200 OK", sent.encode() * 60),
    "in JSON that is cut short": lambda sent: http("200 OK", said(sent)[:-1], JSON),
    "as the type": lambda sent: http("200 OK", b"no", f"Content-Type: {sent}"),
    "as a JSON text": lambda sent: http("200 OK", json.dumps(sent).encode(), JSON),
    "in place of a list": lambda sent: http("200 OK", json.dumps({"results": sent.split()[1]}).encode(), JSON),
    "beside what is no list": lambda sent: http("200 OK", json.dumps([sent, sent]).encode(), JSON),
    "in the name of a list": lambda sent: http("200 OK", json.dumps({sent.split()[1]: [{"id": "p"}]}).encode(), JSON),
    "in a long name of a list": lambda sent: http(
        "200 OK", json.dumps({f"{'x' * 185}{sent.split()[1]}": [{"id": 5}]}).encode(), JSON
    ),
    "in the names of lists": lambda sent: http("200 OK", json.dumps({sent: [{}], sent[1:]: [{}]}).encode(), JSON),
    "in an item": lambda sent: http("200 OK", json.dumps({"results": [{"id": [sent], "name": 1}]}).encode(), JSON),
    "in place of a date": lambda sent: http(
        "200 OK", json.dumps({"results": [{"created_at": sent.split()[1], "id": "p"}]}).encode(), JSON
    ),
}


@pytest.mark.parametrize("answer", REFUSED.values(), ids=REFUSED)
async def test_in_a_refusal(watch: Callable[..., Any], answer: Repeat) -> None:
    async with repeating(answer) as url:
        seen = await watch(url)
    assert isinstance(seen.ended, ApiError)
    assert seen.places == []
    assert not Needle(TOKEN).stands_in(f"{seen.ended.headers!r} {seen.ended.body!r} {seen.ended.request_id!r}")


@pytest.mark.parametrize("answer", LOST.values(), ids=LOST)
async def test_in_what_is_no_answer(watch: Callable[..., Any], answer: Repeat) -> None:
    async with repeating(answer) as url:
        seen = await watch(url, max_response_bytes=4000)
    assert isinstance(seen.ended, TransportError)
    assert seen.places == []


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
async def test_in_what_cannot_be_read(watch: Callable[..., Any], answer: Repeat, *, strict: bool) -> None:
    """A tolerant client keeps some of these and says so in the log."""
    async with repeating(answer) as url:
        seen = await watch(url, strict=strict)
        short = await watch(url, strict=strict, token=SHORT, secret=SHORT)
    assert isinstance(seen.ended, DecodeError) or not strict
    assert (seen.places, short.places) == ([], [])


async def test_in_an_answer_that_is_right_it_stays_in_the_data_and_nowhere_else(watch: Callable[..., Any]) -> None:
    """Somebody may keep the token in a variable of the API: what is read must be what is there."""
    answer: Repeat = lambda sent: http("200 OK", json.dumps({"mine": sent}).encode(), JSON, f"X-Echo: {sent}")  # noqa: E731
    async with repeating(answer) as url:
        seen = await watch(url, lambda client: client.request("GET", "/anything"))
    assert seen.result.data["mine"].endswith(TOKEN)
    assert not Needle(TOKEN).stands_in(f"{seen.result!r} {seen.result.headers!r}")
    assert seen.places == []
