"""Does any change of one setting show as exactly that change?"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from qovery_async import EnvironmentDocument
from qovery_async.environments.rules import FREE, IGNORED, MATCHED, ORDERED, PAIRS
from tests.environments.conftest import Place
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

SEED = 20_261_130
KEYS = {key for ways in MATCHED.values() for way in ways for key in way} | {"name", "key"}
"""Keys by which entries are matched: a change of one may be another entry."""
NAMED = {"cluster_id", "registry_id", "git_token_id"}
"""Ids beside a name."""


@attrs.frozen
class Leaf:
    """A value in a document, and where it stands."""

    holder: Any
    key: Any
    path: tuple[str, ...]
    in_list: bool

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    @property
    def is_free(self) -> bool:
        return any(key in FREE for key in self.path[:-1])

    @property
    def is_ignored(self) -> bool:
        ends = {self.path[-1], ".".join(self.path[-2:])}
        return not self.is_free and bool(ends & IGNORED.keys() or any(key in IGNORED for key in self.path[:-1]))


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        inner = (*path, str(key)) if isinstance(value, dict) else path
        if isinstance(item, (dict, list)):
            yield from leaves(item, inner)
        else:
            yield Leaf(value, key, inner, in_list=isinstance(value, list))


def other(value: Any) -> Any:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case _:
            return "x"


async def plain(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(await place.client.environments.export(place.id)))
    return found


@pytest.mark.slow
async def test_each_leaf_is_a_difference_or_has_a_reason(place: Place) -> None:
    document = await plain(place)
    number = len(list(leaves(document)))
    assert number > 400
    counts = dict.fromkeys(("ignored", "masked", "one", "entry"), 0)
    for index in range(number):
        changed = copy.deepcopy(document)
        leaf = list(leaves(changed))[index]
        if leaf.path in (("format",), ("services", "kind"), ("services", "name")):
            continue
        before = leaf.value
        after = leaf.holder[leaf.key] = other(before)
        changes = (await place.client.environments.diff(document, changed)).changes
        if leaf.is_ignored or (leaf.path[-1] in NAMED and leaf.path[-2:] != ("settings", "cluster_id")):
            assert changes == (), leaf.path
            counts["ignored"] += 1
        elif leaf.path[-1] == "value" and leaf.holder.get("aliased_variable"):
            assert changes == ()
        elif isinstance(before, str) and "***" in before:
            assert len(changes) == 1  # what was masked is now another mask, or no mask
            counts["masked"] += 1
        elif (leaf.path[-1] in KEYS and not leaf.is_free) or (leaf.path[-1] in PAIRS and leaf.key == 0):
            assert 1 <= len(changes) <= 2, leaf.path
            counts["entry"] += 1
        else:
            assert len(changes) == 1, (leaf.path, changes)
            change = changes[0]
            if leaf.in_list and leaf.path[-1] not in PAIRS:
                assert (change.path[-1], before in change.a, after in change.b) == (leaf.path[-1], True, True)
            else:
                assert (change.a, change.b) in ((before, after), (None, leaf.value), (before, None)), leaf.path
            counts["one"] += 1
    assert min(counts.values()) > 5, counts


async def test_keys_of_tomorrow_are_compared_at_every_depth(place: Place) -> None:
    document, dice = await plain(place), random.Random(SEED)
    holders = [leaf for leaf in leaves(document) if isinstance(leaf.holder, dict)]
    for leaf in dice.sample(holders, 60):
        if any(key in IGNORED for key in leaf.path[:-1]) or leaf.path == ("format",):
            continue
        leaf.holder["tomorrow"] = {"deep": [1, {"er": True}]}
        changed = copy.deepcopy(document)
        del leaf.holder["tomorrow"]
        (change,) = (await place.client.environments.diff(document, changed)).changes
        assert (change.path[-1], change.a, change.b) == ("tomorrow", None, {"deep": [1, {"er": True}]})


async def test_entries_that_are_gone_are_one_difference_each(place: Place) -> None:
    document = await plain(place)
    lists = [one for one in _lists(document) if one and isinstance(one[0], dict)]
    assert len(lists) > 12
    for index in range(len(lists)):
        changed = copy.deepcopy(document)
        gone = [one for one in _lists(changed) if one and isinstance(one[0], dict)][index].pop(0)
        (change,) = (await place.client.environments.diff(document, changed)).changes
        assert change.path[-1].startswith("["), gone
        assert change.a is not None
        assert change.b is None


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _lists(item)


async def test_the_order_of_services_variables_and_other_entries_means_nothing(place: Place) -> None:
    document, dice = await plain(place), random.Random(SEED)
    for _ in range(50):
        changed = copy.deepcopy(document)
        for entries in _lists({key: item for key, item in changed.items() if key not in ORDERED}):
            if entries and isinstance(entries[0], dict):
                dice.shuffle(entries)
        assert not await place.client.environments.diff(document, changed)


async def test_random_changes_in_the_world_are_exactly_what_is_told(ask: Ask, place: Place) -> None:
    dice = random.Random(SEED)
    before: EnvironmentDocument = await place.client.environments.export(place.id)
    for _ in range(12):
        entity = place.emulator.state.find(dice.choice(list(place.services.values())))
        assert entity is not None
        old = entity.value
        kept = {*IGNORED, *(end.removeprefix("settings.") for end in IGNORED), *NAMED, "name", "job_type", "mcp"}
        key = dice.choice([key for key, item in old.items() if key not in kept and not isinstance(item, (dict, list))])
        entity.value = {**old, key: other(old[key])} if isinstance(old[key], (bool, int)) else {**old, key: "else"}
        diff = await ask(
            place.emulator.url,
            lambda client: client.environments.diff(before, client.environment(place.id)),
            token=place.emulator.token,
        )
        found = [(change.path[2:], change.a, change.b) for change in diff.changes]
        assert found == [(("settings", key), old[key], entity.value[key])]
        entity.value = old


async def test_an_environment_does_not_differ_from_itself(ask: Ask, place: Place) -> None:
    diff = await ask(
        place.emulator.url, lambda client: client.environments.diff(place.id, place.id), token=place.emulator.token
    )
    assert diff.changes == ()
