"""Servers on loopback that send the responses a test gives them, and remember the requests."""

from __future__ import annotations

import asyncio
import inspect
import json as json_module
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from typing import Any, TypeVar

import attrs
from aiohttp import web
from anyio.from_thread import start_blocking_portal
from multidict import CIMultiDictProxy

from qovery_async.emulator.http.listener import all_accepted

T = TypeVar("T")

TOKEN = "qov_a-secret-of-tests"
SECONDS = 10
"""No test takes as long: a test that does hangs."""

PROJECT = {
    "id": "p1",
    "created_at": "2026-01-02T03:04:05Z",
    "name": "shop",
    "associated_environments_count": 2,
    "organization": {"id": "o1"},
}
"""A project as the API answers with it."""

Ask = Callable[..., Awaitable[Any]]
"""The fixture `ask`."""

_NOTHING: Any = object()


@attrs.frozen
class Answer:
    """A response that can be sent any number of times; `json` is sent as JSON, `body` as it is."""

    json: Any = _NOTHING
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = attrs.Factory(dict[str, str])

    def response(self) -> web.Response:
        if self.json is _NOTHING:
            return web.Response(status=self.status, body=self.body, headers=self.headers)
        text = json_module.dumps(self.json)
        return web.Response(status=self.status, text=text, content_type="application/json", headers=self.headers)


LIST = Answer({"results": []})


def organizations(*ids: str) -> Answer:
    return Answer({"results": [{"id": id_, "name": f"name of {id_}"} for id_ in ids]})


Handler = Callable[[web.BaseRequest], web.StreamResponse | Awaitable[web.StreamResponse]]


@attrs.frozen
class Seen:
    """A request as it came: `target` is the path and query of its first line, not decoded."""

    method: str
    target: str
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def json(self) -> Any:
        return json_module.loads(self.body)

    @property
    def token(self) -> str:
        return self.headers["Authorization"]


@attrs.define
class Server:
    """A running server; `connections` counts those it has accepted."""

    url: str
    requests: list[Seen] = attrs.Factory(list[Seen])
    connections: int = 0

    @property
    def only(self) -> Seen:
        """The request, where there has been exactly one."""
        (seen,) = self.requests
        return seen

    @property
    def paths(self) -> list[str]:
        return [seen.path for seen in self.requests]


@asynccontextmanager
async def serve(*answers: Answer | Handler) -> AsyncGenerator[Server]:
    """Sends the responses one after another, the last one for ever; a function makes its own."""
    coming = list(answers) or [Answer({})]
    server = Server("")
    peers: set[object] = set()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        peers.add(request.transport)
        server.connections = len(peers)
        server.requests.append(Seen(request.method, request.raw_path, request.headers, await request.read()))
        current = coming.pop(0) if len(coming) > 1 else coming[0]
        if isinstance(current, Answer):
            return current.response()
        made = current(request)
        return await made if inspect.isawaitable(made) else made

    runner = web.ServerRunner(web.Server(answer, handler_cancellation=True), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await close(runner)


async def close(runner: web.BaseRunner) -> None:
    """Closes a server and all its connections."""
    await all_accepted()
    await runner.cleanup()


@asynccontextmanager
async def serve_bytes(data: bytes, *, reset: bool = False, stay: bool = False) -> AsyncGenerator[Server]:
    """Responds to each request with these bytes, HTTP or not, then closes, resets or stays silent."""
    server = Server("")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        await reader.read(65536)
        writer.write(data)
        if reset:
            # Lingering for zero seconds makes the kernel send RST instead of FIN.
            peer: socket.socket = writer.get_extra_info("socket")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if stay:
            await reader.read()
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with listener:
        try:
            yield server
        finally:
            await all_accepted()


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def full_port() -> Generator[str]:
    """An address where connections are neither accepted nor refused, since too many wait already."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def in_thread(server: AbstractAsyncContextManager[T]) -> Generator[T]:
    """A server on a loop of its own, for tests that have none."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(server) as running:
        yield running
