"""How does a test get a small API, and the same one with a single fact changed?"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from codegen.facts import ApiFacts, OperationFacts, UnionSchema, references
from qovery_async.codec.plain import is_list, is_object

Path = tuple[str | int, ...]

_TYPES = ("str", "int", "bool", "list[str]", "dict[str, Any]", "datetime")


def excerpt(api: ApiFacts, operations: Iterable[OperationFacts]) -> ApiFacts:
    """Some operations and streams with the schemas that they lead to."""
    kept, streams = [*operations], [stream for stream in api.streams if stream.path.endswith("/logs")]
    names = {name for place in (*kept, *streams) for name in reached(api, place)}
    schemas = {name: schema for name, schema in api.schemas.items() if name in names}
    return attrs.evolve(api, operations=kept, streams=streams, schemas=schemas)


def reached(api: ApiFacts, value: object) -> set[str]:
    """The schemas that an operation or a part of it leads to."""
    left, names = _named(value), set[str]()
    while left:
        name = left.pop()
        if name not in names:
            names.add(name)
            left += _named(api.schemas[name])
    return names


def _named(value: object) -> list[str]:
    types = [inner for path, inner in places(value) if isinstance(inner, str) and _is_type(path)]
    return [name for type_ in types for name in references(type_)]


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything in facts that can be changed, with the steps that lead there."""
    steps: list[tuple[str | int, Any]] = []
    class_: type[Any] = value.__class__
    if attrs.has(class_):
        steps = [(field.name, getattr(value, field.name)) for field in attrs.fields(class_) if field.name != "kind"]
    elif is_object(value):
        steps = list(value.items())
    elif is_list(value):
        steps = list(enumerate(value))
    for step, inner in steps:
        yield (*path, step), inner
        yield from places(inner, (*path, step))


def changed(api: ApiFacts, die: random.Random) -> tuple[str, ApiFacts]:
    """The facts with one of them changed, and what that was."""
    every = list(places(api))
    while True:
        path, value = die.choice(every)
        others = [other for other in _others(api, path, value, die) if other != value or str(other) != str(value)]
        if others:
            other = die.choice(others)
            return f"{'/'.join(map(str, path))}: {value!r:.200} -> {other!r:.200}", _put(api, path, other)


def _others(api: ApiFacts, path: Path, value: Any, die: random.Random) -> Iterator[Any]:
    """What may stand at a place instead."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield from _other_texts(api, path, value)
    elif path == ("schemas",):  # whose names are referred to, and whose order is the alphabet's
        yield {name: schema for name, schema in value.items() if name != "Unused"}
    elif path == ("unnamed",):  # in the order of the alphabet too
        yield dict([*value.items()][1:])
    elif is_list(value):
        yield from _orders(value, die)
    elif is_object(value):
        yield from (dict(entries) for entries in _orders([*value.items()], die))


def _orders(entries: list[Any], die: random.Random) -> Iterator[list[Any]]:
    """The entries backwards, and without one of them."""
    yield entries[::-1]
    gone = die.randrange(len(entries) or 1)
    yield [*entries[:gone], *entries[gone + 1 :]]


def _other_texts(api: ApiFacts, path: Path, value: str) -> Iterator[str]:
    if path[0] == "schemas" and path[2] in ("branches", "mapping", "keys"):
        union = api.schemas[str(path[1])]
        assert isinstance(union, UnionSchema)
        yield from (branch for branch in union.branches if branch != value)
    elif _is_type(path):
        yield from (type_ for type_ in _TYPES if type_ != value)
    else:
        yield f"{value}Changed"


def _is_type(path: Path) -> bool:
    return path[-1] in ("type", "frame") or (len(path) > 1 and path[-2] in ("branches", "mapping", "keys"))


def _put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    step, rest = path[0], path[1:]
    if is_object(value):
        return {key: _put(inner, rest, new) if key == step else inner for key, inner in value.items()}
    if is_list(value):
        return [_put(inner, rest, new) if number == step else inner for number, inner in enumerate(value)]
    return attrs.evolve(value, **{str(step): _put(getattr(value, str(step)), rest, new)})
