"""How do the page and its changes get to browsers? As server-sent events, the whole first."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from picture import HEAD, Picture
from watchers import Watchers

PAGE = Path(__file__).with_name("page")
TYPES = {"/": "text/html", "/board.css": "text/css", "/board.js": "text/javascript"}
BEAT = 15.0
"""Seconds of silence after which a browser gets a sign of life."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; connect-src 'self'; img-src data:; script-src 'self'; style-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def application(picture: Picture, watchers: Watchers, hosts: frozenset[str] | None) -> web.Application:
    """`hosts`: the names under which browsers may ask; None for any."""

    @web.middleware
    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        # A page elsewhere whose name is made to lead to this machine must not read the board.
        if hosts is not None and (request.url.host or "") not in hosts:
            raise web.HTTPForbidden(text=f"{request.host} is not a name of this board; --host allows it\n")
        return await handler(request)

    async def file(request: web.Request) -> web.StreamResponse:
        name = request.path.removeprefix("/") or "index.html"
        text = PAGE.joinpath(name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=TYPES[request.path], headers=HEADERS)

    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        with watchers.another() as watcher, suppress(ConnectionError):  # the browser has left
            await response.prepare(request)
            # A browser that comes back gets the whole as well, so it need not say what it saw last.
            await response.write(event("board", picture.whole()))
            while not watcher.is_over:
                due = await watcher.news(BEAT)
                for id_ in due - {HEAD}:
                    card = picture.card(id_)
                    await response.write(event("environment", card) if card else event("gone", {"id": id_}))
                if HEAD in due or not due:
                    await response.write(event("head", picture.head()))
        return response

    async def end(_: web.Application) -> None:
        watchers.end()

    app = web.Application(middlewares=[checked])
    app.add_routes([*(web.get(path, file) for path in TYPES), web.get("/events", events, allow_head=False)])
    app.on_shutdown.append(end)
    return app


def event(name: str, data: dict[str, Any]) -> bytes:
    """JSON has no line breaks, so it is one line of an event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
