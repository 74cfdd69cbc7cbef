"""What ends when the block of a forwarded port is left, or its client closed?"""

from __future__ import annotations

import asyncio
import gc
import socket

import anyio
import anyio.to_thread
import pytest
from aiohttp import web

from qovery_async import AsyncQovery
from qovery_async.port_forward import connections
from qovery_async.port_forward.address import ForwardedPort
from qovery_sync import Qovery
from tests.port_forward.conftest import OpenPort
from tests.support.forwarding import WHERE, connected, echo, serving_pods
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio


class TestLeaving:
    """The block is left, or the client closed."""

    async def test_ends_all_at_once(self, port: OpenPort) -> None:
        async with serving_pods(echo) as server:
            async with port(server) as address:
                reader, writer = await asyncio.open_connection(address.host, address.port)
                writer.write(b"x")
                await reader.read(1)
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()
            pod = await server.pod()
            await pod.left()
            assert pod.socket.close_code == 1000
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(address.host, address.port)
            assert address.errors == []

    async def test_by_an_error_names_what_failed(self, port: OpenPort) -> None:
        async with serving_pods(lambda: web.Response(status=403)) as server:
            with pytest.raises(ConnectionResetError) as raised:
                async with port(server) as address, connected(address) as program:
                    await program.read()
        (note,) = raised.value.__notes__
        assert note.startswith(f"The last error of a connection through {address}: port_forward: GET ws://")
        assert "403" in note

    @pytest.mark.parametrize("turns", range(8))
    async def test_while_others_connect_resets_them_and_leaves_no_task(self, turns: int) -> None:
        """They are accepted within a few turns of the loop."""
        loop = asyncio.get_running_loop()
        async with serving_pods(echo) as server, AsyncQovery(TOKEN, **server.options) as client:
            before = len(asyncio.all_tasks())
            async with client.port_forward("s1", 5432, **WHERE) as address:
                peers = [socket.create_connection((address.host, address.port)) for _ in range(3)]
                for _ in range(turns):
                    await asyncio.sleep(0)
            for peer in peers:
                peer.setblocking(False)
                with peer, anyio.fail_after(5), pytest.raises(ConnectionResetError):
                    await loop.sock_recv(peer, 1)
            with anyio.fail_after(5):
                while len(asyncio.all_tasks()) > before:
                    await asyncio.sleep(0.01)

    @pytest.mark.parametrize("turns", range(8))
    async def test_by_a_task_that_is_cancelled_twice_leaves_no_socket(self, turns: int) -> None:
        """As by a deadline around a task that is being cancelled. Python warns of a socket that is not closed."""

        async def hold(client: AsyncQovery) -> None:
            async with client.port_forward("s1", 5432, **WHERE) as address:
                opened.set_result(address)
                await asyncio.sleep(60)

        opened: asyncio.Future[ForwardedPort] = asyncio.get_running_loop().create_future()
        async with serving_pods(echo) as server, AsyncQovery(TOKEN, **server.options) as client:
            holding = asyncio.create_task(hold(client))
            address = await opened
            peers = [socket.create_connection((address.host, address.port)) for _ in range(3)]
            for _ in range(turns):
                await asyncio.sleep(0)
            holding.cancel()
            await asyncio.sleep(0)
            holding.cancel()
            await asyncio.wait([holding])
            for peer in peers:
                peer.setblocking(False)
                with peer, anyio.fail_after(5), pytest.raises(ConnectionResetError):
                    await asyncio.get_running_loop().sock_recv(peer, 1)
        gc.collect()

    async def test_by_a_cancelled_task_ends_all(self) -> None:
        async with serving_pods(echo) as server, AsyncQovery(TOKEN, **server.options) as client:
            with anyio.CancelScope() as scope:
                async with client.port_forward("s1", 5432, **WHERE) as address, connected(address) as program:
                    await program.send(b"x")
                    await program.read(1)
                    scope.cancel()
                    await asyncio.sleep(60)
            await (await server.pod()).left()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(address.host, address.port)

    async def test_of_the_client_ends_open_connections_and_refuses_others(self) -> None:
        async with (
            serving_pods(echo) as server,
            AsyncQovery(TOKEN, **server.options) as client,
            client.port_forward("s1", 5432, **WHERE) as address,
        ):
            async with connected(address) as program:
                await program.send(b"x")
                await program.read(1)
                await client.aclose()
                await program.until_reset()
            async with connected(address) as program:
                await program.until_reset()
            assert len(server.handshakes) == 1
            assert [str(error).partition(": ")[0] for error in address.errors] == ["port_forward"] * 2
            assert all("the client was closed" in str(error) for error in address.errors)

    async def test_of_a_blocking_client_ends_its_ports(self) -> None:
        async with serving_pods(echo) as server:

            def open_and_close() -> ForwardedPort:
                client = Qovery(TOKEN, **server.options)
                with (
                    client.port_forward("s1", 5432, **WHERE) as address,
                    socket.create_connection((address.host, address.port)) as peer,
                ):
                    peer.sendall(b"x")
                    assert peer.recv(1) == b"x"
                    client.close()
                    with pytest.raises(ConnectionResetError):
                        peer.recv(1)
                return address

            address = await anyio.to_thread.run_sync(open_and_close)
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(address.host, address.port)


async def test_only_the_last_errors_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "KEPT", 3)
    async with (
        serving_pods(lambda: web.Response(status=403)) as server,
        AsyncQovery(TOKEN, **server.options) as client,
        client.port_forward("s1", 5432, **WHERE) as address,
    ):
        for _ in range(5):
            async with connected(address) as program:
                await program.until_reset()
        assert len(address.errors) == 3
