"""What changed between two states of the API? A draft for CHANGELOG.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from codegen.facts import Answer, Api, Enum, Model, Operation, Parameter, Schema, Union


def changes(before: Api, after: Api) -> list[str]:
    """One line for each change, what was removed first."""
    old = {operation.id: operation for operation in before.operations}
    new = {operation.id: operation for operation in after.operations}
    lines = [f"- Removed `{old[i].call}`." for i in old if i not in new]
    lines += [f"- Added `{new[i].call}` (`{_http(new[i])}`)." for i in new if i not in old]
    for id_ in [i for i in new if i in old]:
        lines += sorted(_operation(old[id_], new[id_]))
    lines += _named("model", before.schemas, after.schemas)
    return lines


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
    if _answers(old.answers) != _answers(new.answers):
        yield f"- `{call}` answers {_answers(new.answers)}, was {_answers(old.answers)}."


def _body(operation: Operation) -> str:
    body = operation.body
    return f"`{body.type}`{'' if body.required else ' (optional)'}" if body else "nothing"


def _answers(answers: Iterable[Answer]) -> str:
    shapes = {f"`list[{a.type}]`" if a.items else f"`{a.type}`" for a in answers}
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
    what = {Model: "field", Enum: "value", Union: "branch"}[type(new)]
    return what, _members(old), _members(new)


def _members(schema: Schema) -> dict[str, str]:
    if isinstance(schema, Model):
        return {
            f.name: f.type + (" or null" if f.nullable else "") + (", required" if f.required else "")
            for f in schema.fields
        }
    return dict.fromkeys(schema.values if isinstance(schema, Enum) else schema.branches, "")


def _each(where: str, what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(old.keys() - new.keys()):
        yield f"- `{where}` lost the {what} `{name}`."
    for name in sorted(new.keys() - old.keys()):
        yield f"- `{where}` gained the {what} `{name}`."
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield f"- `{where}`: the {what} `{name}` is now {new[name]}, was {old[name]}."
