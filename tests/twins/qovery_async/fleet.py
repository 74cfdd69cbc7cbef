"""A small capability with every form that has a blocking twin."""

from __future__ import annotations

import builtins
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Generic, Self, TypeVar, overload

import anyio
import anyio.lowlevel
import attrs

from qovery_async import models
from qovery_async.resources.projects import Projects as GeneratedProjects
from qovery_async.runtime.core import Core
from qovery_async.runtime.namespace import Namespace
from qovery_async.runtime.pagination import Items
from qovery_async.runtime.resource import Resource

A = TypeVar("A")
R = TypeVar("R")

SLOW = 0.01

Tell = Callable[["Ship"], Awaitable[None] | None]
"""An alias that hides what is awaited, also from another module."""


@attrs.frozen
class Voyage(Generic[A, R]):
    """A plain result: it passes as it is."""

    item: A
    result: R


class Ship(Resource):
    """A live result: it has methods that ask."""

    name: str
    """The name on the bow."""

    def __init__(self, core: Core, name: str) -> None:
        super().__init__(core)
        self.name = name

    async def sail(self, to: str) -> str:
        """Sail, as in `await ship.sail("Brest")`."""
        await anyio.sleep(SLOW)
        return f"{self.name} to {to}"

    async def meet(self, others: Sequence[Ship]) -> list[Ship]:
        """Meet other ships; live objects go in and come out."""
        await anyio.lowlevel.checkpoint()
        return [self, *others]

    async def renamed(self, name: str) -> Self:
        """The same ship under another name."""
        return type(self)(self._core, name)

    def label(self) -> str:
        """A pure function."""
        return f"<{self.name}>"


class Flagship(Ship):
    """A live result of a kind of its own."""

    async def signal(self, flags: str) -> str:
        """Signal to the fleet."""
        return f"{self.name}: {flags}"


class Watch:
    """A live object that is entered, and iterated over while it lasts."""

    ended: bool

    def __init__(self, lines: int) -> None:
        self._lines = lines
        self.ended = False

    async def __aenter__(self) -> Self:
        # It must be left in the task that it was entered in.
        self._scope = anyio.CancelScope()
        self._scope.__enter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        self._scope.__exit__(None, None, None)
        self.ended = True

    async def __aiter__(self) -> AsyncIterator[str]:
        for number in range(self._lines):
            await anyio.lowlevel.checkpoint()
            yield f"line {number}"

    async def say(self, text: str) -> str:
        """Answer while it is open."""
        return text.upper()


class Harbour(Resource):
    """A nested namespace."""

    async def depth(self) -> float:
        """The depth in metres."""
        return 12.5


class Fleet(Resource):
    """A namespace with every form: `await client.fleet("Victory")`."""

    harbour: Namespace[Harbour] = Namespace("Harbour")

    @property
    def flag(self) -> str:
        """A value."""
        return "blue"

    @property
    def admiral(self) -> Flagship:
        """A live value."""
        return Flagship(self._core, "Victory")

    async def __call__(self, name: str) -> Ship | None:
        """Find a ship by its name."""
        return Ship(self._core, name) if name != "Flying Dutchman" else None

    def ship(self, name: str) -> Ship:
        """A ship, without asking."""
        return Ship(self._core, name)

    async def list(self) -> list[Ship]:
        """List the ships; one of them is of a kind of its own."""
        return [Ship(self._core, "Ajax"), Flagship(self._core, "Victory")]

    async def by_name(self, *names: str, prefix: str = "") -> dict[str, Ship]:
        """Ships by their names."""
        return {name: Ship(self._core, prefix + name) for name in names}

    async def project(self, project_id: str) -> models.Project:
        """A model of the API."""
        return await GeneratedProjects(self._core).get(project_id)

    async def count(self, to: int) -> AsyncIterator[int]:
        """Count, by an async generator."""
        for number in range(to):
            await anyio.lowlevel.checkpoint()
            yield number

    def pages(self) -> Items[str]:
        """Items that come in pages."""

        async def pages() -> AsyncIterator[list[str]]:
            yield ["a", "b"]
            yield ["c"]

        return Items(pages)

    def sightings(self, *, on_sight: Tell | None = None) -> AsyncGenerator[Ship]:
        """Ships as they come in sight; the function is called with each first."""

        async def sightings() -> AsyncGenerator[Ship]:
            for name in ("Ajax", "Hector"):
                ship = Ship(self._core, name)
                done = on_sight(ship) if on_sight else None
                if done is not None:
                    await done
                yield ship

        return sightings()

    @asynccontextmanager
    async def anchored(self, ship: Ship | str) -> AsyncGenerator[Ship]:
        """A ship at anchor, by a decorated generator; the scope around it needs one task."""
        with anyio.CancelScope():
            yield ship if isinstance(ship, Ship) else Ship(self._core, ship)

    def watch(self, lines: int = 3) -> Watch:
        """An object that is entered by itself."""
        return Watch(lines)

    def docked(self, ship: Ship) -> AbstractAsyncContextManager[str]:
        """A context manager that a plain function gives."""

        @asynccontextmanager
        async def docked() -> AsyncGenerator[str]:
            yield f"{ship.name} docked"

        return docked()

    async def map(
        self,
        function: Callable[[A], Awaitable[R]],
        items: Iterable[A] | AsyncIterable[A],
        *,
        limit: int = 16,
    ) -> builtins.list[Voyage[A, R]]:
        """Call a function for each item, `limit` at once."""
        limiter = anyio.CapacityLimiter(limit)
        voyages: dict[int, Voyage[A, R]] = {}

        async def one(index: int, item: A) -> None:
            async with limiter:
                voyages[index] = Voyage(item, await function(item))

        async with anyio.create_task_group() as tasks:
            for index, item in enumerate([i async for i in items] if isinstance(items, AsyncIterable) else items):
                tasks.start_soon(one, index, item)
        return [voyages[index] for index in sorted(voyages)]

    async def flag_all(self, choose: Callable[[str], Awaitable[Ship]], names: Sequence[str]) -> builtins.list[str]:
        """The labels of ships that a function chooses: the async side uses what it returns."""
        return [(await choose(name)).label() for name in names]

    @overload
    async def first(self, names: Sequence[str]) -> Ship: ...
    @overload
    async def first(self, names: Sequence[str], default: A) -> Ship | A: ...
    async def first(self, names: Sequence[str], default: Any = None) -> Any:
        """The first of some ships, else the default."""
        return Ship(self._core, names[0]) if names else default

    async def convoy(self, roles: Mapping[Ship, str]) -> builtins.list[str]:
        """Live objects as keys."""
        return [f"{ship.name}: {role}" for ship, role in roles.items()]


class Projects(GeneratedProjects):
    """A subclass of a generated namespace, to be mounted in its place."""

    async def names(self) -> list[str]:
        """The names of all projects."""
        return [project.name for project in await self.list()]
