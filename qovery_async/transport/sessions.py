"""Which aiohttp session belongs to the running event loop, and when is it closed?

aiohttp binds a session to one loop, so `asyncio.run` twice means two sessions. `aclose` closes each
session; so does the shutdown of its loop, and the garbage collector when it collects the client.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import weakref
from collections.abc import AsyncGenerator
from weakref import WeakKeyDictionary

import aiohttp
import anyio
import attrs

from qovery_async.errors import ConfigurationError

CLOSED = "the client was closed meanwhile"


@attrs.define(eq=False)
class Session:
    """An aiohttp session with the responses that are being read from it.

    `closer` is a generator that closes the session when its loop shuts down.
    """

    http: aiohttp.ClientSession
    reading: set[aiohttp.ClientResponse] = attrs.Factory(set[aiohttp.ClientResponse])
    pid: int = attrs.field(factory=os.getpid)
    closer: AsyncGenerator[None] | None = None
    closing: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Closes all connections; each call that is reading a response raises."""
        for response in self.reading.copy():
            # aiohttp would close the connection and let its reader wait for ever.
            response.content.set_exception(aiohttp.ClientConnectionError(CLOSED))
        await self.http.close()


_Opened = WeakKeyDictionary[asyncio.AbstractEventLoop, Session]


class Sessions:
    """The sessions of a client: one for each loop, or only the one that the user has passed."""

    def __init__(self, given: aiohttp.ClientSession | None) -> None:
        self._given = None if given is None else Session(given)
        self.closings = 0
        """How often `aclose` was called. A call that began before the last one opens no new session."""
        self._opened: _Opened = WeakKeyDictionary()
        # After a fork the sockets belong to the parent: the child neither uses nor closes them.
        self._inherited: list[Session] = []
        # Holds the closers until then: nobody would await one collected while its loop shuts down.
        weakref.finalize(self, _close_soon, self._opened).atexit = False

    def current(self) -> Session | None:
        """The open session of the running loop, or None if it has none.

        Raises:
            ConfigurationError: the session that the user has passed is closed.
        """
        if self._given is None:
            found = self._opened.get(asyncio.get_running_loop())
            usable = found is not None and not found.http.closed and found.pid == os.getpid()
            return found if usable else None
        if self._given.http.closed:
            raise ConfigurationError("the session passed as session= is closed; pass an open one, or none")
        return self._given

    async def begin(self) -> Session:
        """Opens a session for the running loop."""
        session = Session(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        # aiohttp would retry some requests after a broken connection, and nothing would count them.
        session.http._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no public way
        loop = asyncio.get_running_loop()
        if loop in self._opened:
            self._inherited.append(self._opened[loop])
        self._opened[loop] = session
        session.closer = _close_with_loop(session, weakref.ref(self._opened))
        await anext(session.closer)
        return session

    async def aclose(self) -> None:
        """Closes the sessions of all loops. A session that the user has passed stays open."""
        self.closings += 1
        here = asyncio.get_running_loop()
        # Shielded, because a cancelled task would leave half of the connections open.
        with anyio.CancelScope(shield=True):
            for loop, session in list(self._opened.items()):
                if session.closer is None or session.pid != os.getpid():
                    continue
                if loop is here:
                    await session.closer.aclose()
                elif not loop.is_closed():
                    asyncio.run_coroutine_threadsafe(session.closer.aclose(), loop)


async def _close_with_loop(session: Session, opened: weakref.ref[_Opened]) -> AsyncGenerator[None]:
    """Closes a session at the end: a loop that shuts down closes the generators that began on it."""
    try:
        yield
    finally:
        # A session refers to its loop, so the weak key alone would never release them.
        sessions = opened()
        if sessions is not None:
            sessions.pop(asyncio.get_running_loop(), None)
        if session.closing is not None and not session.closing.done():
            await asyncio.wait([session.closing])
        await session.close()


def _close_soon(opened: _Opened) -> None:
    """Closes the sessions of a client that was collected, possibly on another thread."""
    for loop, session in list(opened.items()):
        if session.pid == os.getpid():
            with contextlib.suppress(RuntimeError):  # the loop is closed, and so is the closer
                loop.call_soon_threadsafe(_begin_to_close, loop, session)


def _begin_to_close(loop: asyncio.AbstractEventLoop, session: Session) -> None:
    if not session.http.closed:
        session.closing = loop.create_task(session.close())
        session.closing.add_done_callback(lambda _: _end_closer(session))


def _end_closer(session: Session) -> None:
    """Ends the closer of a session that is closed, so that the loop does not need to."""
    if session.closer is not None and session.http.closed:
        with contextlib.suppress(StopIteration, RuntimeError):  # RuntimeError: the loop is ending it now
            session.closer.aclose().send(None)
