"""Generics, holders of live objects, aliases and other names of imports work in the blocking twin too."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from qovery_sync import Qovery
from tests.twins.qovery_async import yard as asynchronous
from tests.twins.qovery_sync.fleet import Flagship, Ship
from tests.twins.qovery_sync.yard import Berth, Lifeboat, Log, Names, Yard


class Mounted(Qovery):
    """A client with the capability."""

    @property
    def yard(self) -> Yard:
        return Yard(asynchronous.Yard(self._async._core), self._portal)


@pytest.fixture
def yard() -> Iterator[Yard]:
    with Mounted("x") as client:
        yield client.yard


class TestObjects:
    def test_that_iterate_over_themselves_are_iterated_over(self, yard: Yard) -> None:
        names = yard.names()
        assert isinstance(names, Names)
        assert (len(names), names.limit, names.first()) == (2, 3, "Ajax")
        assert list(names) == ["Ajax", "Hood"]
        assert len(names) == 0

    def test_without_a_coroutine_of_their_own_are_turned(self, yard: Yard) -> None:
        log = yard.log()
        assert isinstance(log, Log)
        assert list(log) == ["all well"]

    def test_that_hold_live_ones_give_their_twins(self, yard: Yard) -> None:
        berth = yard.berth()
        assert isinstance(berth, Berth)
        assert (berth.number, type(berth.ship)) == (7, Flagship)
        assert berth.ship.sail("Brest") == "Victory to Brest"

    def test_that_are_entered_may_derive_from_one_that_is_not(self, yard: Yard) -> None:
        with yard.lifeboat() as boat:
            assert isinstance(boat, Lifeboat)
            assert boat.sail("Brest") == "afloat to Brest"
        assert boat.name == "sunk"

    def test_that_keep_live_keys_give_their_twins_back(self, yard: Yard) -> None:
        ship = yard.later("Hood")
        signals = yard.signals({ship: 7})
        assert list(signals) == [(ship, 7)]
        assert type(next(iter(signals))[0]) is Ship
        assert signals.by_key == {ship: "7"}
        assert list(yard.signals({"a": 7})) == [("a", 7)]

    def test_of_generic_classes_may_hold_live_ones(self, yard: Yard) -> None:
        ((ship, colour),) = yard.colours()
        assert (type(ship), ship.sail("Brest"), colour) == (Ship, "Ajax to Brest", "red")


class TestMethods:
    def test_a_property_may_be_a_stream(self, yard: Yard) -> None:
        assert list(yard.names().letters) == ["A", "H"]

    def test_what_a_plain_function_gives_to_be_awaited_is_waited_for(self, yard: Yard) -> None:
        assert isinstance(yard.later("Hood"), Ship)

    def test_an_alias_hides_neither_live_objects_nor_functions(self, yard: Yard) -> None:
        ships = yard.berths({"one": yard.later("Ajax")})
        assert [type(ship) for ship in ships.values()] == [Ship]
        told: list[tuple[str, Ship, str]] = []
        yard.inspect(list(ships.values()), lambda ship: told.append((ship.sail("Brest"), ship, here())))
        assert told == [("AJAX to Brest", ships["one"], here())]

    def test_an_alias_of_another_module_may_leave_a_choice_of_words(self, yard: Yard) -> None:
        told: list[tuple[int, str]] = []
        assert yard.paint(2, progress=lambda progress: told.append((progress.done, here()))) is None
        assert told == [(1, here()), (2, here())]
        assert yard.paint(2, progress="rich") == "rich"

    def test_a_function_may_say_what_comes_back(self, yard: Yard) -> None:
        assert yard.call(lambda item: (item, here()), 1) == (1, here())

    def test_several_functions_are_each_called_in_this_thread(self, yard: Yard) -> None:
        assert yard.both(lambda text: text + here(), lambda ship: ship.sail("Brest")) == f"a{here()}b to Brest"
        assert yard.both(str.upper) == "A"

    def test_overloads_by_place_share_one_implementation(self, yard: Yard) -> None:
        assert yard.build("Ajax").name == "Ajax"
        one, other = yard.build("Ajax", "Hood")
        assert (type(one), other.sail("Brest")) == (Ship, "Hood to Brest")
        with pytest.raises(TypeError):
            yard.build(name="Ajax")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]

    def test_a_context_manager_under_another_name_of_its_decorator(self, yard: Yard) -> None:
        with yard.dry(yard.later("Hood")) as ship:
            assert ship.name == "Hood"

    def test_keys_of_any_name_pass(self, yard: Yard) -> None:
        assert yard.marks("a", of="bc", self_=1, names=2) == 5


def test_prose_is_not_taken_for_an_example() -> None:
    assert Yard.dry.__doc__ == "A ship in the dry dock. Do not await it twice."


def here() -> str:
    return threading.current_thread().name
