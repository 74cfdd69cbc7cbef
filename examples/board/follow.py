"""How do streams keep the picture up to date, and how few are enough?

One for each environment, for its deployments, and one for each cluster, for what runs in all environments there. The
inventory is taken again every few minutes, and soon after the streams hint that something was created or deleted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

from picture import Picture

from qovery_async import (
    AsyncQovery,
    Inventory,
    InventoryEnvironment,
    QoveryError,
    ResponseEvent,
    RetryEvent,
    models,
)

SHORTEST, LONGEST = 1.0, 120.0
"""Seconds until a stream that has ended is opened again; they double while it ends soon."""
HINTS = 2.0
"""Seconds from a hint to the inventory, so that several count as one; they double while hints lead to nothing new."""

FOLLOWED = {"streams.deployment_status": "environment", "streams.service_status": "cluster"}
"""By operation, the parameter of the handshake that says what is followed."""

Choose = Callable[[Inventory], Sequence[InventoryEnvironment]]


class Follower:
    """Follows an organization: first `look`, which raises if that is not possible, then `run`."""

    def __init__(self, picture: Picture, choose: Choose, every: float) -> None:
        self._picture = picture
        self._choose = choose
        self._every = every
        self._hint = asyncio.Event()
        self._heard: set[str] = set()
        """The ids whose streams have told a state before."""
        self._known: set[str] = set()
        """The ids of the last inventory."""
        self._streams: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {}
        """What follows each environment and each cluster, by its id."""

    async def look(self, client: AsyncQovery) -> bool:
        """Take the inventory. Returns whether there is anything else in it than before."""
        try:
            inventory = await client.inventory()
        except ExceptionGroup as failed:  # of requests that were sent at once
            raise failed.exceptions[0] from None
        chosen = self._choose(inventory)
        self._picture.arrange(inventory, chosen)
        total = len(inventory.environments)
        left_out = f"{len(chosen)} of {total} environments are shown" if len(chosen) < total else None
        self._picture.note("left out", left_out)
        self._streams = {one.id: partial(self._deployments, client, one) for one in chosen}
        clusters = {one.cluster.id for one in chosen if one.cluster}
        self._streams |= {id_: partial(self._running, client, id_) for id_ in clusters}
        before, self._known = self._known, {one.id for one in (*inventory.environments, *inventory.services)}
        return self._known != before

    async def run(self, client: AsyncQovery) -> None:
        """Follow until cancelled."""
        tasks: dict[str, asyncio.Task[None]] = {}
        pause = HINTS
        async with asyncio.TaskGroup() as group:
            while True:
                for id_ in tasks.keys() - self._streams.keys():
                    tasks.pop(id_).cancel()
                for id_ in self._streams.keys() - tasks.keys():
                    tasks[id_] = group.create_task(self._streams[id_]())
                try:
                    async with asyncio.timeout(self._every):
                        await self._hint.wait()
                    await asyncio.sleep(pause)
                except TimeoutError:
                    pass
                self._hint.clear()
                try:
                    pause = HINTS if await self.look(client) else min(2 * pause, self._every)
                    self._picture.note("inventory", None)
                except QoveryError as error:
                    self._picture.note("inventory", f"What is new is not known: {_brief(error)}")

    def retrying(self, event: RetryEvent) -> None:
        """A hook of the client: a stream is lost, and will be opened again."""
        if (id_ := _followed(event)) is not None:
            self._picture.lost(id_, event.reason)

    def responded(self, event: ResponseEvent) -> None:
        """A hook of the client: a stream is open again. If the state is what it was, no item comes."""
        id_ = _followed(event)
        if event.status == 101 and id_ is not None and id_ in self._heard:
            self._picture.found(id_)

    async def _deployments(self, client: AsyncQovery, environment: InventoryEnvironment) -> None:
        def tell(frame: object) -> None:
            if isinstance(frame, models.EnvironmentStatusesWithStages):  # an unknown frame is given as it came
                self._heard.add(environment.id)
                self._picture.deploys(environment.id, frame)

        async def follow() -> bool:
            async with client.streams.deployment_status(environment.id, project_id=environment.project.id) as stream:
                async for status in stream:
                    tell(status)
            return True

        await self._for_ever(environment.id, follow)

    async def _running(self, client: AsyncQovery, cluster: str) -> None:
        named: set[str] | None = None

        def tell(frame: object) -> None:
            nonlocal named
            if isinstance(frame, models.RunningStatuses):
                self._heard.add(cluster)
                self._picture.found(cluster)
                before, named = named, {id_ for one in frame.environments for id_ in self._picture.runs(one)}
                if before not in (None, named):
                    self._hint.set()

        async def follow() -> bool:
            async with client.streams.service_statuses(cluster) as stream:
                async for statuses in stream:
                    tell(statuses)
            return named is not None  # without an agent, a cluster ends the stream and never had data

        await self._for_ever(cluster, follow)

    async def _for_ever(self, id_: str, follow: Callable[[], Awaitable[bool]]) -> None:
        """The client opens a lost connection again by itself. This is for a stream that ends, or that it gives up."""
        pause = SHORTEST
        while True:
            began = monotonic()
            try:
                if await follow():
                    self._picture.lost(id_, "the stream has ended")
            except QoveryError as error:
                self._picture.lost(id_, _brief(error))
            if monotonic() - began > LONGEST:
                pause = SHORTEST
            if pause == SHORTEST:
                self._hint.set()  # what it follows may be gone
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST)


def _followed(event: RetryEvent | ResponseEvent) -> str | None:
    """The id of what a stream follows; None for any other request."""
    name = FOLLOWED.get(event.operation)
    return None if name is None else parse_qs(urlsplit(event.url).query)[name][0]


def _brief(error: QoveryError) -> str:
    return str(error).partition("\n")[0][:300]
