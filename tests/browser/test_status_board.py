"""What do people see on the status board, in a real browser?"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import FloatRect, Locator, Page, expect

from qovery_async import AsyncQovery
from qovery_async.emulator import Close, Durations, Emulator
from tests.support import ROOT
from tests.support.boards import Outage, environment_id, running_board
from tests.support.chromium import DESKTOP, MILLISECONDS, PHONE, fits_and_can_be_read, opened

pytestmark = pytest.mark.anyio

PICTURE = ROOT / "docs" / "board.png"
MOST_BYTES = 150_000
expect.set_options(timeout=MILLISECONDS)


def client_of(emulator: Emulator) -> AsyncQovery:
    return AsyncQovery(emulator.token, base_url=emulator.url, ws_url=emulator.ws_url)


def card(page: Page, path: str) -> Locator:
    """The card of an environment, by its project and name."""
    project, _, name = path.partition("/")
    section = page.locator("section").filter(has=page.get_by_role("heading", level=2, name=project, exact=True))
    heading = page.get_by_role("heading", level=3, name=name, exact=True)
    return section.get_by_role("article").filter(has=heading)


async def is_live(page: Page) -> None:
    await expect(page.locator("#link")).to_have_text("Live")
    await expect(page.locator("article")).not_to_have_count(0)
    await expect(page.locator("article[data-stale]")).to_have_count(0)


async def test_a_deployment_is_seen_as_it_goes() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        client_of(emulator) as client,
        running_board(emulator) as board,
        opened(board.url) as page,
    ):
        await is_live(page)
        await expect(page).to_have_title("(8) acme")
        staging = card(page, "shop/staging")
        state = staging.locator(".now .state")
        await expect(state).to_have_text("Build error")
        await page.evaluate("window.unchanged = true")
        await client.environments.deploy(await environment_id(client, "shop/staging"))
        emulator.clock.advance(10)
        await expect(state).to_have_text("Deploying")
        await expect(page.locator("#told")).to_contain_text("shop staging: Deploying.")
        await expect(staging.locator(".stages")).to_contain_text("Stage 3 of 3")
        await expect(page.get_by_role("button", name="In progress 1")).to_be_visible()
        emulator.clock.advance(60)
        await expect(state).to_have_text("Running")
        await expect(staging.locator(".services .state")).to_have_text(["Running"] * 4)
        await expect(staging.locator(".stages")).to_be_hidden()
        await expect(page).to_have_title("(7) acme")
        assert await page.evaluate("window.unchanged"), "the page was not loaded again"


async def test_a_lost_stream_is_shown_as_stale_and_comes_back() -> None:
    outage = Outage()
    async with (
        Emulator(world="demo", middlewares=[outage.middleware()]) as emulator,
        running_board(emulator, "--project", "shop") as board,
        opened(board.url) as page,
    ):
        await is_live(page)
        outage.is_on = True
        await emulator.streams.hang_up(Close.lost(), "/deployment/status")
        production = card(page, "shop/production")
        await expect(production.locator(".stale")).to_contain_text("Last known state, not live for")
        await expect(production.locator(".stale")).to_contain_text("503")
        await expect(production.locator(".now .state")).to_have_text("Deployment error")
        await expect(page.get_by_role("button", name="Not live 3")).to_be_visible()
        await expect(page.locator("#link")).to_have_text("3 of 3 not live")
        outage.is_on = False
        await is_live(page)
        await expect(production.locator(".stale")).to_be_hidden()


async def test_the_page_comes_back_to_a_board_that_was_started_again() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        client_of(emulator) as client,
        running_board(emulator, "--project", "shop") as board,
        opened(board.url) as page,
    ):
        await is_live(page)
        assert await board.end() == (0, "", "")
        await expect(page.locator("#link")).to_contain_text("Connection lost")
        staging = await environment_id(client, "shop/staging")
        await client.environments.update(staging, {"name": "renamed"})
        port = int(board.url.rstrip("/").rpartition(":")[2])
        async with running_board(emulator, "--project", "shop", port=port):
            await is_live(page)
            await expect(card(page, "shop/renamed")).to_be_visible()
            await expect(page.locator("article")).to_have_count(3)


async def test_environments_come_and_go_and_names_are_no_markup() -> None:
    name = "<img src=x onerror=alert(1)>"
    async with (
        Emulator(world="demo", speed=20) as emulator,
        client_of(emulator) as client,
        running_board(emulator, "--project", "shop") as board,
        opened(board.url) as page,
    ):
        await is_live(page)
        staging = await environment_id(client, "shop/staging")
        clone = await client.environments.clone(staging, {"name": name, "mode": "PREVIEW"})
        await expect(card(page, f"shop/{name}")).to_be_visible()
        assert await page.locator("img").count() == 0
        await client.deployments.delete(clone.id, timeout=60)
        await expect(page.locator("article")).to_have_count(3)


async def test_the_keyboard_chooses_what_is_shown() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        running_board(emulator) as board,
        opened(board.url) as page,
    ):
        await is_live(page)
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        failing = page.get_by_role("button", name="Failing 8")
        await expect(failing).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(failing).to_have_attribute("aria-pressed", "true")
        await expect(failing).to_be_focused()
        await expect(page.locator("article:visible")).to_have_count(8)
        await page.keyboard.press("Enter")
        await expect(page.locator("article:visible")).to_have_count(12)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_phone_and_can_be_read(scheme: str) -> None:
    name = "a-name-that-" + "goes-on-and-on-" * 5
    async with Emulator(world="demo", speed=None) as emulator, client_of(emulator) as client:
        staging = await environment_id(client, "shop/staging")
        await client.environments.update(staging, {"name": name})
        async with running_board(emulator) as board, opened(board.url, PHONE, color_scheme=scheme) as page:
            await is_live(page)
            await fits_and_can_be_read(page, PHONE["width"])


async def test_the_picture(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Of two deployments under way. The one in the documents is written with `--write-picture`."""
    async with (
        Emulator(world="demo", durations=Durations(lag=0, queue=0.1, action=8, build=8)) as emulator,
        client_of(emulator) as client,
        running_board(emulator) as board,
        opened(board.url) as page,
    ):
        await is_live(page)
        for path in ("shop/staging", "payments/sandbox"):
            await client.environments.deploy(await environment_id(client, path))
        await expect(card(page, "shop/staging").locator(".stages")).to_contain_text("Stage 2 of 3")
        await page.wait_for_function("!document.querySelector('.changed')")
        taken = tmp_path / "board.png"
        last = await page.locator("section").nth(1).bounding_box()
        assert last is not None
        clip: FloatRect = {"x": 0, "y": 0, "width": DESKTOP["width"], "height": last["y"] + last["height"] + 24}
        await page.screenshot(path=taken, clip=clip)
    if request.config.getoption("--write-picture", default=False):
        PICTURE.write_bytes(taken.read_bytes())
    for picture in (taken, PICTURE):
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size < MOST_BYTES
