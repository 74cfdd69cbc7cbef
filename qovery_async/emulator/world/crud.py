"""What does an operation do that has no handler written by hand? Its family says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.facts.families import Family, families
from qovery_async.emulator.facts.operations import ApiOperation, DeclaredResponse, python_type
from qovery_async.emulator.facts.refusals import not_found, taken
from qovery_async.emulator.facts.samples import branch, complete, fields, grow, lasting, sample
from qovery_async.emulator.facts.validation import misfit
from qovery_async.emulator.world import derived, pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiResponse
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.unknown_keys import grafted, remembered

_TEXTS: Mapping[str, Any] = {
    "application/octet-stream": b"PK\x05\x06" + bytes(18),  # a ZIP archive without files
    "application/x-yaml": "apiVersion: v1\nkind: Config\nclusters: []\n",
    "text/plain": "# the values of the chart\n",
}
_STOCK = 2
# Lists of what uses an object: in the emulator, nothing does.
_UNUSED = ("list_associated_services", "list_associated_items")


def handler(operation: ApiOperation) -> ApiHandler:
    """The handler for the operation's verb in its family, or one that returns a sample if it has no family."""
    found = families()
    if operation.call in found.settings:
        return _read_setting if operation.method == "GET" else _write_setting
    if operation.call in found.of_call:
        return _HANDLERS[found.of_call[operation.call][1]]
    return _changed_target if _returns_target(operation) else _sampled


def _returns_target(operation: ApiOperation) -> bool:
    """Whether the response is the entity in the path, as `changePlan` returns the organization."""
    kind = families().kind_of(operation, operation.parameters[-1]) if operation.parameters else None
    family = families().by_kind.get(kind or "")
    return family is not None and family.response_type == operation.response.type and operation.response.items is None


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


def enclosed(items: list[Any], declared: DeclaredResponse) -> Any:
    """A list in the envelope of the response."""
    page = {"page": 1, "page_size": pages.SIZE} if declared.paged else {}
    return {**page, declared.items: items} if declared.items else items


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
    key = family.unique
    wanted = body.get(key) if key else None
    if key is None or wanted is None:
        return
    for sibling in parent.children.get(family.kind, {}).values():
        if sibling is not except_for and sibling.value.get(key) == wanted:
            raise taken(family.kind, key, wanted)


def _list(call: ApiCall) -> ApiResponse:
    family, declared = family_of(call), call.operation.response
    stock(call.state, family, call.target)
    items = [shown(entity, declared) for entity in call.target.of_kind(family.kind)]
    for wire, wanted in call.query.items():
        if items and wire in items[0] and wire in ("name", "kind"):
            items = [item for item in items if item.get(wire) == wanted]
    return ApiResponse(enclosed(pages.page_of(items, call), declared))


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
    return ApiResponse(shown(call.target, call.operation.response))


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
    entity.value = remembered(made, entity.value, python_type(request_type or "Any"))
    return ApiResponse(shown(entity, call.operation.response))


def _delete(call: ApiCall) -> ApiResponse:
    call.state.remove(call.target)
    return ApiResponse(status=_empty_status(call.operation))


def _empty_status(operation: ApiOperation) -> int:
    return next(
        (declared.status for declared in operation.responses if declared.type is None), operation.response.status
    )


def stock_kind(state: State, kind: str, parent: Entity) -> None:
    """Adds the objects of a kind that only Qovery creates, if they are missing."""
    family = families().by_kind.get(kind)
    if family is not None and parent is not state.root:
        stock(state, family, parent)


def stock(state: State, family: Family, parent: Entity) -> None:
    """Adds the objects that only Qovery creates, such as invoices, when they are first read."""
    if not family.stocked or family.kind in parent.children:
        return
    parent.children[family.kind] = {}
    for number in range(_STOCK):
        seed = f"{state.seed}/{parent.id}/{family.kind}/{number}"
        value = {
            **sample(python_type(family.response_type), seed),
            **_fitting(family.response_type, derived.references(parent)),
        }
        if "connection_name" in value:
            value["connection_name"] = f"connection-{number + 1}"
        state.add(family.kind, parent, value, id_=value.get("id") or value.get("connection_name"))


def _read_setting(call: ApiCall) -> ApiResponse:
    return _setting(call, call.target.settings.get(_word(call)))


def _write_setting(call: ApiCall) -> ApiResponse:
    operation, word = call.operation, _word(call)
    if operation.method == "DELETE":
        call.target.settings.pop(word, None)
        return ApiResponse(status=_empty_status(operation))
    declared = operation.response
    value = call.body
    if declared.items and is_object(value):
        value = next((item for item in value.values() if is_list(item)), None)
    elif is_object(value) and declared.type:
        value = {**grow(python_type(declared.type), value, {}, word), **value}
    default = _default(call, declared)
    _check_id(call, default)
    call.target.settings[word] = value
    return _setting(call, value) if declared.type else ApiResponse()


def _check_id(call: ApiCall, default: Any) -> None:
    """Checks the id in `PUT /environment/{environmentId}/deploymentRule/{deploymentRuleId}`."""
    last = next(reversed(call.operation.parameters), "")
    if last and last not in call.entities and is_object(default) and call.path[last] != default.get("id"):
        raise not_found(_word(call), call.path[last])


def _setting(call: ApiCall, value: Any) -> ApiResponse:
    declared = call.operation.response
    default = _default(call, declared)
    if value is None:
        return ApiResponse(default)
    if declared.items:
        return ApiResponse(enclosed(value, declared))
    return ApiResponse({**default, **value} if is_object(value) and is_object(default) else value)


def _word(call: ApiCall) -> str:
    return families().settings[call.operation.call]


def _default(call: ApiCall, declared: DeclaredResponse) -> Any:
    """The value of a setting that was never written."""
    if declared.items:
        return enclosed([], declared)
    return _sample(declared, f"{call.state.seed}/{call.target.id}/{_word(call)}", derived.references(call.target))


def _changed_target(call: ApiCall) -> ApiResponse:
    entity, declared = call.target, call.operation.response
    if call.operation.writes:
        entity.value = {**entity.value, **_fitting(declared.type or "", call.sent, entity.value)}
    return ApiResponse(shown(entity, declared))


def _sampled(call: ApiCall) -> ApiResponse:
    operation, declared = call.operation, call.operation.response
    if declared.type is None:
        return ApiResponse()
    if operation.verb in _UNUSED:
        return ApiResponse(enclosed([], declared))
    sent = call.body if is_object(call.body) else {}
    known = {**call.query, **sent, **derived.references(call.target)}
    value = _sample(declared, f"{call.state.seed}/{call.target.id}/{operation.call}", known)
    if declared.items:
        value = enclosed(pages.page_of([value], call), declared)
    return ApiResponse(value)


def _sample(declared: DeclaredResponse, seed: str, known: Mapping[str, Any]) -> Any:
    if (text := _TEXTS.get(declared.media_type or "")) is not None:
        return text
    type_ = python_type(declared.type or "Any")
    value = sample(type_, seed)
    return {**value, **_fitting(declared.type or "", known, value)} if is_object(value) else value


def _fitting(type_: str, known: Mapping[str, Any], value: Mapping[str, Any] | None = None) -> dict[str, Any]:
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
