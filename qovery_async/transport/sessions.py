"""Which aiohttp session belongs to this event loop, and when is it closed?

A session is bound to its loop, so two calls of `asyncio.run` use two sessions. `aclose` closes a session;
otherwise it is closed when its loop shuts down or the client is garbage-collected. A loop that is closed without
a shutdown leaves its session behind: that is closed with the next session that begins, at the latest by `aclose`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import weakref
from collections.abc import AsyncGenerator, Callable

import aiohttp
import attrs

from qovery_async.errors import ConfigurationError
from qovery_async.transport.closed_loops import close_without_loop
from qovery_async.transport.eager import REQUEST_CLASS
from qovery_async.transport.pool import Connector
from qovery_async.transport.shield import shielded
from qovery_async.transport.watch import Watch
from qovery_async.vocabulary.values import define

CLOSED = "the client was closed during this request"


@define(eq=False)
class Session:
    """An open session, and the responses and the generator that are ended with it."""

    http: aiohttp.ClientSession
    is_given: bool = False
    """Whether the user passed it."""
    watch: Watch = attrs.Factory(Watch)
    reading: set[aiohttp.ClientResponse] = attrs.Factory(set[aiohttp.ClientResponse])
    pid: int = attrs.field(factory=os.getpid)
    keeper: AsyncGenerator[None] | None = None
    closing: asyncio.Task[None] | None = None
    streams: aiohttp.BaseConnector | None = None
    """The connections of WebSockets. They stay open, so they must not fill the pool of requests."""

    def stream_connector(self) -> aiohttp.BaseConnector | None:
        """What WebSockets connect with: a connector without a limit, or that of the session that the user passed."""
        if self.keeper is None:
            return self.http.connector
        if self.streams is None:
            self.streams = aiohttp.TCPConnector(limit=0)  # pyright: ignore[reportUnknownMemberType]  # an argument of aiohttp is untyped
        return self.streams

    async def close(self) -> None:
        """Close the connections; reads under way raise."""
        for response in self.reading.copy():
            # aiohttp closes the connection, but does not wake the task that reads from it.
            response.content.set_exception(aiohttp.ClientConnectionError(CLOSED))
        if self.streams is not None:
            await self.streams.close()
        self.watch.rest()
        await self.http.close()


class _Opened(dict[asyncio.AbstractEventLoop, Session]):
    """The session of each loop. Weak keys would keep nothing from staying: a session refers to its loop."""

    __slots__ = ("__weakref__",)


class Sessions:
    """The sessions of a client: one for each loop, or only the session that the user passed."""

    def __init__(self, given: aiohttp.ClientSession | None) -> None:
        self._given = None if given is None else Session(given, is_given=True)
        self.closings = 0
        """The number of `aclose` calls. A call that began before one does not open a session again."""
        self._opened = _Opened()
        # The sockets of a parent process: a forked child neither uses nor closes them.
        self._inherited: list[Session] = []
        # Holds the keepers until then: nothing would await one that is collected while its loop ends.
        weakref.finalize(self, _close_soon, self._opened).atexit = False

    def closed_since_now(self) -> Callable[[], bool]:
        """What tells whether the client was closed after this call."""
        before = self.closings
        return lambda: self.closings > before

    def current(self) -> Session | None:
        """The session of the running loop, or None if there is none yet.

        Raises:
            ConfigurationError: the session that the user passed is closed.
        """
        if self._given is None:
            found = self._opened.get(asyncio.get_running_loop())
            usable = found is not None and not found.http.closed and found.pid == os.getpid()
            return found if usable else None
        if self._given.http.closed:
            raise ConfigurationError("the session passed to the client is closed; pass an open session to a new client")
        return self._given

    async def begin(self) -> Session:
        """Opens a session for the running loop."""
        _close_left_behind(self._opened)
        session = Session(
            aiohttp.ClientSession(
                connector=Connector(), request_class=REQUEST_CLASS, cookie_jar=aiohttp.DummyCookieJar()
            )
        )
        # Otherwise aiohttp retries some requests itself, without counting or logging them.
        session.http._retry_connection = False  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # no public way
        loop = asyncio.get_running_loop()
        if loop in self._opened:
            self._inherited.append(self._opened[loop])
        self._opened[loop] = session
        session.keeper = _close_with_loop(session, weakref.ref(self._opened))
        await anext(session.keeper)
        return session

    async def aclose(self) -> None:
        """Closes the sessions of all loops, but not a session that the user passed."""
        self.closings += 1
        _close_left_behind(self._opened)
        for loop, session in _listed(self._opened):
            if session.keeper is None or session.pid != os.getpid():
                continue
            if _runs_here(loop):
                # Shielded: a cancelled task would leave some connections open.
                with shielded():
                    await session.keeper.aclose()
            elif not loop.is_closed():
                asyncio.run_coroutine_threadsafe(session.keeper.aclose(), loop)


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:  # under trio, where no call was possible either
        return False


async def _close_with_loop(session: Session, opened: weakref.ref[_Opened]) -> AsyncGenerator[None]:
    """Closes the session when its loop shuts down, because a loop closes its async generators then."""
    try:
        yield
    finally:
        sessions = opened()
        if sessions is not None:
            sessions.pop(asyncio.get_running_loop(), None)
        if session.closing is not None and not session.closing.done():
            await asyncio.wait([session.closing])
        await session.close()


def _listed(opened: _Opened) -> list[tuple[asyncio.AbstractEventLoop, Session]]:
    # Copied in one step: other threads begin and end sessions meanwhile.
    return list(opened.items())


def _close_left_behind(opened: _Opened) -> None:
    """Closes the sessions whose loops are closed."""
    for loop, session in _listed(opened):
        if loop.is_closed() and session.pid == os.getpid() and opened.pop(loop, None) is session:
            close_without_loop(session.http, loop)


def _close_soon(opened: _Opened) -> None:
    """Closes the sessions of a garbage-collected client, possibly from another thread."""
    _close_left_behind(opened)
    for loop, session in _listed(opened):
        if session.pid == os.getpid():
            with contextlib.suppress(RuntimeError):  # the loop has ended, and its keeper too
                loop.call_soon_threadsafe(_begin_to_close, loop, session)


def _begin_to_close(loop: asyncio.AbstractEventLoop, session: Session) -> None:
    if not session.http.closed:
        session.closing = loop.create_task(session.close())
        session.closing.add_done_callback(lambda _: _let_go(session))


def _let_go(session: Session) -> None:
    """Ends the keeper of a closed session, which has nothing left to await."""
    if session.keeper is not None and session.http.closed:
        with contextlib.suppress(StopIteration, RuntimeError):  # RuntimeError: its loop is already ending it
            session.keeper.aclose().send(None)
