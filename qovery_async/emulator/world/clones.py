"""What does a clone copy from its original?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.operations import operations
from qovery_async.emulator.facts.refusals import Refusal, taken
from qovery_async.emulator.world import crud, derived, variables, versions
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity, State

# A domain belongs to one service, a backup to one database.
_NOT_COPIED = ("customDomain", "backup")
# Lists of what has an id of its own. The storage of a database is a number.
_PARTS = ("ports", "storage")


def handlers() -> ApiHandlers:
    """The handlers that clone an environment or a service."""
    services = {
        operation.call: _clone_service
        for operation in operations().values()
        if operation.verb == "clone" and operation.namespace != "environments"
    }
    return {**services, "environments.clone": _clone_environment}


def _clone_environment(call: ApiCall) -> ApiResponse:
    original, sent = call.target, call.sent
    project = _place(call, "project", sent.get("project_id"), original.parent)
    wanted = {"cluster": sent.get("cluster_id") or original.value["cluster_id"], "mode": original.value["mode"]}
    wanted |= {"mode": sent["mode"]} if sent.get("mode") else {}
    changed = derived.when_created("environment", wanted, project, call.state)
    made = _clone(call.state, original, project, sent["name"], changed)
    return ApiResponse(crud.shown(made, call.operation.response))


def _clone_service(call: ApiCall) -> ApiResponse:
    environment = _place(call, "environment", call.sent["environment_id"], None)
    made = _clone(call.state, call.target, environment, call.sent["name"], {})
    if environment is not call.target.parent:
        made.facts.pop("stage", None)
    return ApiResponse(crud.shown(made, call.operation.response))


def _place(call: ApiCall, kind: str, id_: str | None, otherwise: Entity | None) -> Entity:
    place = call.state.get(kind, id_) if id_ else otherwise
    if place is None:
        raise Refusal(400, f"{kind}_id: must not be null or missing")
    return call.caller.admitted(place)


def _clone(state: State, original: Entity, parent: Entity, name: str, changed: Mapping[str, Any]) -> Entity:
    if any(sibling.value["name"] == name for sibling in parent.of_kind(original.kind)):
        raise taken(original.kind, "name", name)
    copies: dict[str, Entity] = {}
    made = _copy(state, original, parent, copies)
    made.value = {**made.value, **changed, "name": name}
    for copy in list(copies.values()):
        copy.facts = {key: _followed(state, fact, copy, copies) for key, fact in copy.facts.items()}
    return made


def _copy(state: State, original: Entity, parent: Entity, copies: dict[str, Entity]) -> Entity:
    """A copy of an entity with its descendants. `copies` collects the copy of each id."""
    now, known = state.now(), derived.references(parent)
    value = {**original.value, "id": state.new_id(), "created_at": now, "updated_at": now}
    value |= {key: known[key] for key in ("project", "environment") if key in value}
    for key in _PARTS:
        if is_list(parts := value.get(key)):
            value[key] = [{**part, "id": state.new_id()} for part in parts]
    facts = {key: fact for key, fact in original.facts.items() if key not in ("state", versions.COMMITS)}
    copy = state.add(original.kind, parent, value, **facts)
    copy.settings = {word: _renamed(setting, original.id, copy.id) for word, setting in original.settings.items()}
    copies[original.id] = copy
    for kind, family in original.children.items():
        if kind in _NOT_COPIED or (kind in families().by_kind and families().by_kind[kind].stocked):
            continue
        for child in list(family.values()):
            if child.value.get("scope") != "BUILT_IN":
                _copy(state, child, copy, copies)
    return copy


def _followed(state: State, fact: Any, holder: Entity, copies: Mapping[str, Entity]) -> Any:
    """A fact that refers to a cloned entity refers to its clone, and one to a built-in variable to that of the place."""
    if not isinstance(fact, Entity):
        return copies[fact].id if isinstance(fact, str) and fact in copies else fact
    if fact.kind != variables.KIND or fact.value["scope"] != "BUILT_IN":
        return copies.get(fact.id, fact)
    environment, key = holder.above("environment"), fact.value["key"]
    if environment is None:
        return fact
    variables.add_built_in(state, environment)
    for old, copy in copies.items():
        # Its key has the beginning of the id of a service.
        key = key.replace(f"_Z{old[:8].upper()}_", f"_Z{copy.id[:8].upper()}_")
    return next((found for found in environment.of_kind(variables.KIND) if found.value["key"] == key), fact)


def _renamed(setting: Any, old: str, new: str) -> Any:
    """A setting with the new id, where it repeats the id of its entity."""
    if is_object(setting):
        return {key: new if value == old else value for key, value in setting.items()}
    return setting
