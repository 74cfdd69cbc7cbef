"""Is a secret hidden that a server or a proxy repeats in another spelling than it was sent in?"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from qovery_async import ApiError, AsyncQovery, ConnectError, TransportError
from tests.support.echo import Repeat, http, repeating
from tests.support.server import closed_port
from tests.support.sight import TOKEN, Needle

pytestmark = pytest.mark.anyio

PASSWORD = "Qx5t/Lz8w+Rk2Vb"
API = "http://api.qovery.invalid"
HTML, JSON = "Content-Type: text/html", "Content-Type: application/json"


def lower(text: str) -> str:
    """Percent-encoded with `%2b` for `%2B`."""
    return "".join(c if c.isalnum() or c in "_.-~" else f"%{ord(c):02x}" for c in text)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, lower case": lower,
    "percent, bare slash": quote,
    "percent, lower case, bare slash": lambda text: lower(text).replace("%2f", "/"),
    "percent, bare plus and equals": lambda text: quote(text, safe="+="),
    "percent, also what needs none": lambda text: quote(text, safe="").replace("_", "%5F").replace("x", "%78"),
    "percent, every character": lambda text: "".join(f"%{ord(c):02X}" for c in text),
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent, after it is": lambda text: f"{text} or {lower(text)}",
    "HTML": lambda text: html.escape(text).replace("/", "&#x2F;").replace("+", "&#43;").replace("=", "&#61;"),
    "HTML, every character": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "JSON": lambda text: text.replace("/", r"\/").replace("+", r"\u002b").replace("=", r"\u003D"),
    "JSON, every character": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "bytes of Python": lambda text: "".join(f"\\x{ord(c):02x}" for c in text),
}

MESSAGE: Repeat = lambda said: http("400 Bad", json.dumps({"detail": f"no: {said}", said: said}).encode(), JSON)  # noqa: E731
PLACES: dict[str, Repeat] = {
    "message": MESSAGE,
    "page": lambda said: http("502 Bad Gateway", f"<p>{said}</p>".encode(), HTML),
    "page of 16 bits": lambda said: http("502 Bad Gateway", f"<p>{said}</p>".encode("utf-16"), HTML),
    "JSON that is cut short": lambda said: http("500 Oops", f'{{"detail": "{said}"'.encode(), JSON),
    "header": lambda said: http("429 Slow Down", b"", f"X-A: {said}", f"X-Request-Id: {said}"),
    "cookie": lambda said: http("500 Oops", b"", f"Set-Cookie: a={said}; Path=/"),
    "redirect": lambda said: http("302 Found", b"", f"Location: https://elsewhere/?to={said}"),
    "status": lambda said: f"HTTP/1.1 {said} OK\r\n\r\n".encode(),
    "length": lambda said: f"HTTP/1.1 200 OK\r\nContent-Length: {said}\r\n\r\n".encode(),
}


def spelled(place: Repeat, spell: Callable[[str], str]) -> Repeat:
    return lambda sent: place(spell(sent.removeprefix("Token ").removeprefix("Basic ")))


def leaks(error: BaseException, secret: str) -> list[str]:
    """The places in an error where a secret stands in any spelling."""
    return [
        f"{name} in {place}"
        for name, spell in SPELLINGS.items()
        for secret_spelled in {spell(secret), spell(secret).replace("\\", "\\\\")}
        for place in Needle(secret_spelled, piece=30).places_in(error)
    ]


def all_spellings(text: str) -> str:
    return " ".join(spell(text) for spell in SPELLINGS.values())


async def refused(watch: Callable[..., Any], place: Repeat, spell: Callable[[str], str]) -> None:
    async with repeating(spelled(place, spell)) as url:
        seen = await watch(url)
    assert isinstance(seen.ended, (ApiError, TransportError))
    assert seen.places == []
    assert "***" in f"{seen.ended} {vars(seen.ended)}"
    assert leaks(seen.ended, TOKEN) == []


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
async def test_of_the_token(watch: Callable[..., Any], spell: Callable[[str], str]) -> None:
    await refused(watch, MESSAGE, spell)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
async def test_of_the_token_all_at_once_and_in_any_place(watch: Callable[..., Any], place: Repeat) -> None:
    await refused(watch, place, all_spellings)


async def test_of_a_token_as_the_name_of_a_header(watch: Callable[..., Any]) -> None:
    token = "qov_Zq7Xk29Wm4Bv8Hn3"
    async with repeating(lambda sent: http("500 Oops", b"", f"{sent.split()[1]}: 1")) as url:
        seen = await watch(url, token=token, secret=token)
    assert seen.places == []
    assert not Needle(token).stands_in(repr(seen.ended.headers))


def decoded(sent: str) -> str:
    return base64.b64decode(sent.removeprefix("Basic ")).decode()


REPEATS: dict[str, Callable[[str], str]] = {
    "the header": str,
    "the key": lambda sent: sent.removeprefix("Basic "),
    "the key, encoded": lambda sent: quote(sent.removeprefix("Basic "), safe=""),
    "user and password": decoded,
    "the password": lambda sent: decoded(sent).partition(":")[2],
    "the password, encoded": lambda sent: lower(decoded(sent).partition(":")[2]),
    "the address": lambda sent: f"http://me:{quote(decoded(sent).partition(':')[2], safe='')}@proxy:3128/",
}


def proxy_leaks(error: BaseException) -> list[str]:
    key = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
    return leaks(error, PASSWORD) + leaks(error, key)


def with_login(url: str, user: str = "me") -> str:
    return url.replace("//", f"//{user}:{quote(PASSWORD, safe='')}@")


@pytest.mark.parametrize("login", [f":{quote(PASSWORD, safe='')}", quote(PASSWORD, safe=""), f"{'me' * 9}:short"])
async def test_of_half_a_login_of_a_proxy(watch: Callable[..., Any], login: str) -> None:
    secret = unquote(login).strip(":")
    for repeat in REPEATS.values():
        async with repeating(spelled(PLACES["message"], repeat), "proxy-authorization") as proxy:
            given = {"proxy": proxy.replace("//", f"//{login}@"), "allow_plain_http": True}
            seen = await watch(API, secret=secret, **given)
        assert seen.places == []
    seen = await watch(API, secret=secret, **{**given, "proxy": closed_port().replace("//", f"//{login}@")})
    assert isinstance(seen.ended, ConnectError)
    assert seen.places == []
    assert not Needle(secret).stands_in(repr(AsyncQovery(TOKEN, base_url=API, **given)._core.exchange))


@pytest.mark.parametrize("repeat", REPEATS.values(), ids=REPEATS)
@pytest.mark.parametrize("status", [407, 502])
async def test_of_the_password_of_a_proxy_that_opens_no_tunnel(
    watch: Callable[..., Any], repeat: Callable[[str], str], status: int
) -> None:
    answer: Repeat = lambda sent: http(f"{status} no {repeat(sent)}", b"", f"Proxy-Authenticate: {repeat(sent)}")  # noqa: E731
    async with repeating(answer, "proxy-authorization") as proxy:
        seen = await watch(API.replace("http:", "https:"), proxy=with_login(proxy), secret=PASSWORD)
    assert isinstance(seen.ended, ConnectError)
    assert f"the proxy returned {status} no " in str(seen.ended)
    assert "***" in str(seen.ended)
    assert (seen.places, proxy_leaks(seen.ended)) == ([], [])


@pytest.mark.parametrize("road", ["argument", "HTTP_PROXY"])
@pytest.mark.parametrize("repeat", REPEATS.values(), ids=REPEATS)
@pytest.mark.parametrize("place", [PLACES[name] for name in ("message", "header", "redirect", "status")])
async def test_of_the_password_of_a_proxy_that_reads_along(
    watch: Callable[..., Any], repeat: Callable[[str], str], place: Repeat, road: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with repeating(lambda sent: place(repeat(sent)), "proxy-authorization") as proxy:
        given = {"proxy": with_login(proxy)} if road == "argument" else {}
        if not given:
            monkeypatch.setenv(road, with_login(proxy))
        seen = await watch(API, secret=PASSWORD, allow_plain_http=True, **given)
    assert isinstance(seen.ended, (ApiError, TransportError))
    assert (seen.places, proxy_leaks(seen.ended)) == ([], [])


@pytest.mark.parametrize("size", [2**19, 2**21])
async def test_in_a_text_of_more_than_a_mebibyte_as_it_was_sent(watch: Callable[..., Any], size: int) -> None:
    """Decoding more would keep the loop busy."""
    async with repeating(lambda sent: http("500 Oops", f"{sent} {'%41' * (size // 3)}".encode())) as url:
        seen = await watch(url)
    assert seen.places == []
    assert seen.ended.body.startswith("Token *** ")


async def test_of_the_token_that_the_environment_and_a_file_name(
    watch: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    monkeypatch.setenv("QOVERY_API_TOKEN_FILE", str(tmp_path / "token"))
    for token in (None, lambda: TOKEN):
        async with repeating(spelled(PLACES["page"], lower)) as url:
            seen = await watch(url, token=token)
        assert seen.places == []
        assert leaks(seen.ended, TOKEN) == []
