"""What does the status board send to browsers, and how does it follow the organization?"""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack

import aiohttp
import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Close, Emulator
from tests.support import ROOT
from tests.support.boards import Outage, environ, environment_id, running_board, start, watching

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

STREAMS = 12 + 2
"""The demo has twelve environments, on two clusters."""


def client_of(emulator: Emulator) -> AsyncQovery:
    return AsyncQovery(emulator.token, base_url=emulator.url, ws_url=emulator.ws_url)


async def test_all_browsers_see_a_deployment_and_share_the_streams() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        client_of(emulator) as client,
        running_board(emulator) as board,
        watching(board) as one,
        watching(board) as other,
    ):
        for browser in (one, other):
            await browser.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))
            assert browser.heard[0] == "board"
            assert (browser.head["title"], len(browser.environments)) == ("acme", 12)
        assert one.named("shop/staging")["state"] == "Build error"
        await client.environments.deploy(await environment_id(client, "shop/staging"))
        emulator.clock.advance(10)
        for browser in (one, other):
            await browser.until(lambda seen: seen.named("shop/staging")["state"] == "Deploying")
            assert [stage["tone"] for stage in browser.named("shop/staging")["stages"]] == ["up", "up", "busy"]
        emulator.clock.advance(60)
        for browser in (one, other):
            await browser.until(lambda seen: seen.named("shop/staging")["state"] == "Running")
            services = browser.named("shop/staging")["services"]
            assert {service["name"] for service in services} == {"storefront", "api", "newsletter", "orders"}
            assert "board" not in browser.heard[1:]
        assert len(emulator.streams.open) == len(emulator.streams.requests) == STREAMS


async def test_what_is_lost_is_stale_until_it_is_back() -> None:
    outage = Outage()
    async with (
        Emulator(world="demo", middlewares=[outage.middleware()]) as emulator,
        running_board(emulator, "--project", "shop") as board,
        watching(board) as browser,
    ):
        await browser.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))
        await browser.until(lambda seen: any(one["pods"] for one in seen.named("shop/production")["services"]))
        before = browser.named("shop/production")
        outage.is_on = True
        assert await emulator.streams.hang_up(Close.internal(), "/deployment/status") == 3
        await browser.until(lambda seen: all(card["stale"] for card in seen.environments.values()))
        lost = browser.named("shop/production")
        assert "1011" in lost["stale"]["why"]
        assert {**lost, "stale": None} == before, "the last known state stays"
        await browser.until(lambda seen: "503" in seen.named("shop/production")["stale"]["why"])
        outage.is_on = False
        await browser.until(lambda seen: seen.named("shop/production") == before)


async def test_a_cluster_that_is_lost_makes_its_environments_stale() -> None:
    outage = Outage()
    async with (
        Emulator(world="demo", middlewares=[outage.middleware()]) as emulator,
        running_board(emulator, "--project", "shop") as board,
        watching(board) as browser,
    ):
        await browser.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))
        outage.is_on = True
        assert await emulator.streams.hang_up(Close.lost(), "/service/status") == 2
        await browser.until(lambda seen: all(card["stale"] for card in seen.environments.values()))
        outage.is_on = False
        await browser.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))


async def test_a_stream_that_the_server_ends_is_stale_and_opened_again() -> None:
    async with (
        Emulator(world="demo") as emulator,
        running_board(emulator, "--project", "shop") as board,
        watching(board) as browser,
    ):
        await browser.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))
        assert await emulator.streams.hang_up(Close.normal(), "/deployment/status") == 3
        await browser.until(lambda seen: seen.named("shop/production")["stale"])
        assert browser.named("shop/production")["stale"]["why"] == "the stream has ended"
        await browser.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))


async def test_environments_and_services_come_and_go() -> None:
    async with (
        Emulator(world="demo", speed=20) as emulator,
        client_of(emulator) as client,
        running_board(emulator) as board,
        watching(board) as browser,
    ):
        await browser.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))
        staging = await environment_id(client, "shop/staging")
        clone = await client.environments.clone(staging, {"name": "clone", "mode": "PREVIEW"})
        await browser.until(lambda seen: seen.named("shop/clone") and not seen.named("shop/clone")["stale"])
        assert len(browser.named("shop/clone")["services"]) == 4
        assert clone.id in browser.head["order"]
        await client.deployments.delete(clone.id, timeout=60)
        await browser.until(lambda seen: clone.id not in seen.head["order"])
        assert clone.id not in browser.environments
        assert "gone" in browser.heard
        await browser.until(lambda seen: len(emulator.streams.open) == STREAMS)


