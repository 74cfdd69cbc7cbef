"""How does a message reach its address?

One after another for each address, so that events arrive in their order. Nothing is sent twice and no redirect is
followed. A failure is a result like any other.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import attrs

LARGEST_RESPONSE = 4096
"""Bytes of a response's body that are read."""
MOST_WAITING = 1000
"""Messages that may wait for one address."""

_STOPPED = 0, "not sent: the emulator has stopped"


@attrs.frozen(kw_only=True)
class Message:
    """What is to be sent, and a function that is called with the status and the body of the response.

    Where there is no response, the status is 0 and the body says why. `refused` says so before anything is sent.
    """

    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    refused: str | None
    done: Callable[[int, str], None]


class Courier:
    """Sends messages, on the event loop that is running when it is made."""

    def __init__(self) -> None:
        self.timeout = 10.0
        """Seconds for one delivery, in real time."""
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, deque[Message]] = {}
        self._rounds: set[asyncio.Task[None]] = set()
        self._closed = False

    def send(self, message: Message) -> None:
        """Takes a message, in any thread, and returns at once."""
        if self._closed:
            message.done(*_STOPPED)
        else:
            self._loop.call_soon_threadsafe(self._take, message)

    async def close(self) -> None:
        """Ends all deliveries. What waits is not sent."""
        self._closed = True
        rounds = [*self._rounds]
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)
        for waiting in self._waiting.values():
            for message in waiting:
                message.done(*_STOPPED)
        self._waiting.clear()

    def _take(self, message: Message) -> None:
        waiting = self._waiting.setdefault(message.url, deque())
        if self._closed:
            message.done(*_STOPPED)
        elif len(waiting) >= MOST_WAITING:
            message.done(0, f"not sent: {MOST_WAITING} events wait for this address")
        else:
            waiting.append(message)
            if len(waiting) == 1:
                task = self._loop.create_task(self._round(message.url, waiting))
                self._rounds.add(task)
                task.add_done_callback(self._rounds.discard)

    async def _round(self, url: str, waiting: deque[Message]) -> None:
        while waiting:
            status, body = await self._delivered(waiting[0])
            waiting.popleft().done(status, body)
        del self._waiting[url]

    async def _delivered(self, message: Message) -> tuple[int, str]:
        if message.refused:
            return 0, f"not sent: {message.refused}"
        try:
            async with (
                asyncio.timeout(self.timeout),
                # A connection for each message: one that is kept open would keep the receiver from stopping.
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False) as session,
                session.post(
                    message.url, json=message.body, headers=message.headers, allow_redirects=False
                ) as response,
            ):
                return response.status, await _beginning(response)
        except TimeoutError:
            return 0, f"no response within {self.timeout} s"
        except Exception as error:  # noqa: BLE001  # whatever a receiver does, the emulator goes on
            return 0, f"no response: {type(error).__name__}: {error}"[:LARGEST_RESPONSE]


async def _beginning(response: aiohttp.ClientResponse) -> str:
    body = b""
    while len(body) < LARGEST_RESPONSE and (more := await response.content.read(LARGEST_RESPONSE - len(body))):
        body += more
    return body.decode(errors="replace")
