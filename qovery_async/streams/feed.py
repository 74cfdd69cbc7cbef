"""How do connections, one after another, become one stream of items?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Generic, TypeVar

import attrs

from qovery_async.errors import DecodeError, ResponseTooLarge
from qovery_async.streams.backlog import Backlog
from qovery_async.streams.course import Again, Course, Done, Ending, Fail
from qovery_async.streams.kinds import Kind, Past, Reading
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.handshake import Handshakes
from qovery_async.transport.request import Call
from qovery_async.transport.shield import shielded
from qovery_async.transport.websocket import Closing, Connection
from qovery_async.vocabulary.values import define

T = TypeVar("T")

Parameters = Mapping[str, object]


@define(eq=False)
class Feed(Generic[T]):
    """Fills a backlog from the connections of one stream, until it is complete or fails."""

    exchange: Exchange
    kind: Kind[T]
    parameters: Callable[[], Awaitable[Parameters]]
    """Asked for once, before the first connection."""
    backlog: Backlog[T]
    past: Callable[[], Awaitable[Past[T] | None]] | None = None
    """Asked for once, too: what comes before the first connection."""
    connections: int = 0
    """How many were opened."""
    opened: asyncio.Event = attrs.field(init=False, factory=asyncio.Event)
    """Set once the first is."""
    _handshakes: Handshakes = attrs.field(init=False)
    _connection: Connection | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self._handshakes = Handshakes(self.exchange)

    @property
    def is_connected(self) -> bool:
        """Whether a connection is open now."""
        return self._connection is not None

    async def run(self) -> None:
        """Reads until the end.

        Raises:
            QoveryError: the stream has failed.
        """
        try:
            await self._run()
        finally:
            await self._leave()

    async def _run(self) -> None:
        handshakes = self._handshakes
        given = await self.parameters()
        past = await self.past() if self.past is not None else None
        if past is not None:
            given = {**given, "start": str(nanoseconds(past.start))}
            if past.items and not self.backlog.put(past.items, 0):
                await self.backlog.room()
        reading = Reading(self.kind, self.exchange.codec, is_limited=given.get("limit") is not None, past=past)
        request = handshakes.request(self._call(given, reading))
        course = Course(request, self.exchange.options.retries, self.exchange.options.pace)
        while True:
            opened = await handshakes.open(request)
            found: Ending | DecodeError
            if isinstance(opened, Connection):
                self._connection = opened
                self.connections += 1
                self.opened.set()
                course.opened(time.monotonic())
                found = await self._read(opened, reading, course)
                await self._leave()
            else:
                found = opened
            if isinstance(found, DecodeError):
                raise found
            step = course.after(found, time.monotonic(), closed=handshakes.client_is_closed)
            match step:
                case Done():
                    return
                case Fail(error):
                    raise error
                case Again(delay, cause, renew):
                    if renew and not await handshakes.renew(request):
                        raise cause
                    failure = cause if isinstance(found, Closing) else found
                    await handshakes.wait(request, failure, delay)
            reading.resume()
            request = handshakes.request(self._call(given, reading))

    async def _read(self, connection: Connection, reading: Reading[T], course: Course) -> Ending | DecodeError:
        """Reads a connection to its end. Errors are returned: raised here, they would show the frame."""
        while True:
            try:
                frame = await connection.receive()
                if isinstance(frame, Closing):
                    return frame
                items = reading.items(frame, connection)
            except (DecodeError, ResponseTooLarge) as error:
                return error.with_traceback(None)
            course.received()
            if items and not self.backlog.put(items, len(frame)):
                await self.backlog.room()

    async def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Shielded: a cancelled task would leave the connection open.
            with shielded():
                await connection.close()

    def _call(self, given: Parameters, reading: Reading[T]) -> Call:
        """The handshake. A later one begins where the log was left; `limit` is for the first."""
        query = {**given}
        start = reading.position.start if self.kind.restarts else None
        if start is not None:
            asked = query.get("start")
            begin = max(nanoseconds(start), int(asked)) if isinstance(asked, str) else nanoseconds(start)
            query |= {"start": str(begin), "limit": None}
        return Call(self.kind.operation, f"GET {self.kind.path}", query=query, empty_ok=True)


def nanoseconds(milliseconds: float) -> int:
    """A time as streams take it: so large a number can be nothing else than nanoseconds."""
    return int(milliseconds) * 1_000_000


async def ended(*tasks: asyncio.Task[None]) -> None:
    """Cancels tasks, and waits until they have ended. All are cancelled even if the wait is."""
    here = asyncio.get_running_loop()
    own = [task for task in tasks if task.get_loop() is here]  # others, as of the process before a fork, end elsewhere
    for task in own:
        task.cancel()
    if own:
        await asyncio.wait(own)
    for task in own:
        if not task.cancelled():
            task.exception()  # asyncio logs an exception that nothing has retrieved
