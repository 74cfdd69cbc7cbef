"""Which namespaces have `patch`, and how does what they return become what they take? Data: patches.toml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import attrs

from codegen.decisions.loader import NamespaceName, OperationName, Place, SchemaName, Table
from codegen.decisions.named import Api, Operation
from codegen.facts import ObjectSchema, references


@attrs.frozen
class Patched:
    """How the one object is read: by `get`, or found by its id in what `list` returns.

    `into` is the key of the request that takes a list which is all that `get` returns.
    """

    read: Literal["get", "list"] = "get"
    into: str = ""


@attrs.frozen
class Dropped:
    """Attributes of responses that no request takes; of `models`, or else of all."""

    attributes: list[str]
    reason: str
    models: list[SchemaName] = attrs.Factory(list)


@attrs.frozen
class Missing:
    """Attributes of requests that a response does not have, for which it need not have a value."""

    attributes: list[str]
    reason: str
    models: list[SchemaName]


@attrs.frozen
class Converted:
    """What a pair of models needs beyond equal keys; the fields of `qovery_async.runtime.patching.rules.Conversion`."""

    source: SchemaName
    target: SchemaName
    reason: str
    moved: dict[str, str] = attrs.Factory(dict)
    defaults: dict[str, str] = attrs.Factory(dict)
    unsendable: dict[str, str] = attrs.Factory(dict)


@attrs.frozen
class Branch:
    """The branch of a union that a response's model becomes; of several, the first that it has the values for."""

    source: SchemaName
    targets: list[SchemaName]
    reason: str


@attrs.frozen
class Exclusive:
    """Keys of which a request has one: a patch that gives one of them takes out the others."""

    model: SchemaName
    keys: list[str]
    reason: str


@attrs.frozen
class HiddenValue:
    """A value at `path` of a request that never comes back, and what happens where it is left out."""

    model: SchemaName
    path: str
    left_out: Literal["kept", "erased", "unknown"]
    reason: str
    held: str = ""
    unless: str = ""


@attrs.frozen
class Patches(Table):
    patched: dict[NamespaceName, Patched]
    unpatched: dict[OperationName, str]
    dropped: list[Dropped]
    missing: list[Missing]
    converted: list[Converted]
    branch: list[Branch]
    exclusive: list[Exclusive]
    hidden: list[HiddenValue]

    def bodies(self, namespace: str, api: Api, name: str) -> Iterator[tuple[str, str]]:
        """The schema that a namespace's object has in a response, and that of the body of `update` or `create`."""
        row = self.patched[namespace]
        operation, read = api.calls.get(f"{namespace}.{name}"), api.calls.get(f"{namespace}.{row.read}")
        if operation and operation.body and read and not row.into:
            (source,) = references(read.responses[0].type)
            yield source, operation.body.type

    def pairs(self, api: Api) -> Iterator[tuple[str, str, str]]:
        """Each namespace with its response's schema and its request's: of `update`, and of `create`."""
        for namespace in self.patched:
            for name in ("update", "create"):
                for source, target in self.bodies(namespace, api, name):
                    yield namespace, source, target

    def drops(self, name: str, attribute: str) -> bool:
        return any(attribute in row.attributes and name in (row.models or [name]) for row in self.dropped)

    def lacks(self, name: str, attribute: str) -> bool:
        return any(attribute in row.attributes and name in row.models for row in self.missing)

    def rule(self, source: str, target: str) -> Converted | None:
        return next((row for row in self.converted if (row.source, row.target) == (source, target)), None)

    def branches(self, source: str) -> list[str]:
        return next((row.targets for row in self.branch if row.source == source), [])

    def _named(self, api: Api) -> Iterator[tuple[Place, list[str], list[str]]]:
        """Each place that names attributes, with the attributes and their models."""
        for number, dropped in enumerate(self.dropped):
            yield ("dropped", number, "attributes"), dropped.attributes, dropped.models or list(api.schemas)
        for number, missing in enumerate(self.missing):
            yield ("missing", number, "attributes"), missing.attributes, missing.models
        for number, exclusive in enumerate(self.exclusive):
            yield ("exclusive", number, "keys"), exclusive.keys, [exclusive.model]
        for number, hidden in enumerate(self.hidden):
            yield ("hidden", number, "path"), [hidden.path.split(".")[0]], [hidden.model]
        for number, row in enumerate(self.converted):
            yield ("converted", number, "target"), [*row.moved, *row.defaults, *row.unsendable], [row.target]
            yield ("converted", number, "source"), [place.split(".")[0] for place in row.moved.values()], [row.source]

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        for namespace, row in self.patched.items():
            if namespace in api.namespaces and not {f"{namespace}.update", f"{namespace}.{row.read}"} <= {*api.calls}:
                yield ("patched", namespace), f"it has no `update` or no `{row.read}`"
        for call in self.unpatched:
            if call in api.calls and (api.calls[call].method != "PUT" or self._is_patched(api.calls[call])):
                yield ("unpatched", call), "it is no PUT, or its namespace has a patch"
        for place, attributes, models in self._named(api):
            known = {key for name in models if name in api.schemas for key in _keys(api, name)}
            for attribute in attributes:
                if attribute not in known:
                    yield place, f"{attribute} is no attribute there"

    def without(self, api: Api) -> list[str]:
        """Each PUT of which it is not said whether it has a patch."""
        return [
            operation.call
            for operation in api.operations
            if operation.method == "PUT" and operation.call not in self.unpatched and not self._is_patched(operation)
        ]

    def _is_patched(self, operation: Operation) -> bool:
        return operation.name == "update" and operation.namespace in self.patched


def _keys(api: Api, name: str) -> list[str]:
    schema = api.schemas[name]
    return [field.wire for field in schema.fields] if isinstance(schema, ObjectSchema) else []
