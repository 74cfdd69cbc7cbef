"""What do people see on the console of the emulator, in a real browser?"""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Locator, Page, ViewportSize, expect

from qovery_async import AsyncQovery
from qovery_async.emulator import Durations, Emulator
from tests.support import ROOT
from tests.support.boards import environment_id
from tests.support.chromium import DESKTOP, MILLISECONDS, fits_and_can_be_read, opened

pytestmark = pytest.mark.anyio

PICTURE = ROOT / "docs" / "console.png"
MOST_BYTES = 150_000
PHONE: ViewportSize = {"width": 390, "height": 844}
expect.set_options(timeout=MILLISECONDS)


def client_of(emulator: Emulator) -> AsyncQovery:
    return AsyncQovery(emulator.token, base_url=emulator.url)


def card(page: Page, name: str) -> Locator:
    """The card of an environment, the first of that name."""
    heading = page.get_by_role("heading", level=4, name=name, exact=True)
    return page.get_by_role("article").filter(has=heading).first


async def is_live(page: Page) -> None:
    await expect(page.locator("#link")).to_have_text("Live")


async def test_a_deployment_is_seen_as_the_clock_is_advanced() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        client_of(emulator) as client,
        opened(emulator.url) as page,
    ):
        await is_live(page)
        await expect(page).to_have_title("acme - Qovery emulator")
        await expect(page.get_by_role("article")).to_have_count(12)
        await page.evaluate("window.unchanged = true")
        await client.environments.deploy(await environment_id(client, "shop/staging"))
        await page.get_by_role("button", name="10 s").click()
        await expect(page.locator("#clock-said")).to_have_text("The clock was advanced by 10 s.")
        await expect(card(page, "staging").locator("header .state")).to_have_text("Deploying")
        await expect(page.locator("#clock time")).to_have_text("2026-01-05 09:00:10")
        await page.get_by_label("Seconds", exact=True).fill("90")
        await page.keyboard.press("Enter")
        await expect(card(page, "staging").locator("header .state")).to_have_text("Deployed")
        await expect(card(page, "staging").locator("li .state")).to_have_text(["Deployed"] * 4)
        assert await page.evaluate("window.unchanged"), "the page was not loaded again"


async def test_faults_are_injected_with_the_keyboard_and_requests_are_seen() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        client_of(emulator) as client,
        opened(emulator.url) as page,
    ):
        await is_live(page)
        await page.get_by_label("What happens").focus()
        for word in ("503", "", "projects.*", "", "1"):
            await page.keyboard.press("Tab")
            await page.keyboard.type(word)
        await page.keyboard.press("Enter")
        await expect(page.locator("#faults li")).to_have_text("status 503 for projects.*, at most 1: struck 0 of 0")
        await client.projects.list()
        await expect(page.locator("#faults li")).to_have_text("status 503 for projects.*, at most 1: struck 1 of 1")
        requests = page.locator("#requests li")
        await expect(requests.nth(0)).to_contain_text("/project")
        await expect(requests.nth(0)).to_contain_text("200")
        await expect(requests.nth(1)).to_contain_text("503")
        assert emulator.token not in await page.content()
        await page.get_by_role("button", name="Remove all faults").click()
        await expect(page.locator("#faults")).to_have_text("No fault is injected.")


async def test_a_refusal_says_what_is_wrong() -> None:
    async with Emulator(world="demo", speed=None) as emulator, opened(emulator.url, is_alone=False) as page:
        await page.get_by_label("Amount").fill("9")
        await page.get_by_role("button", name="Inject").click()
        await expect(page.locator("#faults-said")).to_have_text("amount: a status is from 200 to 599, got 9")


async def test_names_are_no_markup_and_are_found() -> None:
    name = "<img src=x onerror=alert(1)>"
    async with Emulator(world="demo", speed=None) as emulator, client_of(emulator) as client:
        staging = await environment_id(client, "shop/staging")
        await client.environments.update(staging, {"name": name})
        async with opened(emulator.url) as page:
            await is_live(page)
            await page.get_by_label("Find").fill("<img shop")
            await page.keyboard.press("Enter")
            await expect(page.get_by_role("article")).to_have_count(1)
            await is_live(page)
            await client.environments.update(staging, {"name": name + "shop"})
            await expect(page.get_by_role("heading", level=4)).to_have_text(name + "shop")
            assert await page.locator("img").count() == 0


