"""How does a script leave a call, a back-off, a wait or an iteration in flight?"""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Iterator

import pytest
from aiohttp import web

from tests.support.server import PROJECT, Answer, Server, in_thread, serve

BEGIN = """
import multiprocessing

from qovery_async import AsyncQovery
from qovery_sync import Pace, Qovery, RetryPolicy

retrying = threading.Event()

def client(**options):
    told = lambda event: retrying.set()
    policy = RetryPolicy(base=0, total=3600)
    return Qovery("x", base_url=sys.argv[1], organization_id="o1", retries=policy, on_retry=told, **options)

def name(client, project="p1"):
    return client.projects.get(project).name

# Each leaves something in flight in a thread, and gives what to wait for until it is.
def begin(what, client, seconds):
    if what == "a call":
        call = lambda: name(client, f"slow-{seconds}")
        under_way = lambda: time.sleep(0.2)
    elif what == "a back-off":
        call = lambda: name(client, f"busy-{seconds}")
        under_way = retrying.wait
    elif what == "a wait for a turn":
        name(client, f"last-{seconds}")
        call = lambda: name(client)
        under_way = lambda: time.sleep(0.2)
    else:
        events = client.events.iterate()
        assert next(events).id == "0"
        call = lambda: list(events)
        under_way = lambda: time.sleep(0.2)
    return call, under_way
"""

EVERYTHING = pytest.mark.parametrize("what", ["a call", "a back-off", "a wait for a turn", "an iteration"])
WAITS = pytest.mark.parametrize("what", ["a call", "a back-off", "a wait for a turn"])


@pytest.fixture
def server() -> Iterator[Server]:
    """A project is found at once, `slow-N` after N seconds, `busy-N` if asked again after as long.

    With `last-N` the token's hour is used up, and the next one begins after N seconds. Events are slow.
    """
    asked: set[str] = set()

    def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path.endswith("/events"):
            return Answer(page(request)).response()
        name, _, seconds = request.path.rpartition("/")[2].partition("-")
        if name == "busy" and request.path not in asked:
            asked.add(request.path)
            return Answer({"detail": "busy"}, 503, headers={"Retry-After": seconds}).response()
        left, reset = ("0", seconds) if name == "last" else ("100000", "3600")
        headers = {"X-RateLimit-Limit": "100000", "X-RateLimit-Remaining": left, "X-RateLimit-Reset": reset}
        return Answer(PROJECT, headers=headers).response()

    async def answer_later(request: web.BaseRequest) -> web.StreamResponse:
        if "/slow-" in request.path:
            await asyncio.sleep(float(request.path.rpartition("-")[2]))
        if request.path.endswith("/events") and request.query:
            await asyncio.sleep(0.5)
        return answer(request)

    with in_thread(serve(answer_later)) as running:
        yield running


def page(request: web.BaseRequest) -> dict[str, object]:
    second = "continueToken" in request.query
    links = {} if second else {"next": f"{request.url}?continueToken=2"}
    return {"links": links, "events": [{"id": str(int(second)), "timestamp": PROJECT["created_at"]}]}


def script(text: str) -> str:
    return BEGIN + textwrap.dedent(text)
