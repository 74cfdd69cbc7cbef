"""Does the judge of the chaos run see what must not be? Asked with rows written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
import pytest

from chaos.connection import call_of, tag_of
from chaos.idle import CLOSED
from chaos.journal import CANCELED, EMPTY, OK, Row
from chaos.judge import QUOTA, Judge, Tolerance
from chaos.ledger import UNKNOWN, Event, Facts, What
from chaos.story import stories
from chaos.workers import label_of
from tests.chaos.ledgers import CALLS

TOLERANCE = Tolerance(end=0.5, turn=0.2)
KEY = "w00-webhook-1"


def label(call: int) -> str:
    return label_of(KEY, call)


CREATED = Row(
    call=1,
    face="async",
    worker="w00",
    operation="webhooks.create",
    verb="create",
    kind="webhook",
    key=KEY,
    timeout=3.0,
    began=10.0,
    elapsed=0.1,
    outcome=OK,
    late=0.0,
    seen=label(1),
)
LATER = attrs.evolve(CREATED, began=11.0)
UPDATED = attrs.evolve(LATER, call=2, operation="webhooks.update", verb="update", seen=label(2), id_from=1)
GOT = attrs.evolve(LATER, call=3, operation="webhooks.get", verb="get", seen=label(2), id_from=1)
DELETED = attrs.evolve(LATER, call=4, operation="webhooks.delete", verb="delete", seen=EMPTY, id_from=1)
LISTED = attrs.evolve(LATER, call=6, operation="projects.list", verb="list", key="", seen=[label(1)])
DEPLOYED = attrs.evolve(LATER, call=7, operation="environments.deploy", verb="deploy", kind="", key="", seen=None)
LOST: dict[str, Any] = {"outcome": "RequestTimeout", "seen": None}
MISSING: dict[str, Any] = {"outcome": "NotFound", "status": 404, "seen": None}
TOOK_EFFECT = Event(10.05, 1, "took effect", "POST /webhook 201")


def event(what: What, call: int, detail: str = "") -> Event:
    return Event(11.05, call, what, detail)


def judged(
    *rows: Row,
    left: tuple[str, ...] = (),
    events: Iterable[Event] = (TOOK_EFFECT,),
    logged: tuple[str, ...] = ("webhooks.create", "environments.deploy"),
) -> list[str]:
    """What the judge finds wrong. By default the first call was a POST that took effect once."""
    judge = Judge(Facts.of(events, CALLS, {"webhook": left}), TOLERANCE, logged)
    judge.check(rows)
    return [str(violation) for violation in judge.violations]


def garbled(call: int, where: str = "response") -> list[Event]:
    return [TOOK_EFFECT, event("garbled", call, where)]


def emptied(*calls: int) -> list[Event]:
    return [TOOK_EFFECT, *(event("emptied", call) for call in calls)]


def test_what_ends_as_it_must_is_left_alone() -> None:
    assert not judged(CREATED, UPDATED, GOT, left=(label(2),))
    assert not judged(CREATED, UPDATED, DELETED)


@pytest.mark.parametrize("left", [(), (label(1),), (label(2),)])
def test_a_write_that_was_lost_may_have_taken_effect_or_not(left: tuple[str, ...]) -> None:
    lost = attrs.evolve(DELETED, call=5, **LOST)
    assert not judged(CREATED, attrs.evolve(UPDATED, **LOST), lost, left=left)


def test_wrong_answers_are_seen() -> None:
    assert judged(CREATED, attrs.evolve(GOT, seen=label(7)), left=(label(1),))
    assert judged(attrs.evolve(CREATED, seen=None), left=(label(1),))
    assert judged(CREATED, attrs.evolve(GOT, **MISSING), left=(label(1),))
    assert judged(attrs.evolve(CREATED, outcome="Conflict", status=409, seen=None), left=(label(1),))


def test_a_list_must_hold_what_there_is_and_nothing_else() -> None:
    assert not judged(CREATED, attrs.evolve(LISTED, seen=["home", label(1)]), left=(label(1),))
    assert judged(CREATED, attrs.evolve(LISTED, seen=["home"]), left=(label(1),))
    assert judged(CREATED, attrs.evolve(LISTED, seen=[label(1), label_of("w00-webhook-9", 9)]), left=(label(1),))
    assert judged(CREATED, attrs.evolve(LISTED, seen=[label(1), label(1)]), left=(label(1),))
    assert judged(CREATED, attrs.evolve(LISTED, seen=EMPTY), left=(label(1),))


def test_what_is_gone_is_not_listed_again() -> None:
    assert not judged(CREATED, DELETED, attrs.evolve(LISTED, seen=[]))
    assert judged(CREATED, DELETED, LISTED)
    assert judged(CREATED, attrs.evolve(DELETED, **MISSING), LISTED)


def test_what_was_done_twice_is_seen() -> None:
    assert judged(CREATED, left=(label(1),), events=[TOOK_EFFECT, TOOK_EFFECT])
    assert judged(CREATED, left=(label(1), label(1)))


def test_what_was_not_done_is_seen() -> None:
    assert judged(CREATED, left=(label(1),), events=())
    assert judged(CREATED, UPDATED, left=(label(1),))
    assert judged(CREATED, DELETED, left=(label(1),))


@pytest.mark.parametrize(
    "refusal", [{"outcome": "ConnectError"}, {"status": 429}, {"outcome": "ApiError", "status": 408}]
)
def test_nothing_that_was_refused_takes_effect(refusal: dict[str, Any]) -> None:
    refused = attrs.evolve(CREATED, **{"outcome": "RateLimited", "seen": None, **refusal})
    assert judged(refused, left=(label(1),))
    assert not judged(refused, events=())


def test_lateness_and_foreign_errors_are_seen() -> None:
    assert judged(attrs.evolve(CREATED, late=0.6), left=(label(1),))
    assert judged(attrs.evolve(CREATED, outcome="KeyError", typed=False, seen=None), left=(label(1),))


def test_of_garbled_calls_only_the_end_is_checked() -> None:
    wrong = attrs.evolve(GOT, seen="x")
    for where in ("response", "crossed"):
        assert not judged(CREATED, UPDATED, wrong, left=(label(2),), events=garbled(3, where))
    assert judged(CREATED, UPDATED, attrs.evolve(wrong, late=9.0), left=(label(2),), events=garbled(3))
    assert judged(CREATED, left=(label(1),), events=[*garbled(1), TOOK_EFFECT])


def test_a_response_to_an_earlier_request_may_refuse_the_next_one() -> None:
    twice = [*garbled(1, "crossed"), TOOK_EFFECT]
    assert not judged(CREATED, left=(label(1),), events=twice)


def test_a_garbled_write_leaves_anything_until_the_next_one() -> None:
    assert not judged(CREATED, UPDATED, left=("w00-webhook-1.X",), events=garbled(2))
    again = attrs.evolve(UPDATED, call=5, seen=label(5))
    assert judged(CREATED, UPDATED, again, left=(label(2),), events=garbled(2))


def test_a_garbled_label_makes_no_object_pass_for_another() -> None:
    other = attrs.evolve(CREATED, call=5, key="w00-webhook-2", seen=label_of("w00-webhook-2", 5))
    renamed = label(2).replace("webhook-1", "webhook-2", 1)
    effects = [TOOK_EFFECT, event("took effect", 5), event("garbled", 2, "request")]
    left = (renamed, label_of("w00-webhook-2", 5))
    listed = attrs.evolve(LISTED, seen=list(left))
    assert not judged(CREATED, other, attrs.evolve(UPDATED, seen=renamed), listed, left=left, events=effects)
    assert judged(CREATED, other, UPDATED, listed, left=left, events=[*effects[:2]])


def test_a_canceled_write_may_take_effect_after_the_next_one() -> None:
    canceled = attrs.evolve(UPDATED, call=8, outcome=CANCELED, seen=None)
    last = {2: 11.5, 8: 12.0}
    for took_effect in (last, {2: 12.0, 8: 11.5}):
        effects = [TOOK_EFFECT, *(Event(at, call, "took effect") for call, at in took_effect.items())]
        rows = CREATED, canceled, UPDATED, attrs.evolve(GOT, seen=label(8))
        assert bool(judged(*rows, left=(label(8),), events=effects)) is (took_effect is not last)


def test_a_garbled_write_may_take_effect_after_the_next_one() -> None:
    again = attrs.evolve(UPDATED, call=5, seen=label(5))
    for at, wrong in ((11.5, True), (12.5, False)):
        effects = [*garbled(2), Event(12.0, 5, "took effect"), Event(at, 2, "took effect")]
        assert bool(judged(CREATED, UPDATED, again, left=(label(2) + "X",), events=effects)) is wrong


def test_nothing_is_sent_once_a_call_has_ended() -> None:
    for at, wrong in ((10.5, False), (10.7, True)):
        arrived = [TOOK_EFFECT, Event(at, 1, "arrived")]
        assert bool(judged(CREATED, left=(label(1),), events=arrived)) is wrong


@pytest.mark.parametrize("ended", [MISSING, {}])
def test_a_404_says_nothing_of_an_object_whose_id_was_garbled(ended: dict[str, Any]) -> None:
    deleted = attrs.evolve(DELETED, **ended)  # a deletion that is retried succeeds with a 404
    assert not judged(CREATED, deleted, LISTED, left=(label(1),), events=garbled(1))
    assert judged(CREATED, deleted, LISTED, left=(label(1),))


def test_an_id_from_a_garbled_list_may_be_wrong_too() -> None:
    got, deleted = (attrs.evolve(row, id_from=6, **MISSING) for row in (GOT, DELETED))
    assert not judged(CREATED, LISTED, got, deleted, left=(label(1),), events=garbled(6))
    never_heard_of = attrs.evolve(deleted, key="w00-webhook-9")
    assert not judged(never_heard_of, events=garbled(6))
    assert judged(never_heard_of)
    assert judged(CREATED, LISTED, got, left=(label(1),))
    assert judged(CREATED, LISTED, deleted, left=(label(1),))


def test_none_is_returned_only_for_an_empty_response() -> None:
    nothing = attrs.evolve(CREATED, seen=EMPTY)
    assert not judged(nothing, left=(label(1),), events=emptied(1))
    assert judged(nothing, left=(label(1),))
    assert judged(nothing, left=(label(1),), events=emptied(1), logged=("webhooks.update",))
    deployed = [TOOK_EFFECT, event("took effect", 7)]
    assert not judged(DEPLOYED, events=deployed)
    assert judged(attrs.evolve(DEPLOYED, seen=EMPTY), events=deployed)


def test_an_empty_response_is_no_failure_of_a_write() -> None:
    failed = attrs.evolve(
        CREATED, outcome="DecodeError", seen=None, detail="200 without the body that the operation promises"
    )
    assert judged(failed, left=(label(1),), events=emptied(1))
    assert not judged(attrs.evolve(failed, detail="not JSON"), left=(label(1),), events=emptied(1))


def test_an_empty_response_is_read_again() -> None:
    failed = attrs.evolve(
        GOT, call=3, outcome="DecodeError", seen=None, detail="200 without the body that the operation promises"
    )
    once = [*emptied(3), event("arrived", 3)]
    assert judged(CREATED, failed, left=(label(1),), events=once)
    assert not judged(CREATED, failed, left=(label(1),), events=[*once, event("arrived", 3)])
    assert not judged(CREATED, attrs.evolve(failed, elapsed=2.9), left=(label(1),), events=once)
    exhausted = attrs.evolve(failed, detail=f"{failed.detail}; Not retried: {QUOTA}")
    assert not judged(CREATED, exhausted, left=(label(1),), events=once)


def test_an_empty_list_is_no_reading_of_an_empty_response() -> None:
    assert judged(CREATED, attrs.evolve(LISTED, seen=[]), left=(label(1),), events=emptied(6))


def test_a_request_on_a_dead_connection_is_seen() -> None:
    late, in_time = (f"{seconds} s after this: {CLOSED}" for seconds in (0.3, 0.1))
    assert judged(CREATED, left=(label(1),), events=[TOOK_EFFECT, event("misused", 1, late)])
    assert not judged(CREATED, left=(label(1),), events=[TOOK_EFFECT, event("misused", 1, in_time)])
    assert not judged(CREATED, left=(label(1),), events=[TOOK_EFFECT, event("crossed", 1, late)])


def test_effects_without_a_call_are_counted_once_the_run_has_begun() -> None:
    events = [event("took effect", UNKNOWN), event("began", UNKNOWN), event("took effect", UNKNOWN), TOOK_EFFECT]
    assert Facts.of(events, CALLS, {}).anonymous == 1


def test_a_finding_comes_with_the_story_of_its_object() -> None:
    rows = [CREATED, DELETED, attrs.evolve(LISTED, began=12.0), attrs.evolve(CREATED, call=8, key="w00-webhook-8")]
    events = [TOOK_EFFECT, event("arrived", 4, "connection 3"), event("arrived", 8)]
    judge = Judge(Facts.of(events, CALLS, {"webhook": []}), TOLERANCE, ())
    judge.check(rows[:3])
    (violation,) = judge.violations
    assert (violation.call, violation.key, violation.promise) == (6, KEY, "listed ")
    (story,) = stories([violation], rows, events)
    assert [line.split(maxsplit=1)[1] for line in story.lines()][1:] == [
        "call 1 begins: webhooks.create",
        "call 1 took effect POST /webhook 201",
        f"call 1 ends: ok, saw {label(1)}",
        "call 4 begins: webhooks.delete, id from call 1",
        "call 4 arrived connection 3",
        "call 4 ends: ok, saw empty",
        "call 6 begins: projects.list",
        f"call 6 ends: ok, saw [{label(1)!r}]",
    ]


def test_tags_are_known_from_garbled_ones() -> None:
    tag = tag_of(1234)
    assert call_of(tag) == 1234
    assert call_of(tag.replace("3", "7", 1)) is None
    assert call_of("") is None
    assert call_of("1234-b4\udcb4") is None
