"""What does an operation do to the state, going by its family alone?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.facts.families import Family, families
from qovery_async.emulator.facts.operations import Answer, Operation, python_type
from qovery_async.emulator.facts.refusals import not_found, taken
from qovery_async.emulator.facts.samples import branch, complete, fields, grow, lasting, sample
from qovery_async.emulator.facts.validation import misfit
from qovery_async.emulator.world import derived
from qovery_async.emulator.world.calls import Behaviour, Call, Reply
from qovery_async.emulator.world.state import Entity, State

_TEXTS: Mapping[str, Any] = {
    "application/octet-stream": b"PK\x05\x06" + bytes(18),  # a ZIP archive without files
    "application/x-yaml": "apiVersion: v1\nkind: Config\nclusters: []\n",
    "text/plain": "# the values of the chart\n",
}
_STOCK = 2
# Lists of what uses a thing: whatever was created here is used by nobody.
_UNUSED = ("list_associated_services", "list_associated_items")


def behaviour(operation: Operation) -> Behaviour:
    """That of the family the operation is of, or a well-formed sample where it is of none."""
    found = families()
    if operation.call in found.only:
        return _read_only_one if operation.method == "GET" else _write_only_one
    if operation.call in found.of_call:
        return _PARTS[found.of_call[operation.call][1]]
    return _acted if _answers_itself(operation) else _sampled


def _answers_itself(operation: Operation) -> bool:
    """Whether it answers with what its path names: `changePlan` with the organization."""
    kind = families().kind_of(operation, operation.parameters[-1]) if operation.parameters else None
    family = families().by_kind.get(kind or "")
    return family is not None and family.answer == operation.answer.type and operation.answer.items is None


def create(state: State, family: Family, parent: Entity, body: Mapping[str, Any]) -> Entity:
    """A new thing of a family, as the API would make it of this body."""
    _refuse_taken(family, parent, body, None)
    now = state.now()
    known = {
        **derived.references(parent),
        **derived.when_created(family.kind, body, parent, state),
        "id": state.new_id(),
        "created_at": now,
        "updated_at": now,
    }
    return state.add(family.kind, parent, _shape(family.answer, family.body, body, known))


def shown(entity: Entity, answer: Answer) -> dict[str, Any]:
    """An entity as an operation answers with it."""
    type_ = python_type(answer.type or "Any")
    return complete({**entity.value, **derived.when_shown(entity)}, type_, entity.id)


def enclosed(items: list[Any], answer: Answer) -> Any:
    """A list in the envelope that the operation has for it."""
    page = {"page": 1, "page_size": max(len(items), 20)} if answer.paged else {}
    return {**page, answer.items: items} if answer.items else items


def family_of(call: Call) -> Family:
    return families().of_call[call.operation.call][0]


def _shape(answer: str, body_type: str | None, body: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    sent = _without_nulls(body)
    grown = grow(python_type(answer), sent, known, known["id"])
    declared = _wires(body_type) or sent.keys()
    return {**grown, **{key: value for key, value in sent.items() if key not in declared and key not in known}}


def _wires(type_: str | None) -> frozenset[str]:
    """The keys that a model declares; none for other types."""
    model = branch(python_type(type_), {}) if type_ else None
    return frozenset(field.wire for field in fields(model)) if model else frozenset()


def _refuse_taken(family: Family, parent: Entity, body: Mapping[str, Any], besides: Entity | None) -> None:
    key = family.unique
    wanted = body.get(key) if key else None
    if key is None or wanted is None:
        return
    for sibling in parent.children.get(family.kind, {}).values():
        if sibling is not besides and sibling.value.get(key) == wanted:
            raise taken(family.kind, key, wanted)


def _list(call: Call) -> Reply:
    family, answer = family_of(call), call.operation.answer
    stock(call.state, family, call.target)
    items = [shown(entity, answer) for entity in call.target.of_kind(family.kind)]
    for wire, wanted in call.query.items():
        if items and wire in items[0] and wire in ("name", "kind"):
            items = [item for item in items if item.get(wire) == wanted]
    return Reply(enclosed(items, answer))


def _create(call: Call) -> Reply:
    family = family_of(call)
    entity = create(call.state, family, _parent(call, family), call.sent)
    reply = shown(entity, call.operation.answer)
    once = call.operation.answer.type
    if once and once != family.answer:
        # What only the creation tells: the token, for one.
        reply = {**grow(python_type(once), {**call.sent, **entity.value}, {}, entity.id), **reply}
    return Reply(reply)


def _parent(call: Call, family: Family) -> Entity:
    """What the path names, else what the body names: `POST /alert-rules` has its organization inside."""
    if call.entities or family.kind == "organization":
        return call.target
    organization = call.sent.get("organization_id")
    if not isinstance(organization, str):
        return call.state.root
    return call.caller.admitted(call.state.get("organization", organization))


def _get(call: Call) -> Reply:
    return Reply(shown(call.target, call.operation.answer))


def _update(call: Call) -> Reply:
    entity, family = call.target, family_of(call)
    body = call.sent
    parent = entity.parent or call.state.root
    _refuse_taken(family, parent, body, entity)
    body_type = call.operation.body.type if call.operation.body else None
    replaced = (_wires(body_type) or body.keys()) - lasting(python_type(family.answer), entity.value)
    kept = {key: value for key, value in entity.value.items() if key not in replaced}
    if call.operation.method == "PATCH":
        kept = entity.value
    changed = derived.when_created(entity.kind, body, parent, call.state) if entity.kind != "environment" else {}
    known = {
        **derived.references(parent),
        **changed,
        "id": entity.id,
        "created_at": entity.value.get("created_at"),
        "updated_at": call.state.now(),
    }
    entity.value = _shape(family.answer, body_type, {**kept, **body}, known)
    return Reply(shown(entity, call.operation.answer))


def _delete(call: Call) -> Reply:
    call.state.remove(call.target)
    return Reply(status=_empty_status(call.operation))


def _empty_status(operation: Operation) -> int:
    return next((answer.status for answer in operation.answers if answer.type is None), operation.answer.status)


def stock_kind(state: State, kind: str, parent: Entity) -> None:
    family = families().by_kind.get(kind)
    if family is not None and parent is not state.root:
        stock(state, family, parent)


def stock(state: State, family: Family, parent: Entity) -> None:
    """Things that only Qovery makes, such as invoices, are there as soon as somebody looks."""
    if not family.stocked or family.kind in parent.children:
        return
    parent.children[family.kind] = {}
    for number in range(_STOCK):
        seed = f"{state.seed}/{parent.id}/{family.kind}/{number}"
        value = {**sample(python_type(family.answer), seed), **_fitting(family.answer, derived.references(parent))}
        if "connection_name" in value:
            value["connection_name"] = f"connection-{number + 1}"
        state.add(family.kind, parent, value, id_=value.get("id") or value.get("connection_name"))


def _read_only_one(call: Call) -> Reply:
    return _one(call, call.target.settings.get(_word(call)))


def _write_only_one(call: Call) -> Reply:
    operation, word = call.operation, _word(call)
    if operation.method == "DELETE":
        call.target.settings.pop(word, None)
        return Reply(status=_empty_status(operation))
    answer = operation.answer
    value = call.body
    if answer.items and is_object(value):
        value = next((item for item in value.values() if is_list(item)), None)
    elif is_object(value) and answer.type:
        value = {**grow(python_type(answer.type), value, {}, word), **value}
    default = _default(call, answer)
    _check_id(call, default)
    call.target.settings[word] = value
    return _one(call, value) if answer.type else Reply()


def _check_id(call: Call, default: Any) -> None:
    """`PUT /environment/{environmentId}/deploymentRule/{deploymentRuleId}` repeats the id of the only rule."""
    last = next(reversed(call.operation.parameters), "")
    if last and last not in call.entities and is_object(default) and call.path[last] != default.get("id"):
        raise not_found(_word(call), call.path[last])


def _one(call: Call, value: Any) -> Reply:
    answer = call.operation.answer
    default = _default(call, answer)
    if value is None:
        return Reply(default)
    if answer.items:
        return Reply(enclosed(value, answer))
    return Reply({**default, **value} if is_object(value) and is_object(default) else value)


def _word(call: Call) -> str:
    return families().only[call.operation.call]


def _default(call: Call, answer: Answer) -> Any:
    """What it reads as long as nobody wrote it."""
    if answer.items:
        return enclosed([], answer)
    return _sample(answer, f"{call.state.seed}/{call.target.id}/{_word(call)}", derived.references(call.target))


def _acted(call: Call) -> Reply:
    entity, answer = call.target, call.operation.answer
    if call.operation.writes:
        entity.value = {**entity.value, **_fitting(answer.type or "", call.sent, entity.value)}
    return Reply(shown(entity, answer))


def _sampled(call: Call) -> Reply:
    operation, answer = call.operation, call.operation.answer
    if answer.type is None:
        return Reply()
    if operation.verb in _UNUSED:
        return Reply(enclosed([], answer))
    sent = call.body if is_object(call.body) else {}
    known = {**call.query, **sent, **derived.references(call.target)}
    value = _sample(answer, f"{call.state.seed}/{call.target.id}/{operation.call}", known)
    if answer.items:
        value = enclosed([value], answer)
    return Reply(value)


def _sample(answer: Answer, seed: str, known: Mapping[str, Any]) -> Any:
    if (text := _TEXTS.get(answer.media_type or "")) is not None:
        return text
    type_ = python_type(answer.type or "Any")
    value = sample(type_, seed)
    return {**value, **_fitting(answer.type or "", known, value)} if is_object(value) else value


def _fitting(type_: str, known: Mapping[str, Any], value: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The part of what is known that an object of this type has room for."""
    model = branch(python_type(type_), value or {})
    wanted = fields(model) if model else ()
    return {
        f.wire: known[f.wire] for f in wanted if known.get(f.wire) is not None and misfit(known[f.wire], f.type) is None
    }


def _without_nulls(value: Any) -> Any:
    """A null sent for an optional key leaves it out."""
    if is_object(value):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if is_list(value) else value


_PARTS: Mapping[str, Behaviour] = {
    "list": _list,
    "create": _create,
    "get": _get,
    "update": _update,
    "delete": _delete,
}
