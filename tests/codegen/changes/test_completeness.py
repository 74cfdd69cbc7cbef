"""Can two different states of the API give an empty draft? One fact is changed at random, and must be told."""

from __future__ import annotations

import random
from pathlib import Path

import attrs
import pytest

from codegen import facts
from codegen.changes.draft import changes
from codegen.facts import ApiFacts, EnumSchema
from tests.support import older
from tests.support.descriptions import DECISIONS
from tests.support.other_facts import changed, excerpt, places

FACTS = facts.read()
SEEDS = range(30)
TIMES = 8


def draft(before: ApiFacts, after: ApiFacts) -> list[str]:
    return changes(DECISIONS.name(before), DECISIONS.name(after))


def small(die: random.Random) -> ApiFacts:
    """A few operations, their schemas, and one that nothing leads to."""
    kept = excerpt(FACTS, die.sample(FACTS.operations, 4))
    unnamed = dict(list(FACTS.unnamed.items())[:3])
    return attrs.evolve(kept, unnamed=unnamed, schemas={**kept.schemas, "Unused": EnumSchema(["A", "B"])})


@pytest.mark.parametrize("seed", SEEDS)
def test_every_changed_fact_is_told(seed: int) -> None:
    die = random.Random(seed)
    before = small(die)
    assert draft(before, before) == []
    for _ in range(TIMES):
        what, after = changed(before, die)
        assert facts.dump(before) != facts.dump(after), what
        assert draft(before, after), what
        assert draft(after, before), what


@pytest.mark.parametrize("file", older.FILES, ids=lambda file: file.stem)
def test_what_was_different_months_ago_is_told(file: Path) -> None:
    there, back = draft(older.then(file), FACTS), draft(FACTS, older.then(file))
    assert "### Breaking" in there
    for name, schema in facts.read(file).schemas.items():
        if schema != FACTS.schemas.get(name):
            public = DECISIONS.schema_names.names.get(name, DECISIONS.enums.names.get(name, name))
            assert any(f"`{public}`" in line for line in there), name
            assert any(f"`{public}`" in line for line in back), name


def test_the_facts_that_are_changed_are_of_every_kind() -> None:
    """A new kind of fact cannot be forgotten: what is changed is found by looking at the classes."""
    found = {tuple(step for step in path if isinstance(step, str))[-1] for path, _ in places(FACTS)}
    names = "id wire nullable media_type paged tag corrected errors deprecated bounds max_length"
    assert {*names.split()} <= found
