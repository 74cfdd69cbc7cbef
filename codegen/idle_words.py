"""Which rows of the tables for docstrings speak of what the API does not have, or change nothing?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from codegen.docstrings import Words
from codegen.facts import Api, Model, Operation


def idle(words: Words, api: Api) -> list[str]:
    """The rows of the tables for docstrings that speak of what the API does not have, or change nothing."""
    operations = {operation.call: operation for operation in api.operations}
    return [
        *_idle_phrases(words, operations),
        *_idle_notes("notes", words.notes, operations),
        *_idle_notes("returns", words.returns, operations),
        *(f"replaced_by: {call}" for pair in words.replaced_by.items() for call in pair if call not in operations),
        *_idle_parameters(words, operations),
        *_idle_fields(words, api),
        *(f"namespaces: {name}" for name in words.namespaces.keys() ^ _all_namespaces(api)),
    ]


def _idle_phrases(words: Words, operations: Mapping[str, Operation]) -> Iterator[str]:
    sentences = words.sentences
    for call in sentences.calls:
        rest = attrs.evolve(sentences, calls={c: p for c, p in sentences.calls.items() if c != call})
        if call not in operations or rest.of(operations[call]) == sentences.of(operations[call]):
            yield f"calls: {call}"
    for key in sentences.methods:
        rest = attrs.evolve(sentences, methods={k: p for k, p in sentences.methods.items() if k != key})
        if all(rest.of(operation) == sentences.of(operation) for operation in operations.values()):
            yield f"methods: {key}"
    for key in sentences.things:
        rest = attrs.evolve(sentences, things={k: t for k, t in sentences.things.items() if k != key})
        if all(rest.of(operation) == sentences.of(operation) for operation in operations.values()):
            yield f"things: {key}"


def _idle_notes(table: str, notes: Mapping[str, str], operations: Mapping[str, Operation]) -> Iterator[str]:
    by_name = {operation.name for call, operation in operations.items() if call not in notes}
    for key in notes:
        if key not in operations and not (key.startswith("*.") and key[2:] in by_name):
            yield f"{table}: {key}"


def _idle_parameters(words: Words, operations: Mapping[str, Operation]) -> Iterator[str]:
    taken = {call: _parameters(operation) for call, operation in operations.items()}
    queried = {parameter.name for operation in operations.values() for parameter in operation.query}
    general = {name for call, names in taken.items() for name in names if name not in words.parameters_of.get(call, {})}
    yield from (f"parameters: {name}" for name in words.parameters if name not in general)
    yield from (f"plain: {name}" for name in words.plain if name not in queried or name in words.parameters)
    for call, notes in words.parameters_of.items():
        for name, note in notes.items():
            if name not in taken.get(call, ()) or note == words.parameters.get(name):
                yield f"parameters_of: {call} {name}"


def _parameters(operation: Operation) -> list[str]:
    names = [parameter.name for parameter in (*operation.path_parameters, *operation.query)]
    return [*names, *(["body"] if operation.body else [])]


def _idle_fields(words: Words, api: Api) -> Iterator[str]:
    has = {name: {f.name for f in s.fields} for name, s in api.schemas.items() if isinstance(s, Model)}
    for model, field in words.fields_of:
        if field not in has.get(model, ()) or words.fields_of[model, field] == words.fields.get(field):
            yield f"fields_of: {model} {field}"
    general = {field for model, fields in has.items() for field in fields if (model, field) not in words.fields_of}
    yield from (f"fields: {field}" for field in words.fields if field not in general)


def _all_namespaces(api: Api) -> set[str]:
    own = {operation.namespace for operation in api.operations}
    return own | {namespace.partition(".")[0] for namespace in own}
