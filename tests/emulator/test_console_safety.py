"""Whom does the console of the emulator refuse, and what can hostile names, pages and readers do to it?"""

from __future__ import annotations

import asyncio
import gc
import html
import re
import socket
import tracemalloc
from contextlib import AsyncExitStack
from html.parser import HTMLParser

import anyio
import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator, Fault
from qovery_async.emulator.console.site import MOST_READERS
from tests.support.consoles import BROWSER, Session, act, following, page, visited
from tests.support.server import SECONDS

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_pages_of_other_sites_cannot_drive_the_emulator(headers: dict[str, str]) -> None:
    async with visited() as (emulator, session):
        emulator.faults.add(Fault.drop(), "nothing")
        for action, form in (("clock", {"seconds": "60"}), ("faults", {"kind": "drop"}), ("faults/clear", {})):
            assert (await act(session, action, form, **headers))[0] == 403
        assert emulator.clock.elapsed() == 0
        assert len(emulator.faults.rules) == 1


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
async def test_pages_of_other_sites_cannot_read_it(headers: dict[str, str]) -> None:
    async with visited() as (_, session):
        for path in ("/", "/_emulator/events", "/_emulator/console.js"):
            async with session.get(path, headers=BROWSER | headers) as response:
                assert response.status == 403
                assert "shop" not in await response.text()


async def test_no_page_can_show_it_in_a_frame_and_no_script_of_others_runs() -> None:
    async with visited() as (_, session), session.get("/", headers=BROWSER) as response:
        policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'; script-src 'self';" in policy
    assert "unsafe" not in policy


class Elements(HTMLParser):
    """The names of all elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


async def test_hostile_names_are_text() -> None:
    name = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>&lt;"
    async with visited(world="empty") as (emulator, session):
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            project = await client.projects.create({"name": name})
            clusters = await client.clusters.create(
                {"name": "c", "region": "eu-west-3", "cloud_provider": "AWS", "kubernetes": "MANAGED"}
            )
            await client.environments.create(project.id, {"name": name, "cluster": clusters.id, "mode": "DEVELOPMENT"})
            await act(session, "faults", {"kind": "drop", "call": name})
        async with session.get("/" + "<script>"):
            pass
        query = "?find=%22%3E%3Cimg+src%3Dx%3E"
        texts = [await page(session), await page(session, query)]
        async with following(session, query) as parts:
            texts += [(await anext(parts))[1] for _ in range(4)]
    elements = Elements()
    for text in texts:
        elements.feed(text)
    assert "img" not in elements.found
    assert "alert(" not in re.sub(r"&[\w#]+;[^<]*", "", texts[0])
    assert html.escape(name) in texts[0]
    assert "&lt;script&gt;" in texts[0]


@pytest.mark.slow
async def test_the_large_world_is_shown_in_part_and_found_by_name() -> None:
    async with visited(world="large") as (_, session):
        text = await page(session)
        assert text.count("<article>") == 60
        assert "1940 more environments are not shown" in text
        found = await page(session, "?find=project-123+environment-07")
    assert found.count("<article>") == 1
    assert "<h4>environment-07</h4>" in found


@pytest.mark.slow
async def test_many_readers_that_do_not_read_cost_no_memory() -> None:
    async with visited() as (emulator, session), AsyncExitStack() as stack:
        for _ in range(MOST_READERS):
            reader = stack.enter_context(socket.create_connection(("127.0.0.1", int(emulator.url.rpartition(":")[2]))))
            reader.sendall(b"GET /_emulator/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        while (status := (await opened_and_left(session))) != 503:
            assert status == 200
        project = emulator.state.every("project")[0]

        async def change(times: int) -> None:
            for number in range(times):
                project.value = {**project.value, "name": f"shop-{number}-{'x' * 1000}"}
                emulator.clock.advance(1)
                await asyncio.sleep(0.11)

        await change(10)
        gc.collect()
        tracemalloc.start()
        await change(20)
        gc.collect()
        grown, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    sent = 20 * MOST_READERS * 14_000
    assert grown < sent / 2


async def opened_and_left(session: Session) -> int:
    async with session.get("/_emulator/events") as response:
        return response.status


async def followed_once_there_is_room(session: Session, stack: AsyncExitStack) -> None:
    while (await stack.enter_async_context(session.get("/_emulator/events"))).status == 503:
        await asyncio.sleep(0.05)


async def test_who_has_left_makes_room_for_others() -> None:
    async with visited(speed=1) as (_, session):
        for _ in range(2):
            async with AsyncExitStack() as stack:
                for _ in range(MOST_READERS):
                    await followed_once_there_is_room(session, stack)


async def test_closing_the_emulator_ends_the_streams() -> None:
    async with Emulator(speed=None) as emulator, Session(emulator.url) as session, following(session) as parts:
        await anext(parts)
        with anyio.fail_after(SECONDS):
            await emulator.stop()
            assert [name for name, _ in [part async for part in parts]] == ["organization", "requests", "faults"]
