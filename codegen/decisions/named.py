"""How does the API look under its public names? Facts, joined with names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import attrs

from codegen import facts
from codegen.facts import EnumSchema, ObjectSchema, Schema, UnionSchema


@attrs.frozen
class Operation(facts.OperationFacts):
    """An operation that knows where it stands: `call` is the dotted path below a client."""

    call: str = attrs.field(kw_only=True)

    @property
    def namespace(self) -> str:
        return self.call.rpartition(".")[0]

    @property
    def name(self) -> str:
        return self.call.rpartition(".")[2]


@attrs.frozen
class NamedStream(facts.StreamFacts):
    """A stream that knows the method of `client.streams` that opens it."""

    name: str = attrs.field(kw_only=True)
    declared: str = attrs.field(kw_only=True)
    """The type of its frames as the description has it."""


@attrs.frozen
class Api:
    operations: list[Operation]
    schemas: dict[str, Schema]
    unnamed: dict[str, str] = attrs.Factory(dict)
    """As in the facts: declared schemas without a class of their own."""
    invented: dict[str, str] = attrs.Factory(dict)
    """The names that no table gave, by operation id."""
    renamed: dict[str, str] = attrs.Factory(dict)
    """The public names of schemas that have another than in the facts."""
    joined: dict[str, EnumSchema] = attrs.Factory(dict)
    """The enums that are one class with others, as the facts call and have them."""
    corrected: list[str] = attrs.Factory(list)
    """The places at which the description was corrected."""
    version: str = ""
    streams: list[NamedStream] = attrs.Factory(list)

    @property
    def calls(self) -> dict[str, Operation]:
        return {operation.call: operation for operation in self.operations}

    @property
    def namespaces(self) -> set[str]:
        """All of them, those too that only hold others."""
        inner = {operation.namespace for operation in self.operations}
        return inner | {namespace.partition(".")[0] for namespace in inner}

    @property
    def parameters(self) -> set[str]:
        return {p.name for operation in self.operations for p in (*operation.path_parameters, *operation.query)}


def name(
    api: facts.ApiFacts,
    calls: Mapping[str, str],
    schemas: Mapping[str, str],
    enums: Mapping[str, str],
    *,
    invented: Mapping[str, str],
    streams: Iterable[NamedStream] = (),
) -> Api:
    """The API under its public names.

    `calls` are by operation id, `schemas` and `enums` by what the facts call them; enums of one name are one class.
    """
    joined = _joined(api, enums)
    renamed = {old: new for old, new in schemas.items() if old in api.schemas and new not in api.schemas}
    renamed |= {old: enums[old] for old in joined if enums[old] != old}

    def spell(type_: str) -> str:
        return re.sub(r"\b[A-Za-z_]\w*", lambda word: renamed.get(word[0], word[0]), type_)

    values: dict[str, list[str]] = {}
    for old, schema in joined.items():
        values.setdefault(enums[old], []).extend(schema.values)
    named = {spell(name): _schema(schema, spell) for name, schema in api.schemas.items()}
    named |= {name: EnumSchema(list(dict.fromkeys(every))) for name, every in values.items()}
    return Api(
        operations=[_operation(operation, calls[operation.id], spell) for operation in api.operations],
        schemas=dict(sorted(named.items())),
        unnamed=api.unnamed,
        invented=dict(invented),
        renamed=renamed,
        joined=joined,
        corrected=api.corrected,
        version=api.version,
        streams=[_stream(stream, spell, named) for stream in streams],
    )


def _joined(api: facts.ApiFacts, enums: Mapping[str, str]) -> dict[str, EnumSchema]:
    """The enums that become one class with others, unless a schema that is none of them has the name of the class."""
    found = {old: schema for old in enums if isinstance(schema := api.schemas.get(old), EnumSchema)}
    return {old: schema for old, schema in found.items() if enums[old] in found or enums[old] not in api.schemas}


def _operation(operation: facts.OperationFacts, call: str, spell: Callable[[str], str]) -> Operation:
    known = {field.name: getattr(operation, field.name) for field in attrs.fields(facts.OperationFacts)}
    body = operation.body
    return Operation(
        **known
        | {
            "path_parameters": [attrs.evolve(p, type=spell(p.type)) for p in operation.path_parameters],
            "query": [attrs.evolve(p, type=spell(p.type)) for p in operation.query],
            "body": attrs.evolve(body, type=spell(body.type)) if body else None,
            "responses": [attrs.evolve(a, type=spell(a.type)) if a.type else a for a in operation.responses],
        },
        call=call,
    )


def _stream(stream: NamedStream, spell: Callable[[str], str], schemas: Mapping[str, Schema]) -> NamedStream:
    frame = spell(stream.frame)
    return attrs.evolve(
        stream,
        # The table may name a schema that is gone; `dead` reports that.
        frame=frame if {*facts.references(frame)} <= schemas.keys() else "Any",
        parameters=[attrs.evolve(p, type=spell(p.type)) for p in stream.parameters],
    )


def _schema(schema: Schema, spell: Callable[[str], str]) -> Schema:
    if isinstance(schema, ObjectSchema):
        return ObjectSchema([attrs.evolve(field, type=spell(field.type)) for field in schema.fields])
    if isinstance(schema, UnionSchema):
        return UnionSchema(
            [spell(branch) for branch in schema.branches],
            tag=schema.tag,
            mapping={tag: spell(branch) for tag, branch in schema.mapping.items()},
            keys={key: spell(branch) for key, branch in schema.keys.items()},
        )
    return schema
