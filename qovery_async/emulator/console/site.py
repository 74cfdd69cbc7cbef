"""How does a browser get the console, and what changes on it?

`/` responds with the page to whoever takes HTML. `/_emulator/events` is a stream of server-sent events: the parts of the
page that have changed. A reader that is slow gets what is true when it reads, not all that was true meanwhile. Faults
do not strike the console, so that they can be removed there.
"""

from __future__ import annotations

import asyncio
import importlib.resources
import json
from collections.abc import Mapping

from aiohttp import web

from qovery_async.emulator.console.control import Control
from qovery_async.emulator.console.markup import Markup
from qovery_async.emulator.console.page import BASE, page
from qovery_async.emulator.console.picture import Picture
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.streams.announcer import Announcer

MOST_READERS = 50
"""Streams of events at once."""
_TICK = 1.0
"""Seconds after which a stream looks at the clock, and a browser that has left is noticed."""
_PATIENCE = 30.0
"""Seconds that a browser has to read an event."""
_LONGEST_FIND = 100
_FILES = {"console.css": "text/css", "console.js": "text/javascript"}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class ConsoleSite:
    """The routes of the console. `app.on_shutdown.append(site.leave)` ends its streams."""

    def __init__(self, picture: Picture, control: Control) -> None:
        self._picture = picture
        self._actions = control.actions()
        self._announcer = Announcer()
        self._readers = 0
        self._closing = False
        self._rendered: dict[tuple[str, int], dict[str, Markup]] = {}
        picture.journal.told.append(self._changed)
        picture.clock.moved.append(self._changed)

    def routes(self) -> list[web.RouteDef]:
        """The routes, which authenticate nobody: those who reach the emulator may look at it and drive it."""
        gets = {"/": self._page, f"{BASE}/events": self._events, f"{BASE}/{{file:console\\.(css|js)}}": self._file}
        return [
            *(web.get(path, handler, allow_head=False) for path, handler in gets.items()),
            web.post(f"{BASE}/{{action:.+}}", self._act),
        ]

    async def leave(self, _: web.Application) -> None:
        """Ends all streams, for `app.on_shutdown`."""
        self._closing = True
        self._announcer.announce()

    def _changed(self) -> None:
        self._rendered.clear()
        self._announcer.announce()

    def _parts(self, find: str) -> dict[str, Markup]:
        """The parts, which are rendered once for all who look in the same second."""
        key = find, int(self._picture.clock.now().timestamp())
        if key not in self._rendered:
            if len(self._rendered) >= MOST_READERS:
                self._rendered.clear()
            self._rendered[key] = self._picture.parts(find)
        return self._rendered[key]

    async def _page(self, request: web.Request) -> web.Response:
        if "text/html" not in request.headers.get("Accept", ""):
            raise Refusal(404, "no such path; a browser gets the console of the emulator here")
        find = _find(request)
        text = page(self._picture.title, find, self._parts(find))
        return web.Response(text=text, content_type="text/html", headers=_HEADERS)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["file"]
        text = importlib.resources.files("qovery_async.emulator.console").joinpath(name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=_FILES[name], headers=_HEADERS)

    async def _act(self, request: web.Request) -> web.Response:
        _refuse_foreign(request)
        action = self._actions.get(request.match_info["action"])
        if action is None:
            raise Refusal(404, f"no such action; there are {', '.join(self._actions)}")
        said = action({key: value for key, value in (await request.post()).items() if isinstance(value, str)})
        self._changed()
        if "text/html" in request.headers.get("Accept", ""):
            return web.Response(status=303, headers=_HEADERS | {"Location": "/"})
        return web.Response(text=f"{said}\n", headers=_HEADERS)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if self._readers >= MOST_READERS:
            raise Refusal(503, f"{MOST_READERS} pages follow the console already; close some")
        self._readers += 1
        response = web.StreamResponse(headers=_HEADERS | {"Content-Type": "text/event-stream"})
        try:
            await response.prepare(request)
            await self._follow(response, _find(request))
        except (ConnectionError, TimeoutError):
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._readers -= 1
        return response

    async def _follow(self, response: web.StreamResponse, find: str) -> None:
        """Sends the parts that have changed since they were sent, until the emulator ends."""
        sent: Mapping[str, Markup] = {}
        with self._announcer.listen() as news:
            while not self._closing:
                parts = self._parts(find)
                changed = [(name, part) for name, part in parts.items() if sent.get(name) != part]
                lines = [f"data: {json.dumps({'id': name, 'html': part})}\n\n" for name, part in changed]
                async with asyncio.timeout(_PATIENCE):
                    await response.write("".join(lines or [":\n\n"]).encode())
                sent = parts
                await news.changed(within=_TICK)


def _find(request: web.Request) -> str:
    return request.query.get("find", "")[:_LONGEST_FIND]


def _refuse_foreign(request: web.Request) -> None:
    """Refuses a form of a page that is not the console's own. Those of other ports may talk to the API, with a token."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site not in ("none", "same-origin") or origin not in (None, f"http://{request.host}", f"https://{request.host}"):
        raise Refusal(403, "only the console's own page may drive the emulator")
