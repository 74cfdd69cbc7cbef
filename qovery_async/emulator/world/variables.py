"""Which variables and secrets does a project, an environment or a service have?

`/variable` shows all of them. The older paths of each scope, `environmentVariable` and `secret`, show
the same ones as other objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import attrs

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.operations import operations
from qovery_async.emulator.facts.refusals import Refusal, not_found
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.outdating import outdating
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.variable_forms import Form, as_environment_variable, as_secret, as_variable

KIND = "variable"


@attrs.frozen
class VariableView:
    """How a group of paths shows variables. The older paths show either secrets only or no secrets."""

    form: Form
    is_secret: bool | None = None


_SHARED = ("description", "enable_interpolation_in_file", "mount_path", "secret_manager_access_id")
_VIEWS: Mapping[str, VariableView] = {
    "variables": VariableView(as_variable),
    "environment_variables": VariableView(as_environment_variable, is_secret=False),
    "secrets": VariableView(as_secret, is_secret=True),
}
_VERBS = ("list", "create", "update", "delete", "create_alias", "create_override", "import_many")


def handlers(life: Life) -> ApiHandlers:
    """The handlers of variables and secrets, in every scope."""
    return {
        operation.call: outdating(life, KIND, partial(_HANDLERS[operation.verb], _VIEWS[family]))
        if operation.verb != "list"
        else partial(_list, _VIEWS[family])
        for operation in operations().values()
        if (family := operation.namespace.rpartition(".")[2]) in _VIEWS and operation.verb in _VERBS
    }


def add(state: State, parent: Entity, body: Mapping[str, Any], *, is_secret: bool, **facts: Any) -> Entity:
    """Adds a variable.

    Raises:
        Refusal: 409 if the key exists already in this scope or in one above it.
    """
    if "overrides" not in facts:
        _refuse_taken(state, parent, body["key"])
    elif any(v.facts.get("overrides") is facts["overrides"] for v in parent.of_kind(KIND)):
        raise _taken(parent, body["key"])
    value = {"id": state.new_id(), "created_at": state.now(), "updated_at": state.now(), "key": body["key"]}
    kept = {key: body[key] for key in _SHARED if body.get(key) is not None}
    value |= kept | {
        "scope": _scope(parent),
        "variable_type": _type(body, facts),
        "is_secret": is_secret,
        "owned_by": "QOVERY",
    }
    return state.add(KIND, parent, value, plain=body.get("value") or "", **facts)


def _type(body: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    if "aliases" in facts or "overrides" in facts:
        return "ALIAS" if "aliases" in facts else "OVERRIDE"
    plain = "FILE" if body.get("mount_path") else "VALUE"
    if body.get("secret_manager_access_id"):
        return "EXTERNAL_SECRET" if plain == "VALUE" else "FILE_EXTERNAL_SECRET"
    return plain


def _scope(parent: Entity) -> str:
    return families().services.get(parent.kind) or parent.kind.upper()


def _parent(call: ApiCall, scope: str, id_: str) -> Entity:
    """The project, environment or service that a body or a query names."""
    parent = call.state.find(id_)
    if parent is None or _scope(parent) != scope or scope == "BUILT_IN":
        raise not_found(scope.lower(), id_)
    return call.caller.admitted(parent)


def _own_and_inherited(state: State, parent: Entity) -> Iterator[Entity]:
    environment = parent.above("environment")
    if environment is not None:
        add_built_in(state, environment)
    for entity in parent.ancestors():
        yield from entity.of_kind(KIND)


def add_built_in(state: State, environment: Entity) -> None:
    """Brings the variables that Qovery itself sets up to date. On demand, since few environments of a large world are read."""
    project = environment.above("project")
    wanted = {
        "QOVERY_PROJECT_ID": project.id if project else "",
        "QOVERY_ENVIRONMENT_ID": environment.id,
        "QOVERY_ENVIRONMENT_NAME": environment.value["name"],
        "QOVERY_KUBERNETES_CLUSTER_NAME": environment.value.get("cluster_name", ""),
    }
    by_key: dict[str, Entity] = {}
    for kind, type_ in families().services.items():
        for service in environment.of_kind(kind):
            key = f"QOVERY_{type_}_Z{service.id[:8].upper()}_HOST_INTERNAL"
            wanted[key] = f"{kind.lower()}-z{service.id[:8]}"
            by_key[key] = service
    there = {v.value["key"]: v for v in environment.of_kind(KIND) if v.value["scope"] == "BUILT_IN"}
    for key in there.keys() - wanted.keys():
        _remove(state, there[key])
    for key in wanted.keys() & there.keys():
        if there[key].facts["plain"] != wanted[key]:  # the environment or its cluster has another name
            there[key].facts["plain"] = wanted[key]
            there[key].value = {**there[key].value, "updated_at": state.now()}
    for key in [key for key in wanted if key not in there]:  # in their order, since each takes the next id
        value: dict[str, Any] = {"id": state.new_id(), "created_at": state.now(), "updated_at": state.now()}
        value |= {"key": key, "is_secret": False}
        value |= {"scope": "BUILT_IN", "variable_type": "BUILT_IN", "owned_by": "QOVERY"}
        state.add(KIND, environment, value, plain=wanted[key], service=by_key.get(key))


def _refuse_taken(state: State, parent: Entity, key: str, except_for: Entity | None = None) -> None:
    for entity in _own_and_inherited(state, parent):
        if entity.value["key"] == key and entity is not except_for and entity.parent is not None:
            raise _taken(entity.parent, key)


def _taken(holder: Entity, key: str) -> Refusal:
    ids = {f"{entity.kind}_id": entity.id for entity in holder.ancestors()}
    service_id = holder.id if holder.kind in families().services else None
    wanted = ("organization_id", "project_id", "environment_id")
    existing = {name: ids.get(name) for name in wanted} | {"service_id": service_id}
    return Refusal(409, f"a variable with the key {key!r} already exists", more={"existing_variable": existing})


def _list(view: VariableView, call: ApiCall) -> ApiResponse:
    query = call.query
    parent = call.target if view.is_secret is not None else _parent(call, query["scope"], query["parent_id"])
    wanted = view.is_secret if view.is_secret is not None else query.get("is_secret")
    # An overridden variable stays listed beside its override.
    every = _own_and_inherited(call.state, parent)
    found = [v for v in every if wanted is None or v.value["is_secret"] is wanted]
    return ApiResponse(pages.enclosed([view.form(variable) for variable in found], call.operation.response))


def _create(view: VariableView, call: ApiCall) -> ApiResponse:
    body = call.sent
    parent = (
        call.target if view.is_secret is not None else _parent(call, body["variable_scope"], body["variable_parent_id"])
    )
    secret = view.is_secret if view.is_secret is not None else body["is_secret"]
    return ApiResponse(view.form(add(call.state, parent, body, is_secret=secret)))


def _create_alias(view: VariableView, call: ApiCall) -> ApiResponse:
    return _create_linked("alias", "aliases", view, call)


def _create_override(view: VariableView, call: ApiCall) -> ApiResponse:
    return _create_linked("override", "overrides", view, call)


def _create_linked(word: str, fact: str, view: VariableView, call: ApiCall) -> ApiResponse:
    original, body = call.target, call.sent
    if view.is_secret is None:
        parent = _parent(call, body[f"{word}_scope"], body[f"{word}_parent_id"])
    else:
        parent = _place(call, is_secret=view.is_secret)
    if original.parent is None or original.parent not in parent.ancestors():
        if original.parent is not None and parent in original.parent.ancestors():
            raise Refusal(400, f"an {word} cannot be in a higher scope than its variable")
        raise not_found(KIND, original.id)
    if word == "override" and original.parent is parent and original.value["scope"] != "BUILT_IN":
        raise Refusal(400, "an override must be in a lower scope than its variable")
    if word == "alias" and "aliases" in original.facts:
        raise Refusal(400, f"{original.value['key']} is an alias already, which cannot have an alias")
    sent = {**original.value, "key": body.get("key", original.value["key"]), "value": body.get("value")}
    sent |= {key: body[key] for key in _SHARED if key in body}
    made = add(call.state, parent, sent, is_secret=original.value["is_secret"], **{fact: original})
    return ApiResponse(view.form(made))


def _place(call: ApiCall, *, is_secret: bool) -> Entity:
    """The scope that an older path names, if the variable in the path is visible there."""
    parent, variable = list(call.entities.values())[-2:]
    seen = variable.parent is not None and variable.parent in parent.ancestors()
    if not seen or variable.value["is_secret"] is not is_secret:
        raise not_found(KIND, variable.id)
    return parent


def _update(view: VariableView, call: ApiCall) -> ApiResponse:
    variable, body = _changeable(call, view), call.sent
    if "overrides" in variable.facts and body["key"] != variable.value["key"]:
        raise Refusal(400, "key: an override must have the key of the variable that it overrides")
    if "aliases" in variable.facts and body.get("value") not in (None, _value_of(variable)):
        raise Refusal(400, "value: an alias has the value of its variable, which cannot be edited here")
    if variable.parent is not None and body["key"] != variable.value["key"]:
        _refuse_taken(call.state, variable.parent, body["key"], variable)
    kept = {key: item for key, item in variable.value.items() if key not in ("description", "secret_manager_access_id")}
    sent = {key: body[key] for key in _SHARED if body.get(key) is not None}
    variable.value = {**kept, **sent, "key": body["key"], "updated_at": call.state.now()}
    if body.get("value") is not None:
        variable.facts["plain"] = body["value"]
    return ApiResponse(view.form(variable))


def _value_of(variable: Entity) -> str | None:
    value: str | None = as_variable(variable)["value"]
    return value


def _delete(view: VariableView, call: ApiCall) -> ApiResponse:
    _remove(call.state, _changeable(call, view))
    return ApiResponse(status=204)


def _remove(state: State, variable: Entity) -> None:
    """Removes a variable with its aliases and overrides."""
    holder = variable.parent
    if holder is None:
        return
    for entity in [holder, *holder.below()]:
        for other in entity.of_kind(KIND):
            if variable in (other.facts.get("aliases"), other.facts.get("overrides")):
                _remove(state, other)
    if state.find(variable.id) is variable:
        state.remove(variable)


def _changeable(call: ApiCall, view: VariableView) -> Entity:
    variable = call.target
    if view.is_secret is not None and variable.parent is not _place(call, is_secret=view.is_secret):
        raise not_found(KIND, variable.id)
    if variable.value["scope"] == "BUILT_IN":
        raise Refusal(400, f"{variable.value['key']} is built in and cannot be changed")
    return variable


def _import_many(_: VariableView, call: ApiCall) -> ApiResponse:
    service = call.target
    if "service_id" in call.query:
        service = _parent(call, call.query["service_type"], call.query["service_id"])
    done: list[dict[str, Any]] = []
    for sent in call.sent["vars"]:
        scope = sent["scope"]
        parent = next((entity for entity in service.ancestors() if _scope(entity) == scope), None)
        if parent is None:
            raise Refusal(400, f"vars: {sent['name']!r} has a scope that the service is not in: {scope}")
        there = next((v for v in parent.of_kind(KIND) if v.value["key"] == sent["name"]), None)
        if there is not None and call.sent["overwrite"]:
            _remove(call.state, there)
        elif there is not None:
            continue
        add(call.state, parent, {"key": sent["name"], "value": sent["value"]}, is_secret=sent["is_secret"])
        shown = {key: sent[key] for key in ("name", "scope", "is_secret")}
        done.append(shown | ({} if sent["is_secret"] else {"value": sent["value"]}))
    return ApiResponse({"total_variables_to_import": len(call.sent["vars"]), "successful_imported_variables": done})


_HANDLERS: Mapping[str, Callable[[VariableView, ApiCall], ApiResponse]] = {
    "list": _list,
    "create": _create,
    "update": _update,
    "delete": _delete,
    "create_alias": _create_alias,
    "create_override": _create_override,
    "import_many": _import_many,
}
