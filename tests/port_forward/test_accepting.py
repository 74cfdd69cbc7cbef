"""How are connections to a forwarded port accepted where the machine does not help?"""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import Any

import anyio
import pytest

from qovery_async import AsyncQovery
from qovery_async.port_forward import connections
from tests.support.forwarding import WHERE, connected, echo, serving_pods
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["watched", "not watched"])
def _loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that can watch a socket, and one that cannot, as that of Windows."""

    def refuse(*_: Any) -> None:
        raise NotImplementedError

    if request.param == "not watched":
        monkeypatch.setattr(asyncio.SelectorEventLoop, "add_reader", refuse)


@pytest.mark.usefixtures("_loop")
async def test_one_after_another() -> None:
    async with serving_pods(echo) as server, AsyncQovery(TOKEN, **server.options) as client:
        async with client.port_forward("s1", 5432, **WHERE) as address:
            for _ in range(3):
                async with connected(address) as program:
                    await program.send(b"x")
                    assert await program.read(1) == b"x"
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(address.host, address.port)


@pytest.mark.usefixtures("_loop")
async def test_later_where_no_file_descriptor_is_left(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "PAUSE", 0.01)
    failures, accept = 3, socket.socket.accept

    def fail(self: socket.socket) -> Any:
        nonlocal failures
        if self.getsockname()[1] == address.port and failures:
            failures -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(self)

    async with (
        serving_pods(echo) as server,
        AsyncQovery(TOKEN, **server.options) as client,
        client.port_forward("s1", 5432, **WHERE) as address,
    ):
        monkeypatch.setattr(socket.socket, "accept", fail)
        with anyio.fail_after(10):
            async with connected(address) as program:
                await program.send(b"x")
                assert await program.read(1) == b"x"
    said = f"{address} accepts no connection for 0.01 s: [Errno 24] Too many open files"
    assert [record.getMessage() for record in caplog.records] == [said] * 3


async def test_not_at_all_once_the_port_is_closed_during_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PAUSE", 0.05)
    failed = asyncio.Event()

    def fail(_: socket.socket) -> Any:
        failed.set()
        raise OSError(errno.EMFILE, "Too many open files")

    async with serving_pods(echo) as server, AsyncQovery(TOKEN, **server.options) as client:
        async with client.port_forward("s1", 5432, **WHERE) as address:
            monkeypatch.setattr(socket.socket, "accept", fail)
            with socket.create_connection((address.host, address.port)):
                await failed.wait()
        monkeypatch.undo()
        await asyncio.sleep(0.1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(address.host, address.port)
