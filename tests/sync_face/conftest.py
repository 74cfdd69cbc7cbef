"""Runs scripts in interpreters of their own, where a leak or a hang at exit can be seen."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.support.scripts import run_script
from tests.support.server import close

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
OTHERS = [python for python in os.environ.get("QOVERY_TEST_PYTHONS", "").split(os.pathsep) if python]
PYTHONS = [sys.executable, *(pytest.param(python, marks=pytest.mark.slow) for python in OTHERS)]
SECONDS = 40
NOON = "2026-01-05T12:00:00Z"

Run = Callable[..., list[str]]


@pytest.fixture(params=PYTHONS)
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Runs a script to its end and returns the lines that it printed."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(HERE)])}
    return lambda script, *arguments: run_script(
        request.param, script, arguments, folder=tmp_path, environ=environ, seconds=SECONDS
    )


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A server on loopback that answers at once, or at `/slow/{name}` when it is too late.

    `/log/{name}` tells what became of the slow requests of that name. To a client it is a Qovery
    with one organization, two pages of events and projects that take too long.
    """
    log: dict[str, list[str]] = {}

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="pong")

    async def answer_slowly(request: web.Request) -> web.Response:
        events = log.setdefault(request.match_info["name"], [])
        events.append("came")
        try:
            await asyncio.sleep(SECONDS)
        except asyncio.CancelledError:
            events.append("cancelled")
            raise
        return web.Response()

    async def organizations(request: web.Request) -> web.Response:
        return web.json_response({"results": [{"id": "o", "name": "acme", "created_at": NOON, "plan": "FREE"}]})

    async def events(request: web.Request) -> web.Response:
        links = {} if "continueToken" in request.query else {"next": f"{request.url}?continueToken=2"}
        first = 3 if "continueToken" in request.query else 0
        found = [{"id": f"{number}", "timestamp": NOON} for number in range(first, first + 3)]
        return web.json_response({"links": links, "events": found})

    async def show_log(request: web.Request) -> web.Response:
        return web.Response(text=" ".join(log.get(request.match_info["name"], [])))

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/", answer)
        app.router.add_get("/slow/{name}", answer_slowly)
        app.router.add_get("/log/{name}", show_log)
        app.router.add_get("/organization", organizations)
        app.router.add_get("/organization/o/events", events)
        app.router.add_get("/project/{name}", answer_slowly)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address.append(runner.addresses[0])
        ready.set()
        while not over.is_set():
            await asyncio.sleep(0.05)
        await close(runner)

    address: list[tuple[str, int]] = []
    ready, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    # A name, not a number: its resolver gives the client's loop an executor with threads.
    yield f"http://localhost:{address[0][1]}"
    over.set()
    thread.join()
