"""Where does a test get a browser from? Debian's Chromium, without a window, led by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Page, ViewportSize, async_playwright

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 360, "height": 740}
NAMES = ("chromium", "chromium-browser", "google-chrome")
MILLISECONDS = 30_000
"""Nothing on a page takes as long: what does hangs."""


def binary() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise RuntimeError("there is no chromium on the path: install it (Debian: apt-get install chromium)")
    return found


@asynccontextmanager
async def opened(
    url: str, viewport: ViewportSize = DESKTOP, *, is_alone: bool = True, **options: Any
) -> AsyncGenerator[Page]:
    """A page. At its end, if it `is_alone`, the browser's console is empty, and the page has asked no other server."""
    # As root, as in most containers, Chromium runs without its sandbox or not at all.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=binary(), args=arguments)
        page = await browser.new_page(viewport=viewport, **options)
        page.set_default_timeout(MILLISECONDS)
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: None if request.url.startswith(url) else said.append(request.url))
        await page.goto(url)
        yield page
        await browser.close()
    assert (
        not is_alone
        or [line for line in said if "ERR_CONNECTION_REFUSED" not in line and not line.startswith("data:")] == []
    )


_CONTRASTS = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (part) => ((part /= 255) <= 0.04 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
  };
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.checkVisibility() && [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((one) => {
      const pair = [rgb(getComputedStyle(one).color), behind(one)].map(luminance).sort((a, b) => b - a);
      return [one.textContent.trim(), (pair[0] + 0.05) / (pair[1] + 0.05)];
    });
}
"""
"""The texts of a page, each with the contrast of its colour."""


async def fits_and_can_be_read(page: Page, width: int) -> None:
    """Asserts that nothing is wider than the page, and that each text has the contrast of WCAG AA."""
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    contrasts = await page.evaluate(_CONTRASTS)
    assert len(contrasts) > 50
    assert {text: ratio for text, ratio in contrasts if ratio < 4.5} == {}
