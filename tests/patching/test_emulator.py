"""Does the emulator show the same object before and after a patch of nothing? Random objects, in both faces."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegen.facts import ObjectSchema, UnionSchema, references
from qovery_async import ConfigurationError, to_dict
from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.operations import ApiOperation, operations, python_type
from qovery_async.emulator.facts.samples import sample
from qovery_async.emulator.world import crud
from qovery_async.emulator.world.state import Entity, State
from tests.support.asking import asked_for, filled, joined
from tests.support.both_faces import play
from tests.support.kept import branch_of
from tests.support.objects import ID, PATCHES, Kind, changed, ids, kinds
from tests.support.payloads import API, Payload, Payloads, few
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

ALL = Payloads(optional="all", nulls="none", surprises=False)
SOME = Payloads(optional="some", nulls="none", surprises=False)
# The emulator shows credentials of vSphere as those of AWS.
KINDS = [kind for kind in kinds() if kind.branch != "EksAnywhereVsphereClusterCredentials"]
UNKNOWN = {"not_yet_known": {"a": [1, None]}}

# What the emulator makes anew with each PUT, as Qovery may, and no request can have; `[]` is each item of a list.
MADE_ANEW = (
    "updated_at",
    "autoscaling.id", "autoscaling.service_id",
    "source.git.git_repository.deployed_commit_id", "source.git.git_repository.deployed_commit_date",
    "source.git.git_repository.deployed_commit_contributor", "source.git.git_repository.deployed_commit_tag",
    "source.git.git_repository.git_token_name", "source.git.git_repository.has_access",
    "source.image.registry.id",
    "layers",
    # The request has one level less, and no place for a key there that nobody knows; a warning says so.
    "source.git.not_yet_known", "terraform_files_source.git.not_yet_known",
    # The request has `value` in place of this object.
    "features[].value_object.not_yet_known",
)  # fmt: skip
# Groups are objects of their own, of which a service shows the present state. The emulator keeps routes as they are sent.
OTHERS = ("OrganizationAnnotationsGroupResponse", "OrganizationLabelsGroupResponse", "ClusterRoute")
HELM_PORTS = "ports[].id"
# The request has no mode PREVIEW; without one, the emulator takes its default.
NO_MODE = ("environments", "PREVIEW")
REGISTRY, REPOSITORY = "259f4329-e6f4-490b-9a16-4106cf6a659e", "12e0c8b2-bad6-40fb-9948-8dec4f65d4d9"  # the demo's
GIVEN = {"headers": {"X-Name": "given"}}


@attrs.frozen
class Place:
    """Where a namespace has an object in the emulator: ids for the path, and what is stored."""

    path: dict[str, str]
    owner: Entity | None
    entity: Entity | None
    operation: ApiOperation

    @property
    def has_variables(self) -> bool:
        return self.entity is None and self.operation.call not in families().settings

    @property
    def stored(self) -> Any:
        if self.entity is not None:
            return self.entity.value
        word = families().settings.get(self.operation.call)
        return self.owner.settings.get(word) if self.owner and word else None


@pytest.mark.parametrize("kind", KINDS, ids=str)
async def test_a_patch_of_nothing_changes_nothing(ask: Ask, kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "qovery")
    for body in bodies(kind):
        async with Emulator(world="demo", rate_limit=None, speed=None) as emulator:
            before, after, given_ = await _seen(ask, emulator, kind, body)
        difference = changed(_kept(kind, before), _kept(kind, after))
        assert {place for place in difference if place.split(".")[0] not in given_} == set()


async def _seen(ask: Ask, emulator: Emulator, kind: Kind, body: Payload) -> tuple[Any, Any, dict[str, Any]]:
    """What the API shows before and after the patch, and what had to be given."""
    place = _place(emulator.state, kind)
    read = f"{kind.namespace}.{PATCHES.patched[kind.namespace].read}"
    arguments, wanted = _arguments(kind, place, f"{kind.namespace}.update"), _arguments(kind, place, read)

    def look(client: Any) -> Any:
        found = yield attrgetter(read)(client)(*wanted)
        if PATCHES.patched[kind.namespace].read == "list":
            (found,) = [item for item in found if item.id == arguments[-1]]
        return copy.deepcopy(to_dict(found))

    def script(client: Any) -> Any:
        nonlocal arguments
        if place.has_variables:
            created = yield attrgetter(kind.namespace)(client).create(arguments[0], {"key": "KEY", "value": "v"})
            arguments = [arguments[0], created.id]
        elif arguments[-1:] == [ID]:  # a setting with an id of its own
            arguments = [*arguments[:-1], (yield from look(client))["id"]]
        yield attrgetter(kind.namespace)(client).update(*arguments, body)
        _surprise(kind.branch or kind.source, place.stored)
        before = yield from look(client)
        changes: dict[str, Any] = {}
        while True:
            try:
                yield attrgetter(kind.namespace)(client).patch(*arguments, changes)
                break
            except ConfigurationError as refused:
                key, form = asked_for(refused)
                value = body.get(key, GIVEN.get(key, "given")) if form == "..." else filled(form, "given")
                changes = joined(changes, {key: value})
        return before, (yield from look(client)), changes

    return (await play(ask, emulator, script))[0]


def _surprise(name: str, value: Any) -> None:
    """Puts a key that nobody knows into an object and into each that it is made of."""
    schema = None if name in OTHERS else API.schemas.get(name)
    if isinstance(schema, UnionSchema) and is_object(value):
        _surprise(branch_of(schema, value) or "", value)
    elif is_list(value):
        for item in value:
            _surprise(name, item)
    elif isinstance(schema, ObjectSchema) and is_object(value):
        for field in schema.fields:
            if not field.type.startswith("dict["):
                _surprise(next(iter(references(field.type)), ""), value.get(field.wire))
        value.update(copy.deepcopy(UNKNOWN))


def bodies(kind: Kind) -> list[Payload]:
    """What `update` takes, with everything and with some of it."""
    schema = API.schemas[kind.target]
    decided = PATCHES.branches(kind.branch)
    found: list[Payload] = []
    for payloads in (ALL, SOME):
        if isinstance(schema, UnionSchema):
            like = [name for name in schema.branches if name.startswith(kind.branch.removesuffix("Response"))]
            names = [name for name in schema.branches if name in decided] or like
            strategy = st.one_of(*(payloads.branch(schema, name) for name in names))
        else:
            strategy = payloads.of(kind.target)

        @few(2)
        @given(body=strategy)
        def draw(body: Payload) -> None:
            found.append({**body, "name": "a name"} if "name" in body else body)

        draw()
    for body in found:
        # A job comes from somewhere, and an image from a registry: otherwise the emulator makes one up each time.
        source = body.get("source") or {}
        if kind.namespace == "jobs" and not source.get("docker"):
            body["source"] = {
                "image": {"image_name": "i", "tag": "1", **(source.get("image") or {}), "registry_id": REGISTRY}
            }
        elif image := source.get("image"):
            image["registry_id"] = REGISTRY
        if kind.namespace == "containers":
            body["registry_id"] = REGISTRY
        if chart := source.get("helm_repository"):
            chart["repository"] = REPOSITORY
        for feature in body.get("features") or ():
            feature.setdefault("id", "STATIC_IP")  # refused without one
        for repository in _repositories(body):
            repository["url"] = "https://github.com/acme/api"
    return [body for body in found if (kind.namespace, body.get("mode")) != NO_MODE]


def _repositories(value: Any) -> Iterator[dict[str, Any]]:
    """The git repositories in a body, at any depth."""
    if is_list(value):
        for item in value:
            yield from _repositories(item)
    elif is_object(value):
        if is_object(value.get("git_repository")):
            yield value["git_repository"]
        for item in value.values():
            yield from _repositories(item)


def _arguments(kind: Kind, place: Place, call: str) -> list[str]:
    operation = operations()[call]
    names = operation.parameters[-len(ids(kind.namespace)) :] if call.endswith("update") else operation.parameters
    defaulted = API.calls[call].path.startswith("/organization/{organizationId}/")
    return [place.path[name] for name in names if not (defaulted and name == "organizationId")]


def _place(state: State, kind: Kind) -> Place:
    """An object of the demo world, or a new one of that kind."""
    operation = operations()[f"{kind.namespace}.update"]
    named = {name: families().kind_of(operation, name) for name in operation.parameters}
    entity = None
    if operation.call in families().settings or "variable" in named.values():
        owners = [word for word in named.values() if word]
        owner = state.every(owners[0] if "variable" in owners else owners[-1])[0] if owners else None
    else:
        entity = owner = _entity(state, kind, operation, [str(word) for word in named.values()])
    path = dict.fromkeys(named, ID)
    for name, word in named.items():
        above = owner.above(word) if owner and word else None
        path[name] = above.id if above else path[name]
    if entity is not None:
        path[operation.parameters[-1]] = entity.id
    return Place(path, owner, entity, operation)


def _entity(state: State, kind: Kind, operation: ApiOperation, words: list[str]) -> Entity:
    family = families().of_call[operation.call][0]
    parent = state.every(words[-2] if len(words) > 1 else "organization")[0]
    crud.stock(state, family, parent)
    there = state.every(words[-1])
    if there and not kind.branch:
        return there[-1]
    value = sample(python_type(kind.branch or family.response_type), "seed")
    return state.add(words[-1], parent, value, id_=value["id"])


def _kept(kind: Kind, value: Any) -> Any:
    """What is shown, without what is made anew."""
    found = copy.deepcopy(value)
    for place in (*MADE_ANEW, *([HELM_PORTS] if kind.namespace == "helms" else ())):
        _drop(found, place.split("."))
    return found


def _drop(value: Any, steps: list[str]) -> None:
    key = steps[0].removesuffix("[]")
    if not is_object(value) or key not in value:
        return
    if len(steps) == 1:
        del value[key]
    else:
        items = value[key] if is_list(value[key]) else [value[key]]
        for item in items:
            _drop(item, steps[1:])
