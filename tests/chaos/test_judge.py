"""Does the judge of the chaos run see what must not be? Asked with rows written by hand."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from chaos.journal import OK, Row
from chaos.judge import Judge
from chaos.proxy import call_of, tag_of

NOTHING: dict[str, Any] = {"garbled": {}, "effects": {}, "arrivals": {}, "labels": {"webhook": []}}
CREATED = Row(
    call=1,
    face="async",
    worker="w00",
    operation="webhooks.create",
    verb="create",
    kind="webhook",
    key="w00-1",
    timeout=3.0,
    elapsed=0.1,
    outcome=OK,
    late=0.0,
    seen="w00-1.1",
)
UPDATED = attrs.evolve(CREATED, call=2, operation="webhooks.update", verb="update", seen="w00-1.2")
GOT = attrs.evolve(CREATED, call=3, operation="webhooks.get", verb="get", seen="w00-1.2")
DELETED = attrs.evolve(CREATED, call=4, operation="webhooks.delete", verb="delete", seen=None)
LOST = {"outcome": "RequestTimeout", "seen": None}


def judged(*rows: Row, left: tuple[str, ...] = (), **report: Any) -> list[str]:
    """What the judge finds wrong, where the first call was a POST that took effect once."""
    facts = {**NOTHING, "effects": {"1": 1}, "labels": {"webhook": left}, **report}
    judge = Judge(facts, tolerance=0.5)
    judge.check(rows)
    return judge.violations


def test_what_ends_as_it_must_is_left_alone() -> None:
    assert not judged(CREATED, UPDATED, GOT, left=("w00-1.2",))
    assert not judged(CREATED, UPDATED, DELETED)


@pytest.mark.parametrize("left", [(), ("w00-1.1",), ("w00-1.2",)])
def test_a_write_that_was_lost_may_have_taken_effect_or_not(left: tuple[str, ...]) -> None:
    lost = attrs.evolve(DELETED, call=5, **LOST)
    assert not judged(CREATED, attrs.evolve(UPDATED, **LOST), lost, left=left)


def test_wrong_answers_are_seen() -> None:
    assert judged(CREATED, attrs.evolve(GOT, seen="w00-1.7"), left=("w00-1.1",))
    assert judged(attrs.evolve(CREATED, seen=None), left=("w00-1.1",))
    assert judged(CREATED, attrs.evolve(GOT, outcome="NotFound", status=404, seen=None), left=("w00-1.1",))
    assert judged(attrs.evolve(CREATED, outcome="Conflict", status=409, seen=None), left=("w00-1.1",))


def test_a_list_must_hold_what_there_is_and_nothing_else() -> None:
    listed = attrs.evolve(GOT, operation="projects.list", verb="list")
    assert not judged(CREATED, attrs.evolve(listed, seen=["home", "w00-1.1"]), left=("w00-1.1",))
    assert judged(CREATED, attrs.evolve(listed, seen=["home"]), left=("w00-1.1",))
    assert judged(CREATED, attrs.evolve(listed, seen=["w00-1.1", "w00-9.9"]), left=("w00-1.1",))


def test_what_was_done_twice_is_seen() -> None:
    assert judged(CREATED, left=("w00-1.1",), effects={"1": 2})
    assert judged(CREATED, left=("w00-1.1", "w00-1.1"))


def test_what_was_not_done_is_seen() -> None:
    assert judged(CREATED, left=("w00-1.1",), effects={})
    assert judged(CREATED, UPDATED, left=("w00-1.1",))
    assert judged(CREATED, DELETED, left=("w00-1.1",))


def test_nothing_that_was_not_sent_takes_effect() -> None:
    refused = attrs.evolve(CREATED, outcome="ConnectError", seen=None)
    assert judged(refused, left=("w00-1.1",))
    assert not judged(refused, effects={})


def test_lateness_and_foreign_errors_are_seen() -> None:
    assert judged(attrs.evolve(CREATED, late=0.6), left=("w00-1.1",))
    assert judged(attrs.evolve(CREATED, outcome="KeyError", typed=False, seen=None), left=("w00-1.1",))


def test_of_garbled_calls_only_the_end_is_asked() -> None:
    garbled = {"3": ["down"]}
    wrong = attrs.evolve(GOT, seen="x")
    assert not judged(CREATED, UPDATED, wrong, left=("w00-1.2",), garbled=garbled)
    assert judged(CREATED, UPDATED, attrs.evolve(wrong, late=9.0), left=("w00-1.2",), garbled=garbled)
    assert judged(CREATED, left=("w00-1.1",), effects={"1": 2}, garbled={"1": ["up"]})


def test_a_garbled_write_leaves_anything_until_the_next_one() -> None:
    garbled = {"2": ["up"]}
    assert not judged(CREATED, UPDATED, left=("w00-1.X",), garbled=garbled)
    again = attrs.evolve(UPDATED, call=5, seen="w00-1.5")
    assert judged(CREATED, UPDATED, again, left=("w00-1.2",), garbled=garbled)


def test_tags_are_known_from_garbled_ones() -> None:
    tag = tag_of(1234)
    assert call_of(tag) == 1234
    assert call_of(tag.replace("3", "7", 1)) is None
    assert call_of("") is None
