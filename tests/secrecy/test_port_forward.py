"""Does a forwarded port show the token, or what goes through it, and who can reach it?"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from qovery_async import AsyncQovery, QoveryError
from qovery_sync import Qovery
from tests.support.forwarding import WHERE, Pod, connected, echo, serving_pods
from tests.support.sight import TOKEN, Needle

pytestmark = pytest.mark.anyio

Watch = Callable[..., Any]
REPEATS = f"you sent {TOKEN}"
PASSWORD = b"PASSWORD 'Qx5tLz8wRk2Vb'"


def connect(client: Any) -> Any:
    """Connects to a port once, and raises why that failed."""
    return blocking(client) if isinstance(client, Qovery) else on_a_loop(client)


def blocking(client: Qovery) -> None:
    with client.port_forward("s1", 5432, **WHERE) as address:
        with socket.create_connection((address.host, address.port)) as peer:
            peer.sendall(PASSWORD)
            with contextlib.suppress(ConnectionResetError):
                while peer.recv(100):
                    pass
        raise address.errors[-1]


async def on_a_loop(client: AsyncQovery) -> None:
    async with client.port_forward("s1", 5432, **WHERE) as address:
        async with connected(address) as program:
            await program.send(PASSWORD)
            await program.until_reset()
        raise address.errors[-1]


@pytest.mark.parametrize("status", [307, 401, 403, 429, 503])
async def test_a_handshake_is_refused(watch: Watch, status: int) -> None:
    def refuse() -> web.Response:
        headers = {"X-Request-Id": TOKEN, "Location": f"/?{TOKEN}"}
        return web.json_response({"detail": REPEATS}, status=status, headers=headers)

    async with serving_pods(refuse) as server:
        seen = await watch("http://127.0.0.1:9", connect, ws_url=server.url)
    assert isinstance(seen.ended, QoveryError)
    assert seen.places == []


@pytest.mark.parametrize("code", [1007, 1008, 1011, 4000])
async def test_a_connection_is_closed(watch: Watch, log: Callable[[], str], code: int) -> None:
    async def close(pod: Pod) -> None:
        await pod.send(await pod.read(1))
        await pod.close(code, REPEATS)

    async with serving_pods(close) as server:
        seen = await watch("http://127.0.0.1:9", connect, ws_url=server.url)
    assert isinstance(seen.ended, QoveryError)
    assert seen.places == []
    assert Needle("Qx5tLz8wRk2Vb").places_in(seen.ended) == []
    assert "Qx5tLz8wRk2Vb" not in log()


async def test_a_connection_breaks(watch: Watch) -> None:
    async def cut(pod: Pod) -> None:
        pod.cut(after=b"\xff" + TOKEN.encode())

    async with serving_pods(cut) as server:
        seen = await watch("http://127.0.0.1:9", connect, ws_url=server.url)
    assert isinstance(seen.ended, QoveryError)
    assert seen.places == []


async def test_bytes_are_in_no_log(log: Callable[[], str]) -> None:
    asyncio.get_running_loop().set_debug(True)
    async with (
        serving_pods(echo) as server,
        AsyncQovery(TOKEN, **server.options) as client,
        client.port_forward("s1", 5432, **WHERE) as address,
        connected(address) as program,
    ):
        await program.send(PASSWORD)
        assert await program.read(len(PASSWORD)) == PASSWORD
        shown = repr(address)
    assert not any(text in shown + log() for text in (TOKEN, "Qx5tLz8wRk2Vb"))


async def test_only_this_machine_reaches_it() -> None:
    async with serving_pods(echo) as server, AsyncQovery(TOKEN, **server.options) as client:
        async with client.port_forward("s1", 5432, **WHERE) as address:
            with pytest.raises(ConnectionRefusedError):  # another address, though of this machine
                await asyncio.open_connection("127.0.0.2", address.port)
        async with client.port_forward("s1", 5432, host="0.0.0.0", **WHERE) as address:  # asked for
            _, writer = await asyncio.open_connection("127.0.0.2", address.port)
            writer.close()