async def test_filters_and_a_limit_keep_streams_few() -> None:
    async with Emulator(world="demo") as emulator:
        arguments = ("--mode", "PRODUCTION", "--name", "*/prod*", "--limit", "2")
        async with running_board(emulator, *arguments) as board, watching(board) as browser:
            await browser.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))
            assert [card["mode"] for card in browser.environments.values()] == ["production", "production"]
            assert browser.head["notes"] == ["2 of 12 environments are shown"]
            assert len(emulator.streams.open) == 2 + 1


async def test_the_page_needs_nothing_from_elsewhere_and_holds_no_token() -> None:
    async with Emulator(world="demo") as emulator, aiohttp.ClientSession() as session, running_board(emulator) as board:
        for path in ("", "board.css", "board.js"):
            async with session.get(board.url + path) as response:
                text = await response.text()
                assert response.status == 200
                assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert emulator.token not in text
            assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
            assert "https://" not in text
        async with watching(board) as browser:
            await browser.until(lambda seen: "head" in seen.heard or not seen.head["notes"])
            assert emulator.token not in str((browser.environments, browser.head))


async def test_a_page_elsewhere_cannot_read_the_board() -> None:
    """By a name of its own that leads to this machine."""
    async with Emulator(world="demo") as emulator, aiohttp.ClientSession() as session, running_board(emulator) as board:
        for path in ("", "events"):
            async with session.get(board.url + path, headers={"Host": "evil.example"}) as response:
                assert response.status == 403
                assert "acme" not in await response.text()


async def test_ctrl_c_ends_it_while_browsers_watch() -> None:
    async with Emulator(world="demo") as emulator:
        async with running_board(emulator) as board, watching(board) as one, watching(board) as other:
            await one.until(lambda seen: seen.environments)
            await other.until(lambda seen: seen.environments)
            assert await board.end() == (0, "", "")
        assert emulator.streams.open == ()


async def test_browsers_that_leave_at_any_moment_leave_no_word() -> None:
    async with Emulator(world="demo", speed=None) as emulator, client_of(emulator) as client:
        staging = await environment_id(client, "shop/staging")
        async with running_board(emulator, "--project", "shop") as board, watching(board) as one:
            await one.until(lambda seen: not any(card["stale"] for card in seen.environments.values()))
            for number in range(20):
                async with AsyncExitStack() as stack:
                    others = [await stack.enter_async_context(watching(board)) for _ in range(5)]
                    await others[0].until(lambda seen: seen.environments)
                    await (client.environments.stop if number % 2 else client.environments.deploy)(staging)
                    emulator.clock.advance(60)


async def test_what_cannot_begin_says_why() -> None:
    async with Emulator(world="demo") as emulator:
        wrong = {**environ(emulator), "QOVERY_API_TOKEN": "qov_wrong"}
        for variables, arguments, words in (
            (wrong, (), "401"),
            (environ(emulator), ("--port", emulator.url.rpartition(":")[2]), "in use"),
            (environ(emulator), ("--refresh", "1"), "--refresh must be 10 or more"),
            (environ(emulator), ("--limit", "0"), "--limit must be 1 or more"),
        ):
            process = await start(variables, *arguments)
            out, err = await process.communicate()
            assert (process.returncode != 0, out) == (True, b"")
            assert words in err.decode()
            assert "Traceback" not in err.decode()
            assert variables["QOVERY_API_TOKEN"] not in err.decode()


async def test_a_slow_browser_skips_states_and_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "examples" / "board"))
    from watchers import Watchers  # type: ignore[import-not-found]

    monkeypatch.delitem(sys.modules, "watchers")
    watchers = Watchers()
    with watchers.another() as slow, watchers.another() as quick:
        for number in range(10_000):
            watchers.tell("e1", f"e{number % 3}")
            assert await quick.news(1) == {"e1", f"e{number % 3}"}
        assert len(slow.due) == 3
        assert await slow.news(1) == {"e0", "e1", "e2"}
        assert await slow.news(0.001) == set()
