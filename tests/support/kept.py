"""Is all that a request can have of a response in the body that a patch sends? It asks the facts, not the code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from codegen.decisions import tables
from codegen.facts import EnumSchema, Field, ObjectSchema, UnionSchema, references
from qovery_async.codec.plain import is_list, is_object
from tests.support.payloads import API, as_json

PATCHES = tables.read().patches


def lost(source: str, response: Any, target: str, body: Any, path: str = "") -> Iterator[str]:
    """Each place where the body is not what the response was, in the form that the request has."""
    one, other = API.schemas[source], API.schemas[target]
    if source == target or not is_object(response) or isinstance(one, EnumSchema):
        yield from _same(response, body, path)
    elif isinstance(one, UnionSchema):
        branch = branch_of(one, response)
        yield from lost(branch, response, target, body, path) if branch else _same(response, body, path)
    elif not is_object(body):
        yield f"{path}: {body!r} is no object"
    elif isinstance(other, UnionSchema):
        decided = [name for name in PATCHES.branches(source) if name in other.branches]
        chosen = branch_of(other, body)
        names = decided or ([chosen] if chosen else [])
        tried = [list(lost(source, response, name, body, path)) for name in names]
        yield from min(tried, key=len) if tried else _same(response, body, path)
    elif not isinstance(other, EnumSchema):
        yield from _objects(source, response, target, body, path)


def branch_of(union: UnionSchema, value: dict[str, Any]) -> str | None:
    if union.tag:
        return union.mapping.get(str(value.get(union.tag)))
    return next((name for key, name in union.keys.items() if key and value.get(key) is not None), union.keys.get(""))


def _objects(source: str, response: dict[str, Any], target: str, body: dict[str, Any], path: str) -> Iterator[str]:
    ours, theirs = fields(source), fields(target)
    rule = PATCHES.rule(source, target)
    moved, unsendable = (rule.moved, rule.unsendable) if rule else ({}, {})
    for key, field in theirs.items():
        type_, value = ours[key].type if key in ours else "", response.get(key)
        if key in moved and (value is None or moved[key].startswith(f"{key}.")):
            found = _at(source, response, moved[key].split("."))
            type_, value = found if found[1] is not None else (type_, value)
        place = f"{path}.{key}"
        if value is None:
            takes_null = field.nullable or not (field.required or (key in ours and ours[key].nullable))
            was_null = key in response
            yield from _nothing(
                body, field, place, sent=was_null and takes_null, given=bool(rule and key in rule.defaults)
            )
        elif value != unsendable.get(key):
            yield from _values(type_, value, field.type, body.get(key), place)
    for key in response.keys() - ours.keys() - theirs.keys():
        yield from _same(response[key], body.get(key, "nothing"), f"{path}.{key}")
    for key in body.keys() - theirs.keys() - (response.keys() - ours.keys()):
        yield f"{path}.{key}: was made up"


def _nothing(body: dict[str, Any], field: Field, place: str, *, sent: bool, given: bool) -> Iterator[str]:
    """A key that the response does not have, or has as null, which is sent only where the request takes it."""
    is_tag = isinstance(API.schemas.get(field.type), EnumSchema) and field.required
    value = body.get(field.wire, "nothing")
    if value != (None if sent else "nothing") and not given and not is_tag:
        yield f"{place}: {value!r} instead of {'null' if sent else 'nothing'}"


def _values(type_: str, value: Any, wanted: str, sent: Any, path: str) -> Iterator[str]:
    source, target = references(type_), references(wanted)
    if not source or not target:
        yield from _same(value, sent, path)
    elif is_list(value) and is_list(sent) and len(value) == len(sent):
        for number, (one, other) in enumerate(zip(value, sent, strict=True)):
            yield from lost(source[0], one, target[0], other, f"{path}[{number}]")
    elif is_list(value):
        yield f"{path}: {sent!r} is not that list"
    else:
        yield from lost(source[0], value, target[0], sent, path)


def _at(source: str, value: Any, steps: list[str]) -> tuple[str, Any]:
    """The type and the value at a place such as `registry.id`."""
    type_ = source
    for step in steps:
        schema = API.schemas.get(type_)
        if isinstance(schema, UnionSchema) and is_object(value):
            type_ = branch_of(schema, value) or ""
        value = value.get(step) if is_object(value) else None
        declared = fields(type_)[step].type if step in fields(type_) else ""
        type_ = next(iter(references(declared)), declared)
    return type_, value


def fields(name: str) -> dict[str, Field]:
    schema = API.schemas.get(name)
    return {field.wire: field for field in schema.fields} if isinstance(schema, ObjectSchema) else {}


def _same(one: Any, other: Any, path: str) -> Iterator[str]:
    if as_json(one) != as_json(other):
        yield f"{path}: {other!r:.80} instead of {one!r:.80}"
