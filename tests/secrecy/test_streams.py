"""Does a WebSocket show the token, or take it elsewhere?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from qovery_async import (
    AsyncQovery,
    ConnectError,
    DecodeError,
    Forbidden,
    QoveryError,
    RetryPolicy,
    StreamClosed,
    TransportError,
    Unauthorized,
)
from qovery_sync import Qovery
from tests.support.pushing import Peer, line, logs, pushing, sending, staying
from tests.support.server import Ask, closed_port, serve, serve_bytes
from tests.support.sight import TOKEN, Needle
from tests.support.tunnel import authority_file, certificates, encrypted, proxying

pytestmark = pytest.mark.anyio

Watch = Callable[..., Any]
PASSWORD = "Qx5tLz8wRk2Vb"
REPEATS = f"you sent {TOKEN}"


def read_logs(client: Any) -> Any:
    """All lines of a service."""
    if isinstance(client, Qovery):
        return [*logs(client)]

    async def lines() -> list[Any]:
        return [each async for each in logs(client)]

    return lines()


async def watched(watch: Watch, ws_url: str, **options: Any) -> Any:
    retries = RetryPolicy(attempts=2, base=0.001, cap=0.01, total=0.2)
    return await watch("http://127.0.0.1:9", read_logs, ws_url=ws_url, retries=retries, **options)


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (403, Forbidden), (503, QoveryError)])
async def test_a_handshake_is_refused(watch: Watch, status: int, error: type[Exception]) -> None:
    def refuse() -> web.Response:
        return web.json_response({"detail": REPEATS, "x": [TOKEN]}, status=status, headers={"X-Request-Id": TOKEN})

    async with pushing(refuse) as server:
        seen = await watched(watch, server.url)
    assert isinstance(seen.ended, error)
    assert seen.places == []


async def test_a_handshake_is_redirected(watch: Watch) -> None:
    async with serve() as elsewhere:

        def redirect() -> web.Response:
            return web.Response(status=307, headers={"Location": f"{elsewhere.url}/?token={TOKEN}"})

        async with pushing(redirect) as server:
            seen = await watched(watch, server.url)
        assert isinstance(seen.ended, TransportError)
        assert seen.places == []
        assert elsewhere.connections == 0


@pytest.mark.parametrize("code", [1007, 1008, 1011, 4000])
async def test_a_stream_is_closed(watch: Watch, code: int) -> None:
    closed = sending(code=code, reason=REPEATS)
    async with pushing(sending(line(0), code=code, reason=REPEATS), closed) as server:
        seen = await watched(watch, server.url)
    assert isinstance(seen.ended, QoveryError)
    assert seen.places == []


async def test_a_stream_breaks(watch: Watch) -> None:
    async def cut(peer: Peer) -> None:
        peer.cut(after=b"\xff" + TOKEN.encode())

    async with pushing(cut) as server:
        seen = await watched(watch, server.url)
    assert isinstance(seen.ended, StreamClosed)
    assert seen.places == []


@pytest.mark.parametrize("frame", [REPEATS, '{"x": "' + REPEATS, {"y": TOKEN}, {"message": [TOKEN]}])
@pytest.mark.parametrize("strict", [True, False])
async def test_a_frame_does_not_fit(watch: Watch, frame: Any, *, strict: bool) -> None:
    async with pushing(sending(frame)) as server:
        seen = await watched(watch, server.url, strict=strict)
    assert isinstance(seen.ended, DecodeError) == strict
    assert seen.places == []


@pytest.mark.parametrize(
    "data", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 101 X\r\n\r\n", f"HTTP/1.1 {TOKEN}\r\n\r\n".encode()]
)
async def test_the_server_speaks_something_else(watch: Watch, data: bytes) -> None:
    async with serve_bytes(data) as server:
        seen = await watched(watch, server.url.replace("http", "ws"))
    assert isinstance(seen.ended, TransportError)
    assert seen.places == []


async def test_nobody_is_there(watch: Watch) -> None:
    seen = await watched(watch, closed_port().replace("http", "ws"))
    assert isinstance(seen.ended, ConnectError)
    assert seen.places == []


@pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
async def test_a_proxy_opens_no_tunnel(watch: Watch, secret: str) -> None:
    async with serve_bytes(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n") as proxy:
        address = proxy.url.replace("//", f"//me:{PASSWORD}@")
        seen = await watch(
            "https://api.qovery.invalid", read_logs, ws_url="wss://ws.qovery.invalid", proxy=address, secret=secret
        )
    assert isinstance(seen.ended, TransportError)
    assert seen.places == []


async def test_a_proxy_sees_a_tunnel_only(watch: Watch, tmp_path: Path) -> None:
    authority, context = certificates("localhost")
    refusal = b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"
    async with encrypted(context, refusal) as api, proxying() as proxy:
        seen = await watch(
            f"https://localhost:{api.port}",
            read_logs,
            ws_url=f"wss://localhost:{api.port}",
            ssl=str(authority_file(authority, tmp_path)),
            proxy=f"http://127.0.0.1:{proxy.port}",
        )
    assert isinstance(seen.ended, Forbidden)
    assert f"Authorization: Token {TOKEN}".encode() in api.data
    assert proxy.data.startswith(b"CONNECT localhost")
    assert TOKEN.encode() not in proxy.data
    assert seen.places == []


async def test_a_certificate_is_verified(ask: Ask) -> None:
    _, context = certificates("localhost")
    async with encrypted(context) as api:
        with pytest.raises(ConnectError, match="certificates are always verified"):
            await ask("http://127.0.0.1:9", read_logs, token=TOKEN, ws_url=f"wss://localhost:{api.port}")
    assert api.data == b""


async def test_a_stream_that_is_cancelled(log: Callable[[], str]) -> None:
    caught: list[BaseException] = []
    async with pushing(staying) as server:
        client = AsyncQovery(TOKEN, **server.options)
        try:
            async with asyncio.timeout(0.3):
                await read_logs(client)
        except TimeoutError as error:
            caught.append(error)
        stream = logs(client)
        shown = repr(stream)
        await client.aclose()
    assert [Needle(TOKEN).places_in(error) for error in caught] == [[]]
    assert not Needle(TOKEN).stands_in(shown + log())
