"""Does a patch of nothing lose nothing, and a patch of one value change that alone? For every namespace that has one."""

from __future__ import annotations

import asyncio
import copy
import logging
import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codegen.facts import ObjectSchema, UnionSchema, references
from qovery_async import AsyncQovery, ConfigurationError
from qovery_sync import Qovery
from tests.support.asking import asked_for, filled, joined
from tests.support.kept import branch_of, fields, lost
from tests.support.objects import ID, PATCHES, Holder, Kind, changed, ids, kinds
from tests.support.payloads import API, Payload, Payloads, Strategy, few
from tests.support.server import in_thread

ALL = Payloads(optional="all", nulls="none", surprises=False)
SOME = Payloads(optional="some", nulls="declared", surprises=False)
NEWER = Payloads(optional="some", nulls="accepted", surprises=True)
PLAIN = Payloads(optional="none", nulls="none", surprises=False)


def responses(kind: Kind) -> Strategy:
    return st.one_of(*(_made(kind, payloads) for payloads in (ALL, SOME, NEWER)))


def _made(kind: Kind, payloads: Payloads) -> Strategy:
    union = API.schemas[kind.source]
    if isinstance(union, UnionSchema):
        return payloads.branch(union, kind.branch).map(_named)
    return payloads.of(kind.source).map(_named)


def _named(response: Payload) -> Payload:
    return {**response, "id": ID} if "id" in response else response


KINDS = [*kinds()]
OBJECTS = [kind for kind in KINDS if not PATCHES.patched[kind.namespace].into]


@attrs.frozen
class Road:
    """A client of one face, and the object that its server holds."""

    call: Any
    holder: Holder

    def sent(self, kind: Kind, response: Payload, changes: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The body of a patch, and the changes with what had to be given."""
        self.holder.namespace = kind.namespace
        self.holder.held = [response] if PATCHES.patched[kind.namespace].read == "list" else response
        self.holder.sent.clear()
        for _ in range(8):
            try:
                self.call(kind.namespace, *ids(kind.namespace), changes)
            except ConfigurationError as refused:
                key, form = asked_for(refused)
                assume("[...]" not in form)  # an item of a list cannot be completed alone
                changes = joined(changes, {key: filled(form, "given")})
            else:
                return copy.deepcopy(self.holder.only), changes
        raise AssertionError("nothing is enough")


@pytest.fixture(scope="module", params=["async", "sync"])
def road(request: pytest.FixtureRequest) -> Iterator[Road]:
    logging.disable(logging.WARNING)
    holder = Holder("projects", {})
    with in_thread(holder.serve()) as server, asyncio.Runner() as runner:
        if request.param == "sync":
            with Qovery("t", base_url=server.url, organization_id="o1") as blocking:
                yield Road(lambda name, *given_: attrgetter(name)(blocking).patch(*given_), holder)
        else:
            client = AsyncQovery("t", base_url=server.url, organization_id="o1")
            yield Road(lambda name, *given_: runner.run(attrgetter(name)(client).patch(*given_)), holder)
            runner.run(client.aclose())
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@few(6)
@given(data=st.data())
def test_a_patch_of_nothing_loses_nothing(road: Road, kind: Kind, data: st.DataObject) -> None:
    response = data.draw(responses(kind))
    if PATCHES.patched[kind.namespace].into:
        road.holder.namespace, road.holder.held = kind.namespace, [response]
        road.holder.sent.clear()
        road.call(kind.namespace, *ids(kind.namespace))
        assert list(road.holder.only.values()) == [[response]]
        return
    body, had_to_be_given = road.sent(kind, response, {})
    source = kind.branch or kind.source
    known = had_to_be_given.keys()
    assert [
        line for line in lost(source, response, kind.target, body) if re.split(r"[.:\[]", line)[1] not in known
    ] == []


@pytest.mark.parametrize("kind", OBJECTS, ids=str)
@few(6)
@given(data=st.data())
def test_a_patch_of_one_value_changes_that_alone(road: Road, kind: Kind, data: st.DataObject) -> None:
    response = data.draw(responses(kind))
    before, had_to_be_given = road.sent(kind, response, {})
    place, value = data.draw(places(kind.target, before))
    change: Any = value
    for key in reversed(place):
        change = {key: change}
    after, asked = road.sent(kind, response, joined(had_to_be_given, change))
    # A change may have to be given more, such as the secret of another kind.
    at = {".".join(place), *_given(asked)}
    assert [found for found in changed(before, after) if not any(f"{found}.".startswith(f"{a}.") for a in at)] == []
    for key in place:
        after = after[key]
    assert changed(value, after) == {}


def _given(changes: dict[str, Any], path: str = "") -> Iterator[str]:
    """The places of the values in changes."""
    for key, value in changes.items():
        if isinstance(value, dict) and value:
            yield from _given(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"


@st.composite
def places(draw: st.DrawFn, target: str, body: Payload) -> tuple[list[str], Any]:
    """A place of a value in a body at any depth, and another value for it. Objects merge, so it is none of them."""
    place: list[str] = []
    inner: Any = body
    while True:
        schema = API.schemas[target]
        if isinstance(schema, UnionSchema):
            target = branch_of(schema, inner) or ""
            assume(target)
        exclusive = {key for row in PATCHES.exclusive if row.model == target for key in row.keys}
        tags = {schema.tag} if isinstance(schema, UnionSchema) else set[str | None]()
        choices = [field for field in fields(target).values() if field.wire not in exclusive | tags]
        choices = [field for field in choices if not _is_tag(field.type)]
        assume(choices)
        field = draw(st.sampled_from(choices))
        place.append(field.wire)
        names = references(field.type)
        is_object = names == [field.type] and isinstance(API.schemas[field.type], (ObjectSchema, UnionSchema))
        if not is_object:
            return place, draw(PLAIN.of_type(field.type))
        inner = inner.get(field.wire)
        if not isinstance(inner, dict):
            return place, None
        target = field.type


def _is_tag(type_: str) -> bool:
    values = getattr(API.schemas.get(type_), "values", None)
    return values is not None and len(values) == 1
