"""How does the site look and work in a real browser, at a desk and on a phone?"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from aiohttp import web
from PIL import Image
from playwright.async_api import Page, ViewportSize, expect

from tests.support import ROOT
from tests.support.built_site import FOLDER
from tests.support.chromium import DESKTOP, MILLISECONDS, opened

pytestmark = pytest.mark.anyio

PICTURES = ROOT / "docs" / "pictures"
MOST_BYTES = 150_000
COLOURS = 128
PHONE: ViewportSize = {"width": 390, "height": 844}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
PAGES = {
    "start": "index.html",
    "capability": "deployments.html",
    "reference": "reference/namespaces/environments.html",
}
WIDEST = [
    "index.html", "deployments.html", "streams.html", "performance.html", "contributing.html", "changelog.html",
    "reference/operations.html", "reference/models/applications.html", "reference/models/index.html",
    "reference/classes/client.html", "reference/namespaces/containers.html", "examples/ci_deploy.html",
]  # fmt: skip
expect.set_options(timeout=MILLISECONDS)


async def start(request: web.Request) -> web.Response:
    raise web.HTTPFound("/index.html")


@asynccontextmanager
async def served(viewport: ViewportSize) -> AsyncGenerator[tuple[Page, str]]:
    """A browser's page, and the address of the site."""
    application = web.Application()
    application.router.add_get("/", start)
    application.router.add_static("/", FOLDER)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        async with opened(url, viewport, color_scheme="light") as page:
            yield page, url
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("size", SIZES)
async def test_the_pictures_show_the_site(size: str, pytestconfig: pytest.Config, tmp_path: Path) -> None:
    folder = PICTURES if pytestconfig.getoption("--write-pictures") else tmp_path
    async with served(SIZES[size]) as (page, url):
        for name, path in PAGES.items():
            await page.goto(url + path)
            await page.evaluate("document.fonts.ready")
            shot = await page.screenshot(animations="disabled")
            # A palette is enough for text, and a third of the size.
            Image.open(BytesIO(shot)).convert("RGB").quantize(COLOURS).save(
                folder / f"{name}-{size}.png", optimize=True
            )
    for name in PAGES:
        kept = PICTURES / f"{name}-{size}.png"
        assert kept.stat().st_size < MOST_BYTES, f"{kept.name}: write it anew with `nox -s docs -- --write-pictures`"


async def test_a_phone_never_scrolls_sideways() -> None:
    wide = dict[str, int]()
    async with served(PHONE) as (page, url):
        for path in WIDEST:
            await page.goto(url + path)
            width: int = await page.evaluate("document.documentElement.scrollWidth")
            wide |= {path: width} if width > PHONE["width"] else {}
    assert wide == {}


async def test_the_filter_finds_the_call_behind_a_request() -> None:
    async with served(DESKTOP) as (page, url):
        await page.goto(url + "reference/operations.html")
        box = page.get_by_role("searchbox", name="Filter the table")
        await box.fill("POST /environment/{environmentId}/deploy")
        rows = page.locator("article tbody tr:visible")
        await expect(rows.first).to_contain_text("client.environments.deploy(environment_id)")
        await expect(page.get_by_role("status")).to_contain_text("of 554")
        await box.fill("environments.deploy(")
        await rows.first.get_by_role("link").click()
        await expect(page).to_have_url(url + "reference/namespaces/environments.html#deploy")
        await expect(page.locator("section#deploy h2")).to_be_in_viewport()


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("deploy and wait", "deployments.html"),
        ("retries", "retries.html"),
        ("ApplicationEditRequest", "reference/models/applications.html"),
        ("application", "reference/models/applications.html"),
        ("get_statuses", "reference/namespaces/environments.html"),
        ("POST /environment/{environmentId}/deploy", "reference/operations.html"),
    ],
)
async def test_the_search_finds_what_a_newcomer_looks_for(words: str, page: str) -> None:
    async with served(DESKTOP) as (browser, url):
        await browser.goto(f"{url}search.html?q={quote_plus(words)}")
        results = browser.locator("ul.search li a")
        await expect(browser.get_by_text("Search finished")).to_be_visible()
        found = [
            await results.nth(number).get_attribute("href") or "" for number in range(min(3, await results.count()))
        ]
        assert page in [link.partition("#")[0].partition("?")[0] for link in found]
