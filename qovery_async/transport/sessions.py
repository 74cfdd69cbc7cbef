"""Which aiohttp session belongs to this event loop, and when is it closed?

A session is bound to the loop it was made on: `asyncio.run` twice means two sessions. Each is closed
by `aclose`, and at the latest when its loop shuts down or the client is collected.
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
    """An open session, and what of it must be ended by hand."""

    http: aiohttp.ClientSession
    reading: set[aiohttp.ClientResponse] = attrs.Factory(set[aiohttp.ClientResponse])
    pid: int = attrs.field(factory=os.getpid)
    keeper: AsyncGenerator[None] | None = None
    closing: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Close the connections; reads under way raise."""
        for answer in self.reading.copy():
            # aiohttp closes the connection and leaves who reads from it to wait.
            answer.content.set_exception(aiohttp.ClientConnectionError(CLOSED))
        await self.http.close()


_Opened = WeakKeyDictionary[asyncio.AbstractEventLoop, Session]


class Sessions:
    """The sessions of a client, one for each loop; or the one that was given to it, on its own loop."""

    def __init__(self, given: aiohttp.ClientSession | None) -> None:
        self._given = None if given is None else Session(given)
        self.closings = 0
        """How often they were closed: a call that began before does not open them again."""
        self._opened: _Opened = WeakKeyDictionary()
        # After a fork the parent's sockets are the parent's: they are neither used nor closed here.
        self._inherited: list[Session] = []
        # Holds the keepers until then: one collected in the last turns of its loop would be awaited by nobody.
        weakref.finalize(self, _close_soon, self._opened).atexit = False

    def current(self) -> Session | None:
        """The session of the running loop, once there is one.

        Raises:
            ConfigurationError: the session that was given is closed.
        """
        if self._given is None:
            found = self._opened.get(asyncio.get_running_loop())
            usable = found is not None and not found.http.closed and found.pid == os.getpid()
            return found if usable else None
        if self._given.http.closed:
            raise ConfigurationError("the session that was given to the client is closed")
        return self._given

    async def begin(self) -> Session:
        """A new session for the running loop."""
        session = Session(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        # It would repeat some requests itself when a connection breaks, unseen and uncounted.
        session.http._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no public way
        loop = asyncio.get_running_loop()
        if loop in self._opened:
            self._inherited.append(self._opened[loop])
        self._opened[loop] = session
        session.keeper = _close_with_loop(session, weakref.ref(self._opened))
        await anext(session.keeper)
        return session

    async def aclose(self) -> None:
        """Closes the sessions of all loops; a given session stays as it is."""
        self.closings += 1
        here = asyncio.get_running_loop()
        # Shielded, lest a cancelled task leaves half of the connections open.
        with anyio.CancelScope(shield=True):
            for loop, session in list(self._opened.items()):
                if session.keeper is None or session.pid != os.getpid():
                    continue
                if loop is here:
                    await session.keeper.aclose()
                elif not loop.is_closed():
                    asyncio.run_coroutine_threadsafe(session.keeper.aclose(), loop)


async def _close_with_loop(session: Session, opened: weakref.ref[_Opened]) -> AsyncGenerator[None]:
    """An event loop closes the generators begun on it when it shuts down."""
    try:
        yield
    finally:
        # A session holds on to its loop, so the weak key alone would keep both for ever.
        sessions = opened()
        if sessions is not None:
            sessions.pop(asyncio.get_running_loop(), None)
        if session.closing is not None and not session.closing.done():
            await asyncio.wait([session.closing])
        await session.close()


def _close_soon(opened: _Opened) -> None:
    """Closes the sessions of a client that was collected, perhaps on another thread."""
    for loop, session in list(opened.items()):
        if session.pid == os.getpid():
            with contextlib.suppress(RuntimeError):  # the loop has ended, and the keeper with it
                loop.call_soon_threadsafe(_begin_to_close, loop, session)


def _begin_to_close(loop: asyncio.AbstractEventLoop, session: Session) -> None:
    if not session.http.closed:
        session.closing = loop.create_task(session.close())
        session.closing.add_done_callback(lambda _: _let_go(session))


def _let_go(session: Session) -> None:
    """Ends a keeper by hand that has nothing to wait for any more."""
    if session.keeper is not None and session.http.closed:
        with contextlib.suppress(StopIteration, RuntimeError):  # RuntimeError: its loop is just ending it
            session.keeper.aclose().send(None)