async def test_the_page_works_without_its_script() -> None:
    async with Emulator(world="demo", speed=None) as emulator, opened(emulator.url, java_script_enabled=False) as page:
        await page.get_by_role("button", name="1 min").click()
        await expect(page.locator("#clock time")).to_have_text("2026-01-05 09:01:00")
        await expect(page.get_by_role("article")).to_have_count(12)


async def test_tabs_that_nobody_sees_do_not_follow() -> None:
    """A browser opens six connections to a server: the seventh tab would wait for ever."""
    async with Emulator(world="demo", speed=None) as emulator, opened(emulator.url) as page:
        await is_live(page)
        for state, text in (("hidden", "Not live"), ("visible", "Live")):
            await page.evaluate(
                "state => { Object.defineProperty(document, 'hidden', {value: state === 'hidden', configurable: true});"
                " document.dispatchEvent(new Event('visibilitychange')); }",
                state,
            )
            await expect(page.locator("#link")).to_have_text(text)


async def test_a_page_of_another_site_cannot_drive_it() -> None:
    """The other site is on another port of this machine. Its page sends what the console's own would."""
    page_of_others = """
      <form method="post" action="{}/_emulator/clock"><input name="seconds" value="60"><button>Win</button></form>
    """

    async def evil(_: web.Request) -> web.Response:
        return web.Response(text=page_of_others.format(emulator.url), content_type="text/html")

    site = web.Application()
    site.router.add_get("/", evil)
    async with Emulator(world="demo", speed=None) as emulator, TestServer(site) as server:
        async with opened(str(server.make_url("/")), is_alone=False) as page:
            await page.get_by_role("button", name="Win").click()
            await expect(page.locator("body")).to_contain_text("only the console's own page may drive the emulator")
            await page.goto(str(server.make_url("/")))
            assert "TypeError" in await page.evaluate(
                "url => fetch(`${url}/_emulator/clock`, {method: 'POST', body: 'seconds=60'}).catch(String)",
                emulator.url,
            )
        assert emulator.clock.elapsed() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_it_fits_and_can_be_read(viewport: ViewportSize, scheme: str) -> None:
    name = "a-name-that-" + "goes-on-and-on-" * 5
    async with Emulator(world="demo", speed=None) as emulator, client_of(emulator) as client:
        await client.environments.update(await environment_id(client, "shop/staging"), {"name": name})
        async with opened(emulator.url, viewport, color_scheme=scheme) as page:
            await is_live(page)
            await fits_and_can_be_read(page, viewport["width"])


async def test_the_picture(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Of a deployment under way. The one in the documents is written with `--write-picture`."""
    async with (
        Emulator(world="demo", durations=Durations(lag=0, queue=0.1, action=600, build=600)) as emulator,
        client_of(emulator) as client,
        opened(emulator.url, {"width": 1100, "height": 640}) as page,
    ):
        await is_live(page)
        await client.environments.deploy(await environment_id(client, "shop/staging"))
        await page.get_by_label("Operations").fill("projects.*")
        await page.get_by_label("At most").fill("1")
        await page.get_by_role("button", name="Inject").click()
        await expect(page.locator("#faults")).to_contain_text("struck 0 of 0")
        await client.projects.list()
        await expect(page.locator("#faults")).to_contain_text("struck 1 of 1")
        await expect(card(page, "staging").locator("header .state")).to_have_text("Deploying")
        await page.evaluate("window.scrollTo(0, 0)")
        taken = tmp_path / "console.png"
        await page.screenshot(path=taken)
    if request.config.getoption("--write-picture", default=False):
        PICTURE.write_bytes(taken.read_bytes())
    for picture in (taken, PICTURE):
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size < MOST_BYTES
