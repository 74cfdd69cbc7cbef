"""Every form of an async method works in the blocking twin that is derived from it."""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
from collections.abc import Iterator

import pytest

from qovery_async import AsyncQovery
from qovery_sync import Qovery
from tests.support.server import PROJECT, Answer, in_thread, serve
from tests.twins.qovery_async import fleet as asynchronous
from tests.twins.qovery_async.fleet import Voyage
from tests.twins.qovery_sync.fleet import Flagship, Fleet, Projects, Ship, Watch


class Mounted(Qovery):
    """A client with the capability."""

    @property
    def fleet(self) -> Fleet:
        return Fleet(asynchronous.Fleet(self._async._core), self._portal)


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with Mounted("x") as client:
        yield client.fleet


def here() -> str:
    return threading.current_thread().name


class TestCalls:
    def test_a_coroutine_is_a_blocking_call(self, fleet: Fleet) -> None:
        assert fleet.ship("Ajax").sail("Brest") == "Ajax to Brest"

    def test_a_namespace_can_be_called_itself(self, fleet: Fleet) -> None:
        assert isinstance(fleet("Hood"), Ship)
        assert fleet("Flying Dutchman") is None

    def test_pure_functions_properties_and_values_pass(self, fleet: Fleet) -> None:
        assert (fleet.flag, fleet.ship("Ajax").label(), fleet.ship("Ajax").name) == ("blue", "<Ajax>", "Ajax")

    def test_a_nested_namespace_is_made_once(self, fleet: Fleet) -> None:
        assert fleet.harbour is fleet.harbour
        assert fleet.harbour.depth() == 12.5

    def test_models_come_as_they_are(self) -> None:
        with in_thread(serve(Answer(PROJECT))) as server, Mounted("x", base_url=server.url) as client:
            assert client.fleet.project("p1").name == "shop"

    def test_a_subclass_of_a_generated_namespace_has_both_methods(self) -> None:
        with (
            in_thread(serve(Answer({"results": [PROJECT]}))) as server,
            Qovery("x", base_url=server.url, organization_id="o1") as client,
        ):
            projects = Projects(asynchronous.Projects(client._async._core), client._portal)
            assert projects.names() == ["shop"]
            assert [project.name for project in projects.list()] == ["shop"]

    def test_overloads_share_one_implementation(self, fleet: Fleet) -> None:
        assert isinstance(fleet.first(["Ajax"]), Ship)
        assert fleet.first([], 7) == 7

    def test_names_documentation_and_signatures_are_kept(self) -> None:
        assert Fleet.map.__doc__ == asynchronous.Fleet.map.__doc__
        assert Ship.sail.__doc__ == 'Sail, as in `ship.sail("Brest")`.'
        assert Ship.name.__doc__ == "The name on the bow."
        assert inspect.signature(Fleet.by_name).parameters.keys() == {"self", "names", "prefix"}


class TestLiveResults:
    """What has methods that ask comes back as its twin, wherever it is."""

    def test_alone_in_lists_mappings_and_as_values(self, fleet: Fleet) -> None:
        assert [type(ship) for ship in fleet.list()] == [Ship, Flagship]
        assert {name: type(ship) for name, ship in fleet.by_name("a", "b").items()} == {"a": Ship, "b": Ship}
        assert fleet.admiral.signal("N") == "Victory: N"

    def test_of_the_same_kind_as_the_object_itself(self, fleet: Fleet) -> None:
        flagship = fleet.admiral.renamed("Dreadnought")
        assert type(flagship) is Flagship
        assert flagship.signal("D") == "Dreadnought: D"

    def test_go_back_in_as_what_they_are(self, fleet: Fleet) -> None:
        ajax, hector = fleet.ship("Ajax"), fleet.ship("Hector")
        met = ajax.meet([hector])
        assert met == [ajax, hector]
        assert met[0] is ajax
        assert fleet.convoy({ajax: "lead", hector: "rear"}) == ["Ajax: lead", "Hector: rear"]

    def test_are_shown_as_their_originals_are(self, fleet: Fleet) -> None:
        assert repr(fleet.ship("Ajax")) == "<Ship>"


class TestStreams:
    def test_an_async_generator_is_an_iterator(self, fleet: Fleet) -> None:
        assert list(fleet.count(3)) == [0, 1, 2]

    def test_pages_come_item_by_item(self, fleet: Fleet) -> None:
        assert list(fleet.pages()) == ["a", "b", "c"]

    def test_live_items_are_twins_and_functions_are_told_in_this_thread(self, fleet: Fleet) -> None:
        told: list[tuple[str, str]] = []
        ships = list(fleet.sightings(on_sight=lambda ship: told.append((here(), ship.sail("Brest")))))
        assert [ship.name for ship in ships] == ["Ajax", "Hector"]
        assert told == [(here(), "Ajax to Brest"), (here(), "Hector to Brest")]


