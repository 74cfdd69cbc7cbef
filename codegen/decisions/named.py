"""How does the API look under its public names? Facts, joined with names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import attrs

from codegen import facts
from codegen.facts import ObjectSchema, Schema, UnionSchema


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
class Api:
    operations: list[Operation]
    schemas: dict[str, Schema]
    unnamed: dict[str, str] = attrs.Factory(dict)
    """As in the facts: declared schemas without a class of their own."""
    invented: dict[str, str] = attrs.Factory(dict)
    """The names that no table gave, by operation id."""
    renamed: dict[str, str] = attrs.Factory(dict)
    """The public names of schemas that have another than in the facts."""
    corrected: list[str] = attrs.Factory(list)
    """The places at which the description was corrected."""

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
    api: facts.ApiFacts, calls: Mapping[str, str], schemas: Mapping[str, str], *, invented: Mapping[str, str]
) -> Api:
    """The API with `calls` by operation id and `schemas` by what the facts call them."""
    renamed = {old: new for old, new in schemas.items() if old in api.schemas and new not in api.schemas}

    def spell(type_: str) -> str:
        return re.sub(r"\b[A-Za-z_]\w*", lambda word: renamed.get(word[0], word[0]), type_)

    return Api(
        operations=[_operation(operation, calls[operation.id], spell) for operation in api.operations],
        schemas=dict(sorted((spell(name), _schema(schema, spell)) for name, schema in api.schemas.items())),
        unnamed=api.unnamed,
        invented=dict(invented),
        renamed=renamed,
        corrected=api.corrected,
    )


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
