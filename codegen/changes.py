"""What changed between two states of the API? A draft for CHANGELOG.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from codegen.decisions.named import Api, Operation
from codegen.facts import EnumSchema, ObjectSchema, Parameter, ResponseFacts, Schema, UnionSchema


def changes(before: Api, after: Api) -> list[str]:
    """One line for each change, removals first."""
    was = _predecessors(before.operations, after.operations)
    kept = [operation.id for operation in was.values()]
    lines = [f"- Removed `{operation.call}`." for operation in before.operations if operation.id not in kept]
    lines += [f"- Added `{o.call}` (`{_http(o)}`)." for o in after.operations if o.id not in was]
    for operation in after.operations:
        if operation.id in was:
            lines += sorted(_operation(was[operation.id], operation))
    lines += _named("model", before.schemas, after.schemas)
    return lines


def _predecessors(before: Iterable[Operation], after: Iterable[Operation]) -> dict[str, Operation]:
    """The former state of each operation, by its id; a new id is matched by method and path."""
    ids = {operation.id for operation in after}
    by_id = {operation.id: operation for operation in before}
    by_route = {operation.route: operation for operation in before if operation.id not in ids}
    found = {operation.id: by_id.get(operation.id) or by_route.get(operation.route) for operation in after}
    return {id_: operation for id_, operation in found.items() if operation}


def _http(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def _operation(old: Operation, new: Operation) -> Iterator[str]:
    call = new.call
    if old.call != call:
        yield f"- Renamed `{old.call}` to `{call}`."
    if _http(old) != _http(new):
        yield f"- `{call}` is now `{_http(new)}`, was `{_http(old)}`."
    if new.deprecated and not old.deprecated:
        yield f"- Deprecated `{call}`."
    yield from _each(call, "parameter", _typed(old.query), _typed(new.query))
    if old.body != new.body:
        yield f"- `{call}` takes the body {_body(new)}, was {_body(old)}."
    if _responses(old.responses) != _responses(new.responses):
        yield f"- `{call}` returns {_responses(new.responses)}, was {_responses(old.responses)}."


def _body(operation: Operation) -> str:
    body = operation.body
    return f"`{body.type}`{'' if body.required else ' (optional)'}" if body else "nothing"


def _responses(responses: Iterable[ResponseFacts]) -> str:
    shapes = {f"`list[{response.type}]`" if response.items else f"`{response.type}`" for response in responses}
    return " or ".join(sorted(shapes))


def _typed(parameters: Iterable[Parameter]) -> dict[str, str]:
    return {p.name: f"{p.type}{', required' if p.required else ''}" for p in parameters}


def _named(kind: str, old: Mapping[str, Schema], new: Mapping[str, Schema]) -> Iterator[str]:
    for name in sorted(old.keys() - new.keys()):
        yield f"- Removed the {kind} `{name}`."
    for name in sorted(new.keys() - old.keys()):
        yield f"- Added the {kind} `{name}`."
    for name in sorted(old.keys() & new.keys()):
        yield from _each(name, *_parts(old[name], new[name]))


def _parts(old: Schema, new: Schema) -> tuple[str, dict[str, str], dict[str, str]]:
    what = {ObjectSchema: "field", EnumSchema: "value", UnionSchema: "branch"}[type(new)]
    return what, _members(old), _members(new)


def _members(schema: Schema) -> dict[str, str]:
    if isinstance(schema, ObjectSchema):
        return {
            f.name: f.type + (" or null" if f.nullable else "") + (", required" if f.required else "")
            for f in schema.fields
        }
    return dict.fromkeys(schema.values if isinstance(schema, EnumSchema) else schema.branches, "")


def _each(where: str, what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(old.keys() - new.keys()):
        yield f"- `{where}` lost the {what} `{name}`."
    for name in sorted(new.keys() - old.keys()):
        yield f"- `{where}` gained the {what} `{name}`."
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield f"- `{where}`: the {what} `{name}` is now {new[name]}, was {old[name]}."