class TestContexts:
    """They are entered and left in one task, as cancel scopes need it."""

    def test_a_decorated_generator(self, fleet: Fleet) -> None:
        ajax = fleet.ship("Ajax")
        with fleet.anchored(ajax) as ship:
            assert ship == ajax
            assert ship.sail("Brest") == "Ajax to Brest"

    def test_a_function_that_gives_a_context_manager(self, fleet: Fleet) -> None:
        with fleet.docked(fleet.ship("Ajax")) as text:
            assert text == "Ajax docked"

    def test_an_object_that_is_entered_itself(self, fleet: Fleet) -> None:
        watch = fleet.watch(2)
        with watch as entered:
            assert isinstance(entered, Watch)
            assert entered is watch
            assert list(entered) == ["line 0", "line 1"]
            assert entered.say("hello") == "HELLO"
            assert not watch.ended
        assert watch.ended

    def test_an_error_inside_ends_it(self, fleet: Fleet) -> None:
        watch = fleet.watch()
        with contextlib.suppress(LookupError), watch:
            raise LookupError
        assert watch.ended


class TestFunctions:
    def test_a_blocking_method_is_found_by_its_original_and_the_batch_crosses_once(
        self, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        crossings: list[object] = []
        portal = fleet._portal
        call = portal.call
        monkeypatch.setattr(portal, "call", lambda *args, **kwargs: crossings.append(args) or call(*args, **kwargs))
        ports = [f"port {number}" for number in range(40)]
        assert fleet.map(fleet.ship("Ajax").sail, ports) == [Voyage(port, f"Ajax to {port}") for port in ports]
        assert fleet.map(functools.partial(fleet.ship("Hood").sail, to="Brest"), []) == []
        assert crossings == []

    def test_live_objects_change_faces_on_the_way_into_such_a_method_and_out_of_it(self, fleet: Fleet) -> None:
        hector = fleet.ship("Hector")
        (voyage,) = fleet.map(fleet.ship("Ajax").meet, [[hector]])
        assert [type(ship) for ship in voyage.result] == [Ship, Ship]
        assert voyage.result[1] == hector

    def test_a_function_of_the_user_runs_in_this_thread_and_may_call_the_client(self, fleet: Fleet) -> None:
        voyages = fleet.map(lambda name: (here(), fleet.ship(name).sail("Brest")), ["Ajax", "Hood"])
        assert [voyage.result for voyage in voyages] == [(here(), "Ajax to Brest"), (here(), "Hood to Brest")]

    def test_live_objects_that_it_returns_pass_through_or_reach_the_async_side_as_its_own(self, fleet: Fleet) -> None:
        (voyage,) = fleet.map(fleet.ship, ["Ajax"])
        assert type(voyage.result) is Ship
        (voyage,) = fleet.map(lambda ship: ship, [fleet.ship("Hood")])
        assert (type(voyage.item), type(voyage.result)) == (Ship, Ship)
        assert fleet.flag_all(lambda name: fleet.ship(name.title()), ["ajax"]) == ["<Ajax>"]

    def test_what_it_raises_reaches_the_caller(self, fleet: Fleet) -> None:
        def refuse(name: str) -> None:
            raise LookupError(name)

        with pytest.RaisesGroup(pytest.RaisesExc(LookupError, match="Ajax")):
            fleet.map(refuse, ["Ajax"])

    def test_items_are_taken_from_a_generator_in_this_thread(self, fleet: Fleet) -> None:
        threads: list[str] = []

        def names() -> Iterator[str]:
            for name in ("Ajax", "Hood"):
                threads.append(here())
                yield fleet.ship(name).sail("Brest")

        assert [voyage.item for voyage in fleet.map(len, names())] == ["Ajax to Brest", "Hood to Brest"]
        assert threads == [here(), here()]


@pytest.mark.anyio
async def test_the_async_original_works_alike() -> None:
    async with AsyncQovery("x") as client:
        fleet = asynchronous.Fleet(client._core)
        ships = await fleet.list()
        assert [voyage.result for voyage in await fleet.map(ships[0].sail, ["Brest"])] == ["Ajax to Brest"]
        assert [ship.name async for ship in fleet.sightings()] == ["Ajax", "Hector"]
        async with fleet.anchored("Ajax") as ship:
            assert ship.name == "Ajax"
