"""Which kept-alive connection is used again? One whose peer has been silent since its last response.

The server runs in a thread of its own: what it sends waits in the socket, and the client's loop has had no turn
to notice.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
import ssl
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
import trustme

from qovery_async import NO_RETRIES, AsyncQovery, Forbidden, RetryPolicy
from qovery_sync import Qovery
from tests.support.flaky import answer, serve_steps
from tests.support.idle import CREATED, FORBIDDEN, OK, RESPONSES, TIMED_OUT, IdleServer, serve_idle
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio

Meanwhile = Callable[[IdleServer], None]


def hang_up(server: IdleServer) -> None:
    server.hang_up()


def say_408(server: IdleServer) -> None:
    server.say(TIMED_OUT)
    server.hang_up()


def answer_again(server: IdleServer) -> None:
    server.say(OK)


def begin_an_answer(server: IdleServer) -> None:
    server.say(OK[:20])


WHILE_IDLE = pytest.mark.parametrize("meanwhile", [hang_up, say_408, answer_again, begin_an_answer])


@WHILE_IDLE
async def test_a_post_is_not_lost_on_a_connection_with_news(meanwhile: Meanwhile) -> None:
    with serve_idle() as server:
        async with AsyncQovery(TOKEN, base_url=server.url, retries=NO_RETRIES) as client:
            await client.projects.list(organization_id="o1")
            meanwhile(server)
            assert (await client.request("POST", "/x", json={})).status == 201
        assert server.methods == ["GET", "POST"]
        assert len(server.connections) == 2


@WHILE_IDLE
def test_a_post_of_the_blocking_face_is_not_lost_either(meanwhile: Meanwhile) -> None:
    with serve_idle() as server:
        with Qovery(TOKEN, base_url=server.url, retries=NO_RETRIES) as client:
            client.projects.list(organization_id="o1")
            meanwhile(server)
            assert client.request("POST", "/x", json={}).status == 201
        assert server.methods == ["GET", "POST"]


async def test_a_second_answer_is_not_taken_for_that_to_a_delete() -> None:
    with serve_idle() as server:
        async with AsyncQovery(TOKEN, base_url=server.url) as client:
            await client.projects.list(organization_id="o1")
            server.say(OK)
            with pytest.raises(Forbidden):
                await client.projects.delete("p1")


def test_a_second_answer_is_not_taken_for_that_to_a_delete_of_the_blocking_face() -> None:
    with serve_idle() as server, Qovery(TOKEN, base_url=server.url) as client:
        client.projects.list(organization_id="o1")
        server.say(OK)
        with pytest.raises(Forbidden):
            client.projects.delete("p1")


async def test_a_gateway_that_answers_everything_twice_is_understood() -> None:
    twice = {"GET": OK * 2, "DELETE": FORBIDDEN * 2}
    with serve_idle(lambda _, method: twice[method]) as server:
        async with AsyncQovery(TOKEN, base_url=server.url) as client:
            for _ in range(20):
                assert await client.projects.list(organization_id="o1") == []
                with pytest.raises(Forbidden):
                    await client.projects.delete("p1")
        assert server.methods == ["GET", "DELETE"] * 20


async def test_a_silent_connection_is_used_again() -> None:
    with serve_idle() as server:
        async with AsyncQovery(TOKEN, base_url=server.url) as client:
            for _ in range(50):
                await client.projects.list(organization_id="o1")
        assert len(server.connections) == 1


async def test_a_silent_encrypted_connection_is_used_again() -> None:
    authority = trustme.CA()
    server_side, client_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    authority.configure_trust(client_side)
    async with serve_steps(answer(200, b"{}"), tls=server_side) as server:
        async with AsyncQovery(TOKEN, base_url=server.url, ssl=client_side) as client:
            for _ in range(50):
                assert (await client.request("POST", "/x", json={})).status == 200
        assert server.connections == 1


async def test_a_session_of_ones_own_keeps_to_the_pool_it_came_with() -> None:
    with serve_idle() as server:
        async with aiohttp.ClientSession() as session:
            client = AsyncQovery(TOKEN, base_url=server.url, session=session)
            await client.projects.list(organization_id="o1")
            server.say(OK)
            await client.projects.delete("p1")  # the server refuses it; aiohttp hands over the second answer
            while len(server.methods) < 2:
                await asyncio.sleep(0.001)
        assert server.methods == ["GET", "DELETE"]


def test_a_post_that_gets_the_408_of_an_idle_connection_is_sent_again() -> None:
    """The 408 crosses the request on its way. The server answers it on the next connection."""

    def respond(server: IdleServer, method: str) -> bytes:
        return TIMED_OUT if server.methods == ["GET", "POST"] else RESPONSES[method]

    with serve_idle(respond) as server, Qovery(TOKEN, base_url=server.url, retries=RetryPolicy(base=0.001)) as client:
        client.projects.list(organization_id="o1")
        assert client.request("POST", "/x", json={}).status == 201
        assert server.methods == ["GET", "POST", "POST"]


class HandServer:
    """A server that the test plays itself, between two turns of the client's loop."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.connections: list[socket.socket] = []

    def heard(self) -> socket.socket | None:
        """The connection on which a request has come."""
        with contextlib.suppress(BlockingIOError):
            self.connections.append(self.listener.accept()[0])
        for connection in select.select(self.connections, [], [], 0)[0]:
            with contextlib.suppress(ConnectionError):  # the client has closed it
                if connection.recv(1, socket.MSG_PEEK):
                    return connection
        return None

    async def answer(self, call: asyncio.Task[Any], data: bytes) -> Any:
        """Answers the one request of a call."""
        while (connection := self.heard()) is None:
            await asyncio.sleep(0)
        connection.recv(10_000)
        connection.sendall(data)
        return await call

    def close(self) -> None:
        for one in [self.listener, *self.connections]:
            one.close()


@pytest.mark.parametrize("size", [10, 3_000_000], ids=["small", "large"])
@pytest.mark.parametrize("turns", range(12))
async def test_nothing_comes_between_the_look_and_the_request(turns: int, size: int) -> None:
    """In whatever turn of the loop a second response comes, it is not taken for that to a request not yet sent."""
    server = HandServer()
    async with AsyncQovery(TOKEN, base_url=server.url, retries=NO_RETRIES) as client:
        await server.answer(asyncio.create_task(client.projects.list(organization_id="o1")), OK)
        call = asyncio.create_task(client.request("POST", "/x", json={"name": "x" * size}))
        for _ in range(turns):
            await asyncio.sleep(0)
        if server.heard() is None:
            server.connections[0].sendall(OK)
        assert (await server.answer(call, CREATED)).status == 201
    server.close()
