"""Does a name lead to what it means, in as few requests as it needs, and a wrong one to an error that helps?"""

from __future__ import annotations

import pickle
from collections.abc import Generator
from typing import Any

import pytest

import qovery_async
import qovery_sync
from qovery_async import ConfigurationError, FindError, NothingFound, SeveralFound
from qovery_async.emulator import Emulator
from tests.support.both_faces import Script, organization, play
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

LISTS = {
    "project": ["projects.list"],
    "environment": ["projects.list", "organizations.list_environments"],
    "service": ["services.list"],
    "cluster": ["clusters.list"],
}
"""The requests that a name takes."""


def finding(noun: str, *arguments: Any, **named: Any) -> Script:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield getattr(client.find, noun)(*arguments, **named)
        return found

    return script


async def found(ask: Ask, emulator: Emulator, noun: str, name: str) -> Any:
    handle, asked = await play(ask, emulator, finding(noun, name))
    assert asked == LISTS[noun]
    return handle


async def refused(ask: Ask, emulator: Emulator, noun: str, name: str) -> FindError:
    with pytest.raises(FindError) as raised:
        await play(ask, emulator, finding(noun, name))
    return raised.value


@pytest.mark.parametrize(
    ("noun", "name", "shown"),
    [
        ("project", "shop", "ProjectHandle('shop', id="),
        ("environment", "shop/production", "EnvironmentHandle('production', id="),
        ("service", "shop/production/api", "ApplicationHandle('api', id="),
        ("service", "payments/staging/ledger", "ContainerHandle('ledger', id="),
        ("cluster", "development", "ClusterHandle('development', id="),
    ],
)
async def test_a_name_leads_to_a_handle_in_the_fewest_requests(ask: Ask, noun: str, name: str, shown: str) -> None:
    async with Emulator(world="demo") as emulator:
        handle = await found(ask, emulator, noun, name)
        assert repr(handle) == f"{shown}'{handle.id}')"


async def test_a_default_organization_is_looked_up_once_for_all(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any]:
        yield client.find.project("shop")
        yield client.find.cluster("production")

    async with Emulator(world="demo") as emulator:
        _, asked = await play(ask, emulator, script, organization_id=None)
    assert asked == ["organizations.list", "projects.list", "clusters.list"]


async def test_nothing_is_kept_from_one_call_to_the_next(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        before = yield client.find.project("shop")
        yield client.projects.update(before.id, {"name": "store"})
        with pytest.raises(NothingFound):
            yield client.find.project("shop")
        after = yield client.find.project("store")
        return before, after

    async with Emulator(world="demo") as emulator:
        (before, after), asked = await play(ask, emulator, script)
    assert asked.count("projects.list") == 3
    assert (before, before.name, after.name) == (after, "shop", "store")


@pytest.mark.parametrize("name", ["legacy", "tools/legacy", "platform/tools/legacy"])
async def test_the_end_of_a_path_is_enough_if_it_leads_to_one_thing(ask: Ask, name: str) -> None:
    async with Emulator(world="demo") as emulator:
        assert (await found(ask, emulator, "service", name)).name == "legacy"


@pytest.mark.parametrize("name", ["ledger", "LEDGER"])
async def test_the_end_of_several_paths_is_not(ask: Ask, name: str) -> None:
    async with Emulator(world="demo") as emulator:
        error = await refused(ask, emulator, "service", name)
    assert isinstance(error, SeveralFound)
    assert [candidate.partition(" (")[0] for candidate in error.candidates] == [
        "payments/production/ledger", "payments/staging/ledger", "payments/sandbox/ledger",
    ]  # fmt: skip


async def test_several_are_told_with_their_ids(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        error = await refused(ask, emulator, "environment", "staging")
        ids = [e.id for e in emulator.state.every("environment") if e.value["name"] == "staging"]
    assert isinstance(error, SeveralFound)
    assert error.candidates == tuple(
        f"{project}/staging ({id_})" for project, id_ in zip(("shop", "payments", "analytics"), ids, strict=True)
    )
    assert str(error) == (
        "'staging' could be any of 3 environments; give the whole path, or the id, of one: "
        + ", ".join(error.candidates)
    )


@pytest.mark.parametrize(
    ("noun", "name", "near"),
    [
        ("project", "shopp", "'shop'"),
        ("environment", "shop/productoin", "'shop/production'"),
        ("service", "shop/production/apii", "'shop/production/api'"),
        ("service", "Shop/Prodction/storefrnt", "'shop/production/storefront'"),
        ("service", "storefrnt", "'storefront'"),
        ("cluster", "developement", "'development'"),
    ],
)
async def test_the_nearest_spelling_is_told(ask: Ask, noun: str, name: str, near: str) -> None:
    async with Emulator(world="demo") as emulator:
        error = await refused(ask, emulator, noun, name)
        where = organization(emulator)
    assert isinstance(error, NothingFound)
    assert str(error) == f"organization {where} has no {noun} {name!r}; did you mean {near}?"


async def test_without_a_near_spelling_all_are_told_those_of_the_same_place_first(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        error = await refused(ask, emulator, "service", "platform/tools/xxxxxxxx")
    assert error.name == "platform/tools/xxxxxxxx"
    assert len(error.candidates) == 43
    assert {path.rpartition("/")[0] for path in error.candidates[:5]} == {"platform/tools"}
    assert f"; it has {', '.join(error.candidates[:20])}" in str(error)
    assert str(error).endswith(", and 23 more")


async def test_an_empty_organization_has_nothing(ask: Ask) -> None:
    async with Emulator(world="empty") as emulator:
        error = await refused(ask, emulator, "project", "shop")
        assert str(error) == f"organization {organization(emulator)} has no project 'shop'"
    assert error.candidates == ()


@pytest.mark.parametrize("noun", LISTS)
@pytest.mark.parametrize("name", ["", "  ", None, 7, ["shop"]], ids=repr)
async def test_what_is_no_name_is_refused_before_any_request(ask: Ask, noun: str, name: Any) -> None:
    def script(client: Any) -> Generator[Any]:
        with pytest.raises(ConfigurationError, match=rf"find\.{noun} takes a name, an id or an address"):
            yield getattr(client.find, noun)(name)

    async with Emulator(world="empty") as emulator:
        _, asked = await play(ask, emulator, script, organization_id=None)
    assert asked == []


def test_the_errors_can_be_pickled_and_are_public() -> None:
    for kind in (NothingFound, SeveralFound):
        error = kind("it has nothing", name="shop", candidates=["store"])
        error.add_note("while looking")
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.name, again.candidates) == (kind, "it has nothing", "shop", ("store",))
        assert again.__notes__ == ["while looking"]
        assert getattr(qovery_sync, kind.__name__) is getattr(qovery_async, kind.__name__)
        assert issubclass(kind, FindError)
        assert issubclass(kind, qovery_async.QoveryError)
