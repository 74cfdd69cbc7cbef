"""What does a name mean where letters, slashes or ids could make it mean several things?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import FindError, NothingFound, SeveralFound
from tests.support.named_places import NamedPlaces, id_of
from tests.support.server import Ask, serve

pytestmark = pytest.mark.anyio

AN_ID = id_of("something")


async def find(ask: Ask, places: NamedPlaces, noun: str, name: str) -> Any:
    async with serve(places) as server:
        return await ask(server.url, lambda client: getattr(client.find, noun)(name), organization_id="o1")


async def refusal(ask: Ask, places: NamedPlaces, noun: str, name: str) -> FindError:
    with pytest.raises(FindError) as raised:
        await find(ask, places, noun, name)
    return raised.value


@pytest.mark.parametrize("name", ["Shop", "SHOP", "shop"])
async def test_other_letters_are_enough_for_the_only_one(ask: Ask, name: str) -> None:
    assert (await find(ask, NamedPlaces(("Shop", "a", "b")), "project", name)).id == id_of("Shop")


async def test_an_exact_spelling_wins_over_others(ask: Ask) -> None:
    places = NamedPlaces(("shop", "a", "b"), ("Shop", "a", "b"))
    assert (await find(ask, places, "project", "Shop")).id == id_of("Shop")
    assert (await find(ask, places, "project", "shop")).id == id_of("shop")
    error = await refusal(ask, places, "project", "SHOP")
    assert isinstance(error, SeveralFound)
    assert error.candidates == (f"shop ({id_of('shop')})", f"Shop ({id_of('Shop')})")


async def test_names_with_slashes_are_found_by_their_paths_and_alone(ask: Ask) -> None:
    places = NamedPlaces(("shop/eu", "production", "web/api"), ("shop", "staging", "api"))
    wanted = id_of("shop/eu", "production", "web/api")
    for name in ("shop/eu/production/web/api", "production/web/api", "web/api"):
        assert (await find(ask, places, "service", name)).id == wanted
    assert (await find(ask, places, "project", "shop/eu")).id == id_of("shop/eu")
    assert (await find(ask, places, "environment", "shop/eu/production")).id == id_of("shop/eu", "production")


async def test_a_whole_path_wins_over_the_end_of_another(ask: Ask) -> None:
    places = NamedPlaces(("shop", "production", "api"), ("other", "shop", "production/api"))
    assert (await find(ask, places, "service", "shop/production/api")).id == id_of("shop", "production", "api")


async def test_two_readings_of_a_path_are_several(ask: Ask) -> None:
    places = NamedPlaces(("a/b", "c", "d"), ("a", "b/c", "d"))
    error = await refusal(ask, places, "service", "a/b/c/d")
    assert isinstance(error, SeveralFound)
    assert error.candidates == (f"a/b/c/d ({id_of('a/b', 'c', 'd')})", f"a/b/c/d ({id_of('a', 'b/c', 'd')})")
    assert (await find(ask, places, "service", id_of("a", "b/c", "d"))).id == id_of("a", "b/c", "d")


async def test_a_name_that_looks_like_an_id_is_an_id_first(ask: Ask) -> None:
    places = NamedPlaces(("something", "a", "b"), (AN_ID, "a", "b"))
    assert (await find(ask, places, "project", AN_ID)).name == "something"
    assert (await find(ask, places, "project", AN_ID.upper())).name == "something"
    assert (await find(ask, NamedPlaces((AN_ID, "a", "b")), "project", AN_ID)).name == AN_ID


async def test_the_id_of_something_else_is_told_as_such(ask: Ask) -> None:
    places = NamedPlaces(("shop", "production", "api"))
    error = await refusal(ask, places, "service", id_of("shop"))
    assert isinstance(error, NothingFound)
    assert str(error) == f"organization o1 has no service '{id_of('shop')}': this is the id of the project shop"
    error = await refusal(ask, places, "project", id_of("shop", "production", "api"))
    assert str(error).endswith(": this is the id of the service shop/production/api")


async def test_what_a_terminal_would_obey_is_not_told(ask: Ask) -> None:
    places = NamedPlaces(("\x1b[2Jshop", "a", "b"))
    error = await refusal(ask, places, "project", "\x1b[2Jxyz\n")
    assert "\x1b" not in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("noun", ["project", "environment", "service", "cluster"])
async def test_an_id_that_leads_nowhere_asks_for_each_list_once(ask: Ask, noun: str) -> None:
    async with serve(NamedPlaces(("shop", "production", "api"))) as server:
        with pytest.raises(NothingFound):
            await ask(server.url, lambda client: getattr(client.find, noun)(AN_ID), organization_id="o1")
        assert sorted(server.paths) == [
            f"/organization/o1/{name}" for name in ("cluster", "environments", "project", "services")
        ]
