"""A capability whose forms are less common: generics, objects that hold live ones, aliases, other names of imports."""

from __future__ import annotations

import collections.abc
from collections.abc import AsyncIterator as Stream
from collections.abc import Awaitable as Promise
from collections.abc import Callable, Iterable
from contextlib import asynccontextmanager as managed
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, overload

import anyio.lowlevel
import attrs

from qovery_async.progress.reports import BulkProgress, ProgressHook
from qovery_async.runtime.resource import Resource
from tests.twins.qovery_async.fleet import Flagship, Ship, Tell

FIRST = 7

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K", bound=collections.abc.Hashable)
"""For keys of the user, which may be live objects."""

Berths = dict[str, Ship]


class Queue(Generic[T]):
    """A generic live object that iterates over itself."""

    limit: ClassVar[int] = 3

    def __init__(self, items: Iterable[T]) -> None:
        self._left = list(items)

    def __aiter__(self) -> Self:
        """Take what is left."""
        return self

    async def __anext__(self) -> T:
        await anyio.lowlevel.checkpoint()
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop(0)

    def __len__(self) -> int:
        """How many are left."""
        return len(self._left)

    async def first(self) -> T:
        """The next one, which stays."""
        return self._left[0]


class Names(Queue[str]):
    """A live object of a generic class."""

    @property
    def letters(self) -> collections.abc.AsyncIterator[str]:
        """A property that is a stream."""
        return self._letters()

    async def _letters(self) -> Stream[str]:
        for name in self._left:
            yield name[0]


class Signals(Generic[K, T]):
    """A live object that holds others of the user, and gives them back."""

    def __init__(self, kept: collections.abc.Mapping[K, T]) -> None:
        self._kept = kept

    async def __aiter__(self) -> Stream[tuple[K, T]]:
        """Iterate over what is kept."""
        for key, value in self._kept.items():
            yield key, value

    @property
    def by_key(self) -> collections.abc.Mapping[K, str]:
        """What is kept, as strings."""
        return {key: str(value) for key, value in self._kept.items()}


class Lifeboat(Ship):
    """A live object that is entered, of a class that is not."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        self.name = "sunk"


@attrs.frozen
class Berth:
    """A plain object that holds a live one, so it has a twin."""

    number: int
    ship: Ship


class Log:
    """A live object without a coroutine of its own."""

    def __aiter__(self) -> Stream[str]:
        """Read."""
        return self._lines()

    async def _lines(self) -> Stream[str]:
        yield "all well"


class Yard(Resource):
    """A namespace with the less common forms."""

    async def names(self) -> Names:
        """Names in a queue."""
        return Names(["Ajax", "Hood"])

    async def berth(self, *, number: int = FIRST) -> Berth:
        """An object that holds a live one."""
        return Berth(number, Flagship(self._core, "Victory"))

    def log(self) -> Log:
        """A log."""
        return Log()

    def lifeboat(self) -> Lifeboat:
        """A boat to be entered."""
        return Lifeboat(self._core, "afloat")

    async def berths(self, found: Berths) -> Berths:
        """An alias that holds live objects, and a parameter named like a variable."""
        return {name: Ship(self._core, ship.name.upper()) for name, ship in found.items()}

    async def inspect(self, ships: list[Ship], tell: Tell) -> None:
        """Tell of each ship."""
        for ship in ships:
            done = tell(ship)
            if done is not None:
                await done

    async def paint(self, coats: int, progress: ProgressHook | Literal["rich"] | None = None) -> str | None:
        """Tell after each coat: an alias of another module, or a word in place of a function."""
        if not callable(progress):
            return progress
        for number in range(coats):
            done = progress(BulkProgress(number + 1, 0, coats))
            if done is not None:
                await done
        return None

    async def call(self, function: Callable[[T], Promise[R]], item: T) -> R:
        """Call a function with an item."""
        return await function(item)

    async def both(
        self, one: Callable[[str], Promise[str]], other: Callable[[Ship], Promise[str]] | None = None
    ) -> str:
        """Call two functions of different kinds."""
        return await one("a") + (await other(Ship(self._core, "b")) if other else "")

    @overload
    async def build(self, name: str, /) -> Ship: ...
    @overload
    async def build(self, name: str, other: str, /) -> tuple[Ship, Ship]: ...
    async def build(self, *names: str) -> Any:
        """Build one ship or two, by names that are given by place only."""
        ships = [Ship(self._core, name) for name in names]
        return ships[0] if len(ships) == 1 else tuple(ships)

    def signals(self, kept: collections.abc.Mapping[K, T]) -> Signals[K, T]:
        """Keep values by any key."""
        return Signals(kept)

    def colours(self) -> Signals[Ship, str]:
        """Values by live objects, inside a generic class with a twin."""
        return Signals({Ship(self._core, "Ajax"): "red"})

    def later(self, name: str) -> Promise[Ship]:
        """What a plain function gives to be awaited."""

        async def later() -> Ship:
            return Ship(self._core, name)

        return later()

    @managed
    async def dry(self, ship: Ship) -> Stream[Ship]:
        """A ship in the dry dock. Do not await it twice."""
        yield ship

    def marks(self, *names: str, of: str = "", **marks: Any) -> int:
        """A pure function, with keys of any name."""
        return len(names) + len(of) + len(marks)
