"""How is an environment followed? By what its stream pushes, and by looks, which alone decide.

A pushed state may be newer or older than what the API shows, so it is only told, and makes the next look come in time.
Without a stream, looks come as `patience` says; with one, they are never more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, cast

import attrs

from qovery_async import models
from qovery_async.deployments import patience
from qovery_async.deployments.snapshot import EnvironmentSnapshot, snapshot_of
from qovery_async.runtime.core import Core
from qovery_async.vocabulary.values import define, frozen

if TYPE_CHECKING:
    from qovery_async.streams.stream import Stream

FRESH = 5.0
"""Seconds after a pushed state in which a look that differs says nothing new: what is listed lags by some three."""


SAVED = 4.0
"""The most looks that are made up for: so few that there are never more of them than without a stream."""


@frozen
class Look:
    """What the API showed, at a time of the loop."""

    now: EnvironmentSnapshot
    at: float
    is_stale: bool
    """A newer state may have been pushed."""


@frozen
class Push:
    """A state that was pushed."""

    now: EnvironmentSnapshot


@frozen
class Logged:
    """A line of the log of the deployment."""

    line: models.EnvironmentLogs


Event = Look | Push | Logged


@define(kw_only=True, eq=False)
class Following:
    """Follows an environment until it is left. `is_near` says of a pushed state that the end may be near."""

    core: Core
    environment_id: str
    names: dict[str, str]
    """Those of services, by id."""
    look: Callable[[], Awaitable[EnvironmentSnapshot]]
    is_near: Callable[[EnvironmentSnapshot], bool]
    at_once: bool = False
    """Whether the first look does not wait."""
    logs: bool = False
    _queue: asyncio.Queue[Event | Exception] = attrs.field(factory=lambda: asyncio.Queue(1), init=False)
    _stream: Stream[models.EnvironmentStatusesWithStages] | None = attrs.field(default=None, init=False)
    _pushed: EnvironmentSnapshot | None = attrs.field(default=None, init=False)
    _pushed_at: float = attrs.field(default=float("-inf"), init=False)
    _saved: float = attrs.field(default=0.0, init=False)
    """How many looks were left out, as far as they can be made up for."""
    _changed: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)
    _is_closed: Callable[[], bool] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._is_closed = self.core.exchange.network.sessions.closed_since_now()

    async def events(self) -> AsyncGenerator[Event]:
        """What happens. It never ends by itself.

        Raises:
            QoveryError: a look failed in a way that does not pass, or looking has failed for too long.
        """
        works: list[Coroutine[Any, Any, None]] = [self._look()]
        if self.core.exchange.streams_are_beside:
            works += [self._push(), self._log()] if self.logs else [self._push()]
        tasks = [asyncio.create_task(work) for work in works]
        try:
            while True:
                event = await self._queue.get()
                if isinstance(event, Exception):
                    raise event
                yield event
                self._queue.task_done()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            looks = patience.looks(self._timed, self._is_closed, at_once=self.at_once, pause=self._pause)
            async with aclosing(looks) as found:
                async for at, now in found:
                    await self._queue.put(Look(now, at, is_stale=loop.time() < self._pushed_at + FRESH))
                    await self._queue.join()  # the next look must not be older than what is made of this one
        except Exception as error:  # noqa: BLE001  # raised where the events are awaited
            await self._queue.put(error)

    async def _timed(self) -> tuple[float, EnvironmentSnapshot]:
        now = await self.look()
        return asyncio.get_running_loop().time(), now

    async def _pause(self, seconds: float) -> None:
        """Waits for the next look: longer while a stream tells that the end is not near, and less once it is.

        Looks that come earlier are those that were saved before.
        """
        if not seconds or not self.core.exchange.streams_are_beside:
            await asyncio.sleep(seconds)
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        while (waited := loop.time() - began) < max(seconds, patience.SLOWEST) and not self._is_closed():
            is_live = self._pushed is not None and self._stream is not None and self._stream.connected
            is_near = self._pushed is not None and self.is_near(self._pushed)
            if waited >= seconds and not (is_live and not is_near):
                break
            if is_live and is_near and self._saved >= 1 and waited >= patience.FIRST:
                self._saved -= 1
                return
            self._changed.clear()
            with suppress(TimeoutError):  # a connection that is lost tells nothing
                async with asyncio.timeout(
                    min(patience.FIRST, seconds - waited) if waited < seconds else patience.FIRST
                ):
                    await self._changed.wait()
        self._saved = min(self._saved + waited / seconds - 1, SAVED)

    async def _push(self) -> None:
        from qovery_async.streams.clusters import Streams

        try:
            self._stream = Streams(self.core).deployment_status(self.environment_id)
            async with self._stream as frames:
                async for frame in frames:
                    pushed = cast("object", frame)  # one that is unknown comes as it is
                    if isinstance(pushed, models.EnvironmentStatusesWithStages):
                        self._pushed = snapshot_of(self.environment_id, pushed, self.names)
                        self._pushed_at = asyncio.get_running_loop().time()
                        self._changed.set()
                        await self._queue.put(Push(self._pushed))
        except Exception as error:  # noqa: BLE001  # looks go on, and are enough
            patience.log.info("States are looked up, since none are pushed: %s", error)
        finally:
            self._pushed = None
            self._changed.set()

    async def _log(self) -> None:
        from qovery_async.streams.clusters import Streams

        try:
            async with Streams(self.core).deployment_logs(self.environment_id) as lines:
                async for line in lines:
                    said = cast("object", line)
                    if isinstance(said, models.EnvironmentLogs):
                        await self._queue.put(Logged(said))
        except Exception as error:  # noqa: BLE001  # the deployment goes on
            patience.log.warning("The log of the deployment cannot be followed, and comes at its end: %s", error)
