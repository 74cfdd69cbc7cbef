"""How is a port opened, and what does it say to what is not even HTTP?"""

from __future__ import annotations

import asyncio
import json
from functools import partial

import attrs
from aiohttp import web

from qovery_async.emulator.facts.refusals import ErrorStyle, Problem


@attrs.frozen
class Listener:
    """An open port with an application behind it."""

    url: str
    _server: asyncio.Server
    _runner: web.AppRunner

    @classmethod
    async def open(cls, app: web.Application, host: str, port: int, *, error_style: ErrorStyle) -> Listener:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        if runner.server is None:
            raise RuntimeError("aiohttp made no server")
        loop = asyncio.get_running_loop()
        protocol = partial(_Protocol, runner.server, loop=loop, error_style=error_style)
        server = await loop.create_server(protocol, host, port)
        address = server.sockets[0].getsockname()
        name = f"[{address[0]}]" if ":" in address[0] else address[0]
        return cls(f"http://{name}:{address[1]}", server, runner)

    async def close(self) -> None:
        self._server.close()
        await self._runner.cleanup()


class _Protocol(web.RequestHandler):
    """Answers what the parser of HTTP refuses in the API's way, where aiohttp would in plain text."""

    __slots__ = ("_error_style",)

    def __init__(
        self,
        manager: web.Server,
        *,
        loop: asyncio.AbstractEventLoop,
        error_style: ErrorStyle,
    ) -> None:
        super().__init__(manager, loop=loop)
        self._error_style: ErrorStyle = error_style

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if exc is not None:
            self.log_debug("%s: %r", request.remote, exc)
        problem = Problem(status, (message or "the request cannot be read").partition(":")[0].strip())
        text = json.dumps(problem.body(self._error_style, request.path))
        response = web.Response(status=status, text=text, content_type="application/json")
        response.force_close()
        return response
