"""Does the draft for the changelog tell changed bounds, and as breaking only what may break a request?"""

from __future__ import annotations

import pytest

from codegen.changes.draft import changes
from codegen.decisions.named import Operation
from codegen.facts import Body, Bounds, Field, ObjectSchema
from tests.support.small_package import api

SENT = Operation("createThing", "POST", "/thing", [], [], [], body=Body("Thing"), call="things.create")
NONE = Bounds()


def draft(old: Bounds, new: Bounds, operations: list[Operation]) -> list[str]:
    before, after = (api(operations, {"Thing": ObjectSchema([Field("a", "a", "str", bounds=b)])}) for b in (old, new))
    return changes(before, after)


@pytest.mark.parametrize(
    ("looser", "tighter", "said"),
    [
        (NONE, Bounds(minimum=0), "is now str, minimum 0, was str."),
        (Bounds(minimum=0), Bounds(minimum=1), "is now str, minimum 1, was str, minimum 0."),
        (
            Bounds(exclusive_maximum=2.5),
            Bounds(exclusive_maximum=2),
            "is now str, exclusive_maximum 2, was str, exclusive_maximum 2.5.",
        ),
        (Bounds(max_items=9), Bounds(max_items=8), "is now str, max_items 8, was str, max_items 9."),
        (
            Bounds(min_length=1),
            Bounds(min_length=1, max_length=9),
            "is now str, min_length 1, max_length 9, was str, min_length 1.",
        ),
        (NONE, Bounds(pattern="^a"), "is now str, pattern ^a, was str."),
    ],
)
def test_tighter_ones_break_what_is_sent(looser: Bounds, tighter: Bounds, said: str) -> None:
    line = f"- `Thing`: the field `a` {said}"
    assert draft(looser, tighter, [SENT]) == ["### Breaking", "", line]
    assert draft(looser, tighter, []) == ["### Added and changed", "", line]
    assert draft(tighter, looser, [SENT])[0] == "### Added and changed"
    assert draft(looser, looser, [SENT]) == []


def test_another_pattern_is_not_known_to_be_looser() -> None:
    assert draft(Bounds(pattern="^a"), Bounds(pattern="^b"), [SENT])[0] == "### Breaking"
