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
from tests.support.kept import branch_of, fields, lost
from tests.support.objects import ID, PATCHES, Holder, changed, ids
from tests.support.payloads import API, Payload, Payloads, Strategy, few
from tests.support.server import in_thread

ALL = Payloads(optional="all", nulls="none", surprises=False)
SOME = Payloads(optional="some", nulls="declared", surprises=False)
NEWER = Payloads(optional="some", nulls="accepted", surprises=True)
PLAIN = Payloads(optional="none", nulls="none", surprises=False)


@attrs.frozen
class Kind:
    """A namespace, and a branch of what its `get` returns, if that can be of several kinds."""

    namespace: str
    source: str
    target: str
    branch: str = ""

    def __str__(self) -> str:
        return f"{self.namespace} {self.branch}".strip()

    @property
    def responses(self) -> Strategy:
        return st.one_of(*(self._made(payloads) for payloads in (ALL, SOME, NEWER)))

    def _made(self, payloads: Payloads) -> Strategy:
        union = API.schemas[self.source]
        if isinstance(union, UnionSchema):
            return payloads.branch(union, self.branch).map(_named)
        return payloads.of(self.source).map(_named)


def _named(response: Payload) -> Payload:
    return {**response, "id": ID} if "id" in response else response


def kinds() -> Iterator[Kind]:
    for namespace, row in PATCHES.patched.items():
        body = API.calls[f"{namespace}.update"].body
        assert body is not None
        (source,) = references(str(API.calls[f"{namespace}.{row.read}"].responses[0].type))
        union = API.schemas[source]
        target = API.schemas[body.type]
        takes = target.branches if isinstance(target, UnionSchema) else [body.type]
        for branch in union.branches if isinstance(union, UnionSchema) else [""]:
            decided = PATCHES.branches(branch)
            if not decided or any(name in takes for name in decided):
                yield Kind(namespace, source, body.type, branch)


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
                changes = _with_what_is_asked_for(changes, str(refused))
            else:
                return copy.deepcopy(self.holder.only), changes
        raise AssertionError("nothing is enough")


def _with_what_is_asked_for(changes: dict[str, Any], message: str) -> dict[str, Any]:
    asked = re.search(r"give it: `(\w+)=(.*)`$", message)
    assert asked, message
    assume("[...]" not in asked[2])  # an item of a list cannot be completed alone
    given_ = eval(asked[2].replace("...", "'given'"))
    key, known = asked[1], changes.get(asked[1])
    return {**changes, key: {**known, **given_} if isinstance(known, dict) else given_}


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
    response = data.draw(kind.responses)
    if PATCHES.patched[kind.namespace].into:
        road.holder.namespace, road.holder.held = kind.namespace, [response]
        road.holder.sent.clear()
        road.call(kind.namespace, *ids(kind.namespace))
        assert list(road.holder.only.values()) == [[response]]
        return
    body, had_to_be_given = road.sent(kind, response, {})
    source = kind.branch or kind.source
    known = had_to_be_given.keys()
    assert [line for line in lost(source, response, kind.target, body) if re.split(r"[.:\[]", line)[1] not in known] == []


@pytest.mark.parametrize("kind", OBJECTS, ids=str)
@few(6)
@given(data=st.data())
def test_a_patch_of_one_value_changes_that_alone(road: Road, kind: Kind, data: st.DataObject) -> None:
    response = data.draw(kind.responses)
    before, had_to_be_given = road.sent(kind, response, {})
    place, value = data.draw(places(kind.target, before))
    changes = had_to_be_given
    change: Any = value
    for key in reversed(place):
        change = {key: change}
    after, _ = road.sent(kind, response, {**changes, **_joined(changes, change)})
    at = ".".join(place)
    others = [found for found in changed(before, after) if found != at and not found.startswith(f"{at}.")]
    assert others == []
    for key in place:
        after = after[key]
    assert changed(value, after) == {}


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What had to be given, and a change beside it."""
    return {
        key: {**one[key], **value} if isinstance(one.get(key), dict) and isinstance(value, dict) else value
        for key, value in other.items()
    }


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
