"""How is the port opened, and what is the response to bytes that are not HTTP?"""

from __future__ import annotations

import asyncio
import ipaddress
import json
from functools import partial
from typing import Any

import attrs
from aiohttp import web

from qovery_async.emulator.facts.refusals import ErrorStyle, Refusal

_TURNS = 4
"""How many turns of the loop asyncio needs to accept a connection: its socket, a task, its transport, the protocol."""


@attrs.frozen
class Listener:
    """An open port that serves an application."""

    url: str
    _server: asyncio.Server
    _runner: web.AppRunner

    @classmethod
    async def open(cls, app: web.Application, host: str, port: int, *, error_style: ErrorStyle) -> Listener:
        """Starts to listen. Raises `OSError` if the port cannot be opened."""
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        if runner.server is None:
            raise RuntimeError("aiohttp's runner has no server after setup()")
        loop = asyncio.get_running_loop()
        protocol = partial(_Protocol, runner.server, loop=loop, error_style=error_style)
        server = await loop.create_server(protocol, host, port)
        address = server.sockets[0].getsockname()
        return cls(f"http://{_reached_at(address[0])}:{address[1]}", server, runner)

    async def close(self) -> None:
        """Closes the port and its connections."""
        await all_accepted()
        self._server.close()
        await self._runner.cleanup()


def _reached_at(listening: str) -> str:
    """The host of the URL. `0.0.0.0` and `::` are every address of this machine, and none that a client can name."""
    address = ipaddress.ip_address(listening.partition("%")[0])
    if address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "[::1]"
    return listening if address.version == 4 else f"[{listening}]"


async def all_accepted() -> None:
    """Waits for connections that clients have made but asyncio is still accepting.

    `asyncio.Server.close()` makes asyncio drop such a socket without closing it: `Server._attach` fails.
    """
    for _ in range(_TURNS):
        await asyncio.sleep(0)


class _Protocol(web.RequestHandler):
    """Sends the API's error bodies where aiohttp's HTTP parser fails; aiohttp itself would send plain text."""

    __slots__ = ("_error_style",)

    def __init__(
        self,
        manager: web.Server,
        *,
        loop: asyncio.AbstractEventLoop,
        error_style: ErrorStyle,
    ) -> None:
        nowhere: Any = None  # the types of aiohttp lack it
        super().__init__(manager, loop=loop, access_log=nowhere)  # addresses hold the commands of shells
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
        refusal = Refusal(status, (message or "the request is not valid HTTP").partition(":")[0].strip())
        text = json.dumps(refusal.body(self._error_style, request.path))
        response = web.Response(status=status, text=text, content_type="application/json")
        response.force_close()
        return response
