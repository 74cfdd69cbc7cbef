"""Does docs/compare.md have the rules that hold?"""

from __future__ import annotations

import re

from qovery_async.environments.document import FORMAT
from qovery_async.environments.rules import FREE, IGNORED, MATCHED, SETS
from tests.environments.test_exports import PARTS
from tests.support import ROOT

TEXT = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")


def rows(title: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    section = TEXT.partition(f"\n{title}\n")[2].partition("\n#")[0]
    found = [line.strip("| \n").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return found[2:]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_every_key_that_is_left_out_is_in_the_table_with_a_reason() -> None:
    table = [(name, why) for keys, why in rows("## What is left out") for name in names(keys)]
    assert sorted(name for name, _ in table) == sorted(IGNORED)
    assert all(why for _, why in table)
    assert all(IGNORED.values())


def test_what_belongs_together_is_in_the_table() -> None:
    told = {
        entries: [names(way) for way in by.split(";")[0].split(", else ")]
        for entries, by in rows("## What belongs together")
    }
    told["services.variables"] = told.pop("variables of a service")
    assert told.pop("any other list of objects") == [["name"], ["key"]]
    assert told == {entries: [[*way] for way in ways] for entries, ways in MATCHED.items()}


def test_the_parts_of_each_kind_are_in_the_table() -> None:
    told = {kind: set(names(parts)) for kinds, parts in rows("## The document") for kind in kinds.split(", ")}
    assert told == PARTS


def test_lists_without_order_and_what_is_the_users_are_named() -> None:
    after = TEXT.partition("The order of entries means nothing")[2].partition("The order of arguments")[0]
    assert set(names(after)) == SETS
    free = TEXT.partition("Nothing is left out of")[2]
    assert set(names(free)) == FREE
    assert f'"format": {FORMAT}' in TEXT
