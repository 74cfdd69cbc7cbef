"""Can an argument smuggle in a header or a request? It is refused, or encoded so that it cannot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, ConfigurationError
from qovery_sync import Qovery
from tests.support.raw import listening
from tests.support.server import TOKEN, Ask
from tests.support.tunnel import ANSWER

pytestmark = pytest.mark.anyio

EVIL = "X-Evil: yes"
BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x1f", "\x7f", "\x08", "\x1b"]
UNICODE = ["\x85", "\u2028", "\u2029", "\u010d\u010a", "\uff0d", "é", "č", "😀", "\u560d\u560a"]
"""Line breaks in Unicode, and characters whose low byte is one."""


@attrs.define
class Wire:
    url: str = ""
    data: bytes = b""

    @property
    def lines(self) -> list[bytes]:
        """The first line and the headers; the request must have ended where it seems to."""
        head, _, rest = self.data.partition(b"\r\n\r\n")
        assert b"\r\n\r\n" not in rest
        assert re.search(rb"(?i)evil *:", head) is None
        assert re.search(rb"(?<!\r)\n|\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]", head) is None
        return head.split(b"\r\n")


@asynccontextmanager
async def wire() -> AsyncGenerator[Wire]:
    """Remembers the raw bytes of all that comes in."""
    seen = Wire()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.data += await reader.read(65536)
        writer.write(ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    async with listening(answer) as port:
        seen.url = f"http://127.0.0.1:{port}"
        yield seen


def list_projects(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "token": lambda text: {"token": text},
    "token of a function": lambda text: {"token": lambda: text},
    "user agent": lambda text: {"user_agent": text},
    "header": lambda text: {"headers": {"X-Mine": text}},
    "name of a header": lambda text: {"headers": {text: "mine"}},
    "address": lambda text: {"base_url": f"https://api.qovery.com/{text}"},
    "address for WebSockets": lambda text: {"ws_url": f"wss://{text}"},
    "proxy": lambda text: {"proxy": f"http://{text}"},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("character", BREAKS, ids=ascii)
async def test_control_characters_are_refused(ask: Ask, place: str, character: str) -> None:
    options = PLACES[place](f"a{character}{EVIL}")
    async with wire() as seen:
        with pytest.raises(ConfigurationError) as refused:
            await ask(options.pop("base_url", seen.url), list_projects, **options)
        assert seen.data == b""
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("character", BREAKS, ids=ascii)
@pytest.mark.parametrize("face", [AsyncQovery, Qovery])
def test_copies_and_the_environment_are_no_way_around(
    face: Any, character: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="X-Mine"):
        face(TOKEN).with_options(headers={"X-Mine": f"a{character}b"})
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}{character}b")
    monkeypatch.setenv("QOVERY_API_TOKEN_FILE", str(file))
    with pytest.raises(ConfigurationError, match="token"):
        face()
    monkeypatch.setenv("QOVERY_API_TOKEN", TOKEN)
    if character != "\0":
        monkeypatch.setenv("QOVERY_API_URL", f"https://api.example/a{character}b")
        with pytest.raises(ConfigurationError, match="base_url"):
            face()


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding", "HOST", "Authorization", "authorization "])
async def test_headers_that_say_where_a_request_ends_or_goes_are_refused(ask: Ask, name: str) -> None:
    async with wire() as seen:
        with pytest.raises(ConfigurationError, match=r"(?i)header"):
            await ask(seen.url, list_projects, headers={name: "0"})
        with pytest.raises(ConfigurationError, match=r"(?i)header"):
            await ask(seen.url, lambda client: client.with_options(headers={name: "0"}))
        assert seen.data == b""


@pytest.mark.parametrize("character", UNICODE, ids=ascii)
async def test_other_characters_go_out_as_utf_8_in_the_same_line(ask: Ask, character: str) -> None:
    text = f"a{character}b"
    async with wire() as seen:
        await ask(seen.url, list_projects, headers={"X-Mine": text}, user_agent=text)
        assert f"X-Mine: {text}".encode() in seen.lines
        assert any(line.startswith(f"User-Agent: {text} qovery-sdk-python/".encode()) for line in seen.lines)


@pytest.mark.parametrize("name", ["É", "\u017f", "X-Mine\u2028", "\u212a", "😀", "", " ", 5, None])
async def test_the_name_of_a_header_is_ascii(ask: Ask, name: Any) -> None:
    async with wire() as seen:
        with pytest.raises(ConfigurationError, match="name of a header"):
            await ask(seen.url, list_projects, headers={name: "mine"})
        assert seen.data == b""


@pytest.mark.parametrize("text", ["\ud800", "a\udc8d\udc8a", b"bytes", 5, None])
async def test_what_is_no_text_is_refused_as_a_header(ask: Ask, text: Any) -> None:
    async with wire() as seen:
        with pytest.raises(ConfigurationError, match="X-Mine"):
            await ask(seen.url, list_projects, headers={"X-Mine": text})
        assert seen.data == b""


@pytest.mark.parametrize("character", [*BREAKS, *UNICODE, " ", "/", "?", "#", "%0d%0a"], ids=ascii)
async def test_ids_and_query_values_are_percent_encoded(ask: Ask, character: str) -> None:
    text = f"a{character}HTTP/1.1\r\n{EVIL}\r\n\r\nGET /b"
    calls: list[Callable[[Any], Any]] = [
        lambda client: client.projects.list(organization_id=text),
        lambda client: client.with_options(organization_id=text).projects.list(),
        lambda client: client.projects.environment_variables.list(text),
        lambda client: client.events.list(organization_id="o1", target_id=text),
        lambda client: client.request("GET", "/a", params={text: text}),
    ]
    for call in calls:
        async with wire() as seen:
            await ask(seen.url, call)
            assert re.fullmatch(rb"GET /[!-~]+ HTTP/1\.1", seen.lines[0])


@pytest.mark.parametrize("text", ["\ud800", "a\udc8d\udc8a"])
async def test_what_cannot_be_encoded_is_refused(ask: Ask, text: str) -> None:
    calls: list[Callable[[Any], Any]] = [
        lambda client: client.projects.list(organization_id=text),
        lambda client: client.request("GET", "/a", params={"q": text}),
        lambda client: client.request("GET", "/a", params={text: "q"}),
        lambda client: client.request("POST", "/a", json={"q": text}),
        lambda client: client.clusters.kubeconfig.update("c1", text, organization_id="o1"),
    ]
    async with wire() as seen:
        for call in calls:
            with pytest.raises(ConfigurationError):
                await ask(seen.url, call)
        assert seen.data == b""


async def test_a_name_outside_ascii_is_looked_up_by_its_ascii_form(ask: Ask) -> None:
    async with wire() as proxy:
        await ask("http://bücher.example", list_projects, proxy=proxy.url, allow_plain_http=True)
        assert proxy.lines[0].startswith(b"GET http://xn--bcher-kva.example/")
        assert b"Host: xn--bcher-kva.example" in proxy.lines


@pytest.mark.parametrize(
    "method", ["GET /x HTTP/1.1\r\nA: b\r\n\r\nGET", "GET\t", "get\n", "CONNECT", "TRACE", "É", ""]
)
async def test_a_method_is_one_that_is_known(ask: Ask, method: str) -> None:
    async with wire() as seen:
        with pytest.raises(ConfigurationError, match="method"):
            await ask(seen.url, lambda client: client.request(method, "/a"))
        assert seen.data == b""
