"""How does a test see a fault? A little API behind it, asked over HTTP or byte by byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import anyio
import attrs
from aiohttp import web
from aiohttp.typedefs import Handler

from qovery_async.emulator import Faults
from qovery_async.emulator.http.keys import CALL
from tests.support.server import close


@attrs.define
class Api:
    """A little API behind faults: GET tells how often POST took effect, and names its call in a header."""

    faults: Faults
    url: str = ""
    port: int = 0
    effects: int = 0
    gone: bool = False

    async def get(self, request: web.Request) -> web.Response:
        if self.gone:
            raise web.HTTPNotFound
        body = {
            "results": [{"id": "a1", "state": "DEPLOYED", "key": "DATABASE_URL", "effects": self.effects}],
            "mode": "PRODUCTION",
            "kind": "terraform",
        }
        return web.json_response(body, headers={"X-Kept": "yes"})

    async def post(self, request: web.Request) -> web.Response:
        await request.read()
        self.effects += 1
        return web.json_response({"effects": self.effects}, status=201)

    async def delete(self, request: web.Request) -> web.Response:
        self.gone = True
        return web.Response(status=204)

    async def empty(self, request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def ask(self, method: str = "GET", call: str = "projects.list", path: str = "/thing") -> Reply:
        """One request over a connection of its own."""
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + path, headers={"X-Call": call}) as response,
        ):
            text = await response.text()
            return Reply(response.status, response.headers, text, response.content_type)

    async def raw(self, method: str = "GET") -> bytes:
        """What comes over the wire until the connection ends; raises `ConnectionResetError` where it is reset."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"{method} /thing HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody".encode())
            return await reader.read()
        finally:
            writer.close()


@attrs.frozen
class Reply:
    status: int
    headers: Any
    text: str
    kind: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@asynccontextmanager
async def api(faults: Faults | None = None) -> AsyncGenerator[Api]:
    served = Api(faults or Faults())

    @web.middleware
    async def naming(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "X-Call" in request.headers:
            request[CALL] = request.headers["X-Call"]
        response = await handler(request)
        if not response.prepared:
            response.headers["X-Added"] = "by the API"
        return response

    app = web.Application(middlewares=[naming, served.faults.middleware])
    app.router.add_get("/thing", served.get)
    app.router.add_post("/thing", served.post)
    app.router.add_delete("/thing", served.delete)
    app.router.add_get("/empty", served.empty)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.port = runner.addresses[0][1]
    served.url = f"http://127.0.0.1:{served.port}"
    try:
        with anyio.fail_after(10):
            yield served
    finally:
        await close(runner)
