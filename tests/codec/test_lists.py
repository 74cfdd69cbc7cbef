"""Which list of a response is taken, and what is noted of it? Called directly: test_envelopes.py has it over sockets."""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import OpenEnum, models
from qovery_async.codec.envelope import find
from qovery_async.codec.repair import Problem, Repair

ITEM = {"id": "p1"}
OBJECT, LIST = "expected an object with 'projects'", "expected a list"
LONGEST = "k" * 40


def found(value: Any, key: str = "projects", item: object = models.Project) -> tuple[Any, str, list[Problem]]:
    """The list, its path, and what is noted."""
    repair = Repair()
    items, path = find(value, key, item, ("page", "links"), repair)
    assert [*repair.problems] == [problem.place for problem in repair.problems.values()]
    return items, path, [*repair.problems.values()]


@pytest.mark.parametrize(
    ("value", "key", "path", "what", "done"),
    [
        ([ITEM], "projects", "", f"{OBJECT}, got a list", "read as that list"),
        ({"items": [ITEM]}, "projects", "items", f"{OBJECT}, got one with 'items'", "read as the list"),
        ({"items": [ITEM], "n": 1, "tags": ["a"]}, "projects", "items", f"{OBJECT}, got one with 'items'", "read as the list"),
        ({"page": [ITEM], "items": [ITEM]}, "projects", "items", f"{OBJECT}, got one with 'items'", "read as the list"),
        ({"projects": None, "items": [ITEM]}, "projects", "items", f"{OBJECT}, got one with 'items'", "read as the list"),
        ({LONGEST: [ITEM]}, "projects", LONGEST, f"{OBJECT}, got one with '{LONGEST}'", "read as the list"),
        ({f"{LONGEST}k": [ITEM]}, "projects", "", f"{OBJECT}, got one with another key", "read as the list"),
        ({"results": [ITEM], "items": [ITEM]}, "", "results", f"{LIST}, got one with 'results'", "read as the list"),
        ({"items": [ITEM]}, "", "items", f"{LIST}, got one with 'items'", "read as the list"),
    ],
)  # fmt: skip
def test_it_is_taken_where_it_cannot_be_mistaken(value: Any, key: str, path: str, what: str, done: str) -> None:
    assert found(value, key) == ([ITEM], path, [Problem("", key or "results", what, done)])


@pytest.mark.parametrize(
    ("value", "key", "what"),
    [
        ("text", "projects", f"{OBJECT}, got 'text'"),
        (None, "projects", f"{OBJECT}, got null"),
        (5, "", f"{LIST}, got 5"),
        ({"projects": {}, "items": [ITEM]}, "projects", f"{OBJECT} that is a list, got an object"),
        ({"projects": 0}, "projects", f"{OBJECT} that is a list, got 0"),
        ({"a": [ITEM], "b": []}, "projects", f"{OBJECT}, got an object with 2 lists that could be meant"),
        ({"projects": None, "a": [], "b": []}, "projects", f"{OBJECT}, got an object with 2 lists that could be meant"),
        ({"n": 1}, "projects", f"{OBJECT}, got an object with no lists that could be meant"),
        ({"tags": ["a"]}, "projects", f"{OBJECT}, got an object with no lists that could be meant"),
        ({"data": {"projects": []}}, "projects", f"{OBJECT}, got an object with no lists that could be meant"),
        ({}, "", f"{LIST}, got an object with no lists that could be meant"),
        ({"results": None}, "", f"{LIST}, got an object with no lists that could be meant"),
        ({"results": {}}, "", f"{LIST}, got an object with no lists that could be meant"),
    ],
)
def test_none_is_taken_where_any_may_be_wrong(value: Any, key: str, what: str) -> None:
    assert found(value, key) == ([], "", [Problem("", "", what, "")])


@pytest.mark.parametrize("value", [{}, {"projects": None}, {"page": 1, "links": {}}, {"projects": None, "total": 0}])
def test_it_may_be_left_out(value: Any) -> None:
    assert found(value) == ([], "", [])


class Colour(OpenEnum):
    RED = "RED"


@pytest.mark.parametrize("item", [str, Colour])
def test_one_of_strings_is_told_from_one_of_objects(item: type) -> None:
    assert found({"a": ["RED"], "b": [ITEM]}, item=item)[:2] == (["RED"], "a")
    assert found({"a": ["RED"], "b": [ITEM]})[:2] == ([ITEM], "b")
    assert found({"a": ["RED", 5]}, item=item)[0] == []
    assert found({"a": [ITEM, "RED"]}, item=models.Project | None)[0] == []
