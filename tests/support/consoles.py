"""How does a test look at the console of the emulator without a browser, and act there?"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import anyio

from qovery_async.emulator import Emulator
from tests.support.server import SECONDS

BROWSER = {"Accept": "text/html,application/xhtml+xml"}
Session = aiohttp.ClientSession


@asynccontextmanager
async def visited(**options: Any) -> AsyncGenerator[tuple[Emulator, Session]]:
    """An emulator, and a session without its token."""
    settings: dict[str, Any] = {"world": "demo", "speed": None} | options
    async with Emulator(**settings) as emulator, Session(emulator.url) as session:
        with anyio.fail_after(SECONDS):
            yield emulator, session


async def page(session: Session, query: str = "") -> str:
    async with session.get(f"/{query}", headers=BROWSER) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        return await response.text()


async def act(session: Session, action: str, form: Mapping[str, str], **headers: str) -> tuple[int, str]:
    async with session.post(f"/_emulator/{action}", data=form, headers=headers, allow_redirects=False) as response:
        return response.status, (await response.text()).strip()


def detail(text: str) -> str:
    found: str = json.loads(text)["detail"]
    return found


@asynccontextmanager
async def following(session: Session, query: str = "") -> AsyncGenerator[AsyncIterator[tuple[str, str]]]:
    """The parts of the page that change, each with its id, as they come."""
    async with session.get(f"/_emulator/events{query}") as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        yield events(response)


async def events(response: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, str]]:
    async for line in response.content:
        if line.startswith(b"data: "):
            part = json.loads(line.removeprefix(b"data: "))
            yield part["id"], part["html"]


async def until(parts: AsyncIterator[tuple[str, str]], name: str, text: str) -> str:
    async for found, markup in parts:
        if found == name and text in markup:
            return markup
    raise AssertionError(f"the stream has ended without {text!r} in {name}")
