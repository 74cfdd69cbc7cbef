"""Which fields does an object schema have, once its `allOf` parts are one?"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from codegen.facts import Field, ObjectSchema
from codegen.read.bounds import bounds
from codegen.read.components import Components
from codegen.read.description import Node
from codegen.read.keywords import Typed, is_schema, is_union, only_known, parts
from codegen.spelling import attribute, pascal


@attrs.define
class Gathered:
    """All that the parts of one object say of it."""

    found: dict[str, Field] = attrs.Factory(dict)
    required: dict[str, Node] = attrs.Factory(dict)
    """The places that require a key, by that key."""
    unions: list[Node] = attrs.Factory(list)
    """The parts that are a union."""

    def copy(self) -> Gathered:
        return Gathered(dict(self.found), dict(self.required))

    def settled(self, node: Node) -> list[Field]:
        """The fields of the object at `node`."""
        for key, place in self.required.items():
            if key not in self.found:
                raise place.fail(f"the key {key!r} is required, but not declared")
        names: dict[str, str] = {}
        for key, field in self.found.items():
            if names.setdefault(field.name, key) != key:
                raise node.fail(f"the keys {key!r} and {names[field.name]!r} have the same Python name {field.name}")
        return [attrs.evolve(field, required=key in self.required) for key, field in self.found.items()]


@attrs.frozen
class ObjectReader:
    """Gathers the fields of objects; `read` says which type a field has."""

    components: Components
    read: Callable[[Node, str], Typed]

    def model(self, node: Node, name: str) -> ObjectSchema:
        gathered = Gathered()
        self.gather(node, name, gathered)
        return ObjectSchema(gathered.settled(node))

    def gather(self, node: Node, hint: str, into: Gathered) -> None:
        only_known(node)
        if is_union(node):
            into.unions.append(node)
        for part in parts(node):
            target = part.resolve()
            component = self.components.name(target)
            if component:
                self.components.joined.add(component)
            self.gather(target, component or hint, into)
        for key, entry in node.child("properties").items() if "properties" in node.value else ():
            if key.startswith("x-") and not is_schema(entry):
                continue  # an editor's remark that slipped in between the properties
            typed = self.read(entry, f"{hint}{pascal(key)}")
            within = bounds(entry)
            into.found[key] = Field(attribute(key), key, typed.expression, nullable=typed.nullable, bounds=within)
        for entry in node.child("required").elements() if "required" in node.value else ():
            into.required.setdefault(entry.value, entry)
