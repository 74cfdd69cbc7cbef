"""Which type do the values have that a schema of the description describes?

Every schema is flattened: `allOf` becomes one list of fields, a reference to a scalar, an array
or a free-form map becomes the thing itself, and only objects, enums and unions keep a name.
"""

from __future__ import annotations

from codegen.facts import EnumSchema, Field, Schema
from codegen.read.components import Components
from codegen.read.description import Node
from codegen.read.keywords import (
    SCALARS,
    Typed,
    constants,
    is_joined,
    is_nullable,
    is_object,
    is_union,
    kinds,
    only_known,
    parts,
    says_nothing,
    text_type,
)
from codegen.read.objects import Gathered, ObjectReader
from codegen.read.unions import UnionReader
from codegen.spelling import singular


class SchemaReader:
    """Turns nodes into type expressions, collecting the named schemas they reach."""

    def __init__(self, root: Node) -> None:
        self._components = Components(root)
        self._objects = ObjectReader(self._components, self.read)
        self._unions = UnionReader(self._components, self._objects)

    @property
    def schemas(self) -> dict[str, Schema]:
        """The named schemas met so far."""
        return self._components.schemas

    def read(self, node: Node, hint: str) -> Typed:
        """The type of the values at `node`; an inline schema that needs a name gets `hint`."""
        if node.value is True:
            return Typed("Any")
        nullable = is_nullable(node)
        target = node.resolve()
        if target.where != node.where:
            hint = self._components.name(target) or hint
        only_known(target)
        typed = self._read(target, hint)
        return Typed(typed.expression, nullable or typed.nullable)

    def fields(self, node: Node, hint: str) -> list[Field] | None:
        """The fields of an object schema, or None where it is something else."""
        target = node.resolve()
        hint = self._components.name(target) or hint
        self._components.opened.add(hint)
        if not is_object(target):
            return None
        gathered = Gathered()
        self._objects.gather(target, hint, gathered)
        return None if gathered.unions else gathered.settled(target)

    def read_declared(self) -> None:
        """Reads every declared schema, also those that nothing leads to."""
        for name, node in self._components.declared.items():
            self.read(node, name)

    def finish(self) -> dict[str, Schema]:
        """All schemas, once everything has been read."""
        self._unions.finish()
        return dict(sorted(self.schemas.items()))

    def unnamed(self) -> dict[str, str]:
        """The declared schemas that have no class, and why."""
        return self._components.unnamed()

    def _read(self, node: Node, hint: str) -> Typed:
        value = node.mapping()
        nullable = is_nullable(node)
        if (entries := constants(node)) is not None:
            return self._enum(node, entries, hint)
        if is_joined(node):
            return self._joined(node, hint)
        if is_union(node):
            typed = self._unions.union(node, hint)
            return Typed(typed.expression, nullable or typed.nullable)
        allowed = kinds(node)
        if len(allowed) > 1:
            return Typed(self._unions.of_scalars(node, hint), nullable)
        kind = allowed[0] if allowed else None
        if kind == "array":
            item = self.read(node.child("items"), singular_hint(hint)) if "items" in value else "Any"
            return Typed(f"list[{item}]", nullable)
        if kind in SCALARS:
            if "properties" in value or "items" in value:
                raise node.fail(f"a {kind} cannot have properties or items")
            return Typed(text_type(node) if kind == "string" else SCALARS[kind], nullable)
        if kind == "object" or value.get("properties") or "additionalProperties" in value:
            return Typed(self._object(node, hint), nullable)
        if kind is None and "type" not in value:
            return Typed("Any", nullable)
        raise node.fail(f"unknown type {value['type']!r}, expected object, array, {', '.join(SCALARS)}")

    def _enum(self, node: Node, entries: list[Node], hint: str) -> Typed:
        place = next((node.child(keyword) for keyword in ("enum", "const") if keyword in node.value), node)
        values = [entry.value for entry in entries]
        texts = [value for value in values if value is not None]
        if not {*kinds(node)} <= {"string"} or not all(isinstance(value, str) for value in texts):
            raise place.fail("an enum must consist of strings")
        if not texts:
            raise place.fail("an enum must have a value")
        name = self._components.define(node, hint, lambda _: EnumSchema(list(dict.fromkeys(texts))))
        return Typed(name, is_nullable(node) or None in values)

    def _object(self, node: Node, hint: str) -> str:
        value = node.value
        extra = node.get("additionalProperties")
        if value.get("properties"):
            if extra is not None and not isinstance(extra.value, bool):
                raise extra.fail("a schema has either properties or typed additional properties, not both")
            return self._components.define(node, hint, lambda name: self._objects.model(node, name))
        required = node.get("required")
        if required is not None and required.value:
            raise required.fail("names are required, but no properties are declared")
        if extra is None or isinstance(extra.value, bool):
            return "dict[str, Any]"
        return f"dict[str, {self.read(extra, f'{hint}Value')}]"

    def _joined(self, node: Node, hint: str) -> Typed:
        nullable = is_nullable(node)
        meaningful = [part for part in parts(node) if not says_nothing(part)]
        # `allOf` around one reference only serves to say something beside it.
        if (
            len(meaningful) == 1
            and "$ref" in meaningful[0].value
            and not node.value.keys() & {"properties", "required"}
        ):
            nullable = nullable or any(is_nullable(part) for part in parts(node))
            typed = self.read(meaningful[0], hint)
            return Typed(typed.expression, nullable or typed.nullable)
        if not is_object(node):
            raise node.fail("allOf must join objects only")
        gathered = Gathered()
        self._objects.gather(node, hint, gathered)
        if gathered.unions:
            return Typed(self._unions.distributed(node, hint, gathered), nullable)
        return Typed(self._components.define(node, hint, lambda name: self._objects.model(node, name)), nullable)


def singular_hint(hint: str) -> str:
    return hint if hint.endswith(("List", "Settings")) else singular(hint)
