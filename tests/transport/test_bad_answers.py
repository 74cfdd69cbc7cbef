"""What happens when no response comes, or nonsense? One clear error, or the right empty result; never a hang."""

from __future__ import annotations

import asyncio
import gzip
import json
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from qovery_async import ConnectError, DecodeError, QoveryError, RequestTimeout, Timeout, TransportError
from tests.support.server import PROJECT, TOKEN, Answer, Ask, closed_port, full_port, serve, serve_bytes

pytestmark = pytest.mark.anyio

Call = Callable[[Any], Any]


def get(client: Any) -> Any:
    return client.projects.get("p1")


def list_(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


def delete(client: Any) -> Any:
    return client.projects.delete("p1")


async def failure(ask: Ask, url: str, kind: type[QoveryError], call: Call = get, **options: Any) -> str:
    """The text of the one error a call ends in; it names the operation and the URL, in one line, and no token."""
    with pytest.raises(QoveryError) as failed:
        await ask(url, call, **options)
    error = failed.value
    assert type(error) is kind
    operation = {"get": "projects.get: GET", "list_": "projects.list: GET", "delete": "projects.delete: DELETE"}
    assert str(error).startswith(f"{operation[call.__name__]} {url}/")
    assert "\n" not in str(error)
    assert TOKEN not in "".join(traceback.format_exception(error))
    return str(error)


class TestNoConnection:
    async def test_nobody_listens(self, ask: Ask) -> None:
        assert "cannot connect" in await failure(ask, closed_port(), ConnectError)

    async def test_the_name_is_unknown(self, ask: Ask) -> None:
        assert "nowhere.invalid" in await failure(ask, "https://nowhere.invalid", ConnectError)

    async def test_the_port_speaks_no_tls(self, ask: Ask) -> None:
        async with serve(Answer({})) as server:
            await failure(ask, server.url.replace("http:", "https:"), ConnectError)
            assert server.requests == []

    async def test_nobody_accepts_in_time(self, ask: Ask) -> None:
        with full_port() as url:
            assert "0.2 s" in await failure(ask, url, ConnectError, timeout=Timeout(total=5, connect=0.2))


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"garbage that is not HTTP\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n{}",
        OK + b"Content-Length: x\r\n\r\n{}",
        OK + b"Content-Length: 100\r\n\r\n{}",
        OK + b"Content-Length: 100\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=lambda data: repr(data[-24:]),
)
async def test_broken_http_is_a_transport_error(ask: Ask, data: bytes) -> None:
    async with serve_bytes(data) as server:
        await failure(ask, server.url, TransportError)


@pytest.mark.parametrize("data", [b"", OK, OK + b"Content-Length: 100\r\n\r\n{}"], ids=["first", "head", "body"])
async def test_a_reset_connection_is_a_transport_error(ask: Ask, data: bytes) -> None:
    async with serve_bytes(data, reset=True) as server:
        await failure(ask, server.url, TransportError)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST", "PATCH"])
async def test_aiohttp_repeats_nothing_by_itself(ask: Ask, method: str) -> None:
    async with serve_bytes(b"") as server:
        with pytest.raises(TransportError):
            await ask(server.url, lambda client: client.request(method, "/x"))
        assert server.connections == 1


async def too_slow(_: web.BaseRequest) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


async def dripping(request: web.BaseRequest) -> web.StreamResponse:
    answer = web.StreamResponse()
    await answer.prepare(request)
    while True:
        await answer.write(b" ")
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("handler", [too_slow, dripping])
async def test_a_slow_answer_is_given_up(ask: Ask, handler: Any) -> None:
    async with serve(handler) as server:
        assert "0.2" in await failure(ask, server.url, RequestTimeout, timeout=0.2)
        await failure(ask, server.url, RequestTimeout, timeout=Timeout(total=0.2))

        with pytest.raises(RequestTimeout):
            await ask(server.url, lambda client: client.with_options(timeout=0.2).projects.get("p1"))


async def test_silence_between_two_reads_is_given_up(ask: Ask) -> None:
    async with serve(too_slow) as server:
        await failure(ask, server.url, RequestTimeout, timeout=Timeout(total=None, read=0.2))
    async with serve_bytes(OK + b"Content-Length: 100\r\n\r\n{}", stay=True) as server:
        await failure(ask, server.url, RequestTimeout, timeout=Timeout(total=None, read=0.2))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_named_but_not_followed(ask: Ask, status: int) -> None:
    async with (
        serve(Answer({})) as elsewhere,
        serve(Answer(status=status, headers={"Location": elsewhere.url})) as server,
    ):
        text = await failure(ask, server.url, TransportError)
        assert elsewhere.url in text
        assert str(status) in text
        assert (len(server.requests), elsewhere.requests) == (1, [])


PAGE = b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>"


@pytest.mark.parametrize("call", [get, list_])
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (PAGE, "<!DOCTYPE html>"),
        (b'{"results": [{"id": "p1"', "not JSON"),
        (b"\xff\xfe\xfa", "not JSON"),
        (b'"text"', "got str|got 'text'"),
        (b"null", "null|None"),
        (b"[" * 200_000, "not JSON"),
        (b'{"a":' * 200_000, "not JSON"),
        (b"9" * 10_000, "not JSON"),
    ],
    ids=lambda value: str(value[:12]),
)
async def test_200_with_something_else_is_a_decode_error(ask: Ask, call: Call, body: bytes, says: str) -> None:
    async with serve(Answer(body=body, headers={"Content-Type": "text/html"})) as server:
        text = await failure(ask, server.url, DecodeError, call)
        assert any(word in text for word in says.split("|"))
        assert len(text) < 500


async def test_a_compressed_body_that_is_cut_short_is_a_transport_error(ask: Ask) -> None:
    cut = gzip.compress(json.dumps({"results": [PROJECT] * 50}).encode())[:-12]
    async with serve(Answer(body=cut, headers={"Content-Encoding": "gzip"})) as server:
        assert "ends early" in await failure(ask, server.url, TransportError, list_)


@pytest.mark.parametrize(
    "call",
    [
        delete,
        lambda client: client.clusters.kubeconfig.get("c1", organization_id="o1"),
        lambda client: client.helms.create_default_values("e1", {}),
        lambda client: client.environments.export_terraform("e1"),
    ],
    ids=["nothing", "yaml", "text", "bytes"],
)
async def test_a_web_page_with_200_is_never_taken_for_success(ask: Ask, call: Call) -> None:
    page = Answer(body=b"<html>Please log in</html>", headers={"Content-Type": "text/html; charset=utf-8"})
    async with serve(page) as server:
        with pytest.raises(DecodeError, match=r"returned 200 with a web page.*login wall"):
            await ask(server.url, call)


async def test_a_body_where_none_is_promised_is_left_alone(ask: Ask) -> None:
    async with serve(Answer({"any": "thing"}), Answer(body=PAGE), Answer(body=b"{", status=202)) as server:
        for _ in range(3):
            assert await ask(server.url, delete) is None
