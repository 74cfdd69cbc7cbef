"""What users write with a capability, in both faces: read by type checkers, never run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import assert_type

from tests.twins.qovery_async import fleet as asynchronous
from tests.twins.qovery_async.fleet import Voyage
from tests.twins.qovery_sync.fleet import Flagship, Fleet, Ship, Watch


def length(text: str) -> int:
    return len(text)


def blocking(fleet: Fleet, ship: Ship) -> None:
    assert_type(fleet("Ajax"), Ship | None)
    assert_type(fleet.list(), list[Ship])
    assert_type(fleet.by_name("a"), dict[str, Ship])
    assert_type(fleet.admiral, Flagship)
    assert_type(fleet.admiral.renamed("b"), Flagship)
    assert_type(ship.meet([ship]), list[Ship])
    assert_type(fleet.harbour.depth(), float)
    assert_type(fleet.count(3), Iterator[int])
    assert_type(fleet.sightings(on_sight=lambda seen: print(seen.name)), Iterator[Ship])
    assert_type(fleet.anchored(ship), AbstractContextManager[Ship])
    assert_type(fleet.map(length, ["a"]), list[Voyage[str, int]])
    assert_type(fleet.map(ship.sail, (name for name in "abc")), list[Voyage[str, str]])
    assert_type(fleet.first(["a"]), Ship)
    assert_type(fleet.first(["a"], 7), Ship | int)
    with fleet.watch() as watch:
        assert_type(watch, Watch)
        assert_type(list(watch), list[str])


async def in_the_async_face(fleet: asynchronous.Fleet, ship: asynchronous.Ship) -> None:
    assert_type(await fleet("Ajax"), asynchronous.Ship | None)
    assert_type(await fleet.map(ship.sail, ["a"]), list[Voyage[str, str]])
    async with fleet.watch() as watch:
        assert_type(watch, asynchronous.Watch)


def wrong(fleet: Fleet, ship: Ship) -> None:
    fleet.map(length, [1])  # rejected
    fleet.sightings(on_sight=lambda seen: seen.nmae)  # rejected
    ship.meet(["Ajax"])  # rejected
    fleet.anchored(7)  # rejected
    fleet.ship("Ajax").sial("Brest")  # rejected
