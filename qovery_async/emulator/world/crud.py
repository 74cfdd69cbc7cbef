"""What does an operation on a family do: on one kind of object, such as projects?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.facts.families import Family, families
from qovery_async.emulator.facts.operations import ApiOperation, DeclaredResponse, python_type
from qovery_async.emulator.facts.refusals import Refusal, taken
from qovery_async.emulator.facts.samples import branch, complete, fields, grow, lasting, sample
from qovery_async.emulator.facts.validation import misfit
from qovery_async.emulator.world import derived, pages, provided, renaming
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiResponse
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.unknown_keys import grafted, remembered

_STOCK = 2
_UNIQUE_AS_WHOLES = ("deploymentRestriction",)


def handler(operation: ApiOperation) -> ApiHandler:
    """The handler for the verb of an operation that belongs to a family."""
    return _HANDLERS[families().of_call[operation.call][1]]


def changed_target(call: ApiCall) -> ApiResponse:
    """The entity in the path, with what the request says of it."""
    entity, declared = call.target, call.operation.response
    if call.operation.writes:
        entity.value = {**entity.value, **fitting(declared.type or "", call.sent, entity.value)}
    return ApiResponse(shown(entity, declared))


def create(state: State, family: Family, parent: Entity, body: Mapping[str, Any]) -> Entity:
    """Creates an object of a family from a request body.

    Raises:
        Refusal: 409 if a value that must be unique is taken.
    """
    _refuse_taken(family, parent, body, None)
    now = state.now()
    known = {
        **derived.references(parent),
        **derived.when_created(family.kind, body, parent, state),
        "id": state.new_id(),
        "created_at": now,
        "updated_at": now,
    }
    return state.add(family.kind, parent, _shape(family.response_type, family.request_type, body, known))


def shown(entity: Entity, declared: DeclaredResponse) -> dict[str, Any]:
    """An entity as a response shows it."""
    type_ = python_type(declared.type or "Any")
    return complete({**entity.value, **derived.when_shown(entity)}, type_, entity.id)


def family_of(call: ApiCall) -> Family:
    """The family of the operation that is called."""
    return families().of_call[call.operation.call][0]


def _shape(
    response_type: str, request_type: str | None, body: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    sent = _without_nulls(body)
    grown = grow(python_type(response_type), sent, known, known["id"])
    declared = _wires(request_type)
    beside = {key: value for key, value in sent.items() if key in declared or key not in known}
    return grafted(grown, beside, python_type(request_type)) if request_type else grown


def _wires(type_: str | None) -> frozenset[str]:
    """The wire names that a model declares, or none for other types."""
    model = branch(python_type(type_), {}) if type_ else None
    return frozenset(field.wire for field in fields(model)) if model else frozenset()


def _refuse_taken(family: Family, parent: Entity, body: Mapping[str, Any], except_for: Entity | None) -> None:
    if family.kind in _UNIQUE_AS_WHOLES:
        _refuse_equal(family, parent, body, except_for)
    key = family.unique
    wanted = body.get(key) if key else None
    if key is None or wanted is None:
        return
    for sibling in parent.children.get(family.kind, {}).values():
        if sibling is not except_for and sibling.value.get(key) == wanted:
            raise taken(family.kind, key, wanted)


def _refuse_equal(family: Family, parent: Entity, body: Mapping[str, Any], except_for: Entity | None) -> None:
    """Refuses an object that says the same as one that is there."""
    wires = _wires(family.request_type)
    for sibling in parent.children.get(family.kind, {}).values():
        if sibling is not except_for and all(sibling.value.get(wire) == body.get(wire) for wire in wires):
            said = ", ".join(f"{wire} {body.get(wire)!r}" for wire in sorted(wires))
            raise Refusal(409, f"a {family.kind} with {said} exists already: {sibling.id}")


def _list(call: ApiCall) -> ApiResponse:
    family, declared = family_of(call), call.operation.response
    stock(call.state, family, call.target)
    items = [shown(entity, declared) for entity in call.target.of_kind(family.kind)]
    for wire, wanted in call.query.items():
        if items and wire in items[0] and wire in ("name", "kind"):
            items = [item for item in items if item.get(wire) == wanted]
    return ApiResponse(pages.enclosed(pages.page_of(items, call), declared), sample=is_made_up(family))


def _create(call: ApiCall) -> ApiResponse:
    family = family_of(call)
    entity = create(call.state, family, _parent(call, family), call.sent)
    response = shown(entity, call.operation.response)
    once = call.operation.response.type
    if once and once != family.response_type:
        # Some keys are only in the response to the creation, such as the token.
        response = {**grow(python_type(once), {**call.sent, **entity.value}, {}, entity.id), **response}
    return ApiResponse(response)


def _parent(call: ApiCall, family: Family) -> Entity:
    """The entity in the path, else the organization in the body, as `POST /alert-rules` has it."""
    if call.entities or family.kind == "organization":
        return call.target
    organization = call.sent.get("organization_id")
    if not isinstance(organization, str):
        return call.state.root
    return call.caller.admitted(call.state.get("organization", organization))


def _get(call: ApiCall) -> ApiResponse:
    return ApiResponse(shown(call.target, call.operation.response), sample=is_made_up(family_of(call)))


def _update(call: ApiCall) -> ApiResponse:
    entity, family = call.target, family_of(call)
    body = call.sent
    parent = entity.parent or call.state.root
    _refuse_taken(family, parent, body, entity)
    request_type = call.operation.body.type if call.operation.body else None
    replaced = (_wires(request_type) or body.keys()) - lasting(python_type(family.response_type), entity.value)
    kept = {key: value for key, value in entity.value.items() if key not in replaced}
    if call.operation.method == "PATCH":
        kept = entity.value
    known = {
        **derived.references(parent),
        **derived.when_updated(entity, body, parent, call.state),
        "id": entity.id,
        "created_at": entity.value.get("created_at"),
        "updated_at": call.state.now(),
    }
    made = _shape(family.response_type, request_type, {**kept, **body}, known)
    before, entity.value = entity.value, remembered(made, entity.value, python_type(request_type or "Any"))
    renaming.follow(call.state, entity, before)
    return ApiResponse(shown(entity, call.operation.response))


def _delete(call: ApiCall) -> ApiResponse:
    call.state.remove(call.target)
    return ApiResponse(status=empty_status(call.operation))


def empty_status(operation: ApiOperation) -> int:
    """The status of a response without a body."""
    return next(
        (declared.status for declared in operation.responses if declared.type is None), operation.response.status
    )


def is_made_up(family: Family) -> bool:
    """Whether only Qovery creates such objects, and nothing tells what they are like."""
    return family.stocked and not provided.is_known(family.kind)


def stock_kind(state: State, kind: str, parent: Entity) -> None:
    """Adds the objects of a kind that only Qovery creates, if they are missing."""
    family = families().by_kind.get(kind)
    if family is not None and parent is not state.root:
        stock(state, family, parent)


def stock(state: State, family: Family, parent: Entity) -> None:
    """Adds the objects that only Qovery creates, such as invoices, when they are first read."""
    if provided.is_known(family.kind):
        provided.add_missing(state, family.kind, parent)
    if not is_made_up(family) or family.kind in parent.children:
        return
    parent.children[family.kind] = {}
    for number in range(_STOCK):
        seed = f"{state.seed}/{parent.id}/{family.kind}/{number}"
        value = {
            **sample(python_type(family.response_type), seed),
            **fitting(family.response_type, derived.references(parent)),
        }
        state.add(family.kind, parent, value)


def fitting(type_: str, known: Mapping[str, Any], value: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The known keys that an object of this type declares and whose values have the declared type."""
    model = branch(python_type(type_), value or {})
    wanted = fields(model) if model else ()
    return {
        f.wire: known[f.wire] for f in wanted if known.get(f.wire) is not None and misfit(known[f.wire], f.type) is None
    }


def _without_nulls(value: Any) -> Any:
    """A body without nulls: null for an optional key means to leave it out."""
    if is_object(value):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if is_list(value) else value


_HANDLERS: Mapping[str, ApiHandler] = {
    "list": _list,
    "create": _create,
    "get": _get,
    "update": _update,
    "delete": _delete,
}
