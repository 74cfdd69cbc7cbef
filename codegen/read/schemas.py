"""Which type do the values have that a schema of the description describes?

Every schema is flattened: `allOf` becomes one list of fields, a reference to a scalar, an array
or a free-form map becomes the thing itself, and only objects, enums and unions keep a name.
"""

from __future__ import annotations

from codegen.facts import EnumSchema, Field, Schema
from codegen.read.components import Components
from codegen.read.description import Node
from codegen.read.keywords import FORMATS, SCALARS, Typed, is_nullable, is_object, only_known, says_nothing
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
        if "enum" in value:
            return self._enum(node, hint)
        if "oneOf" in value or "anyOf" in value:
            return Typed(self._unions.union(node, hint), nullable)
        if "allOf" in value:
            return self._all_of(node, hint)
        kind = value.get("type")
        if kind == "array":
            if "items" not in value:
                raise node.fail("an array must declare its items")
            item = self.read(node.child("items"), singular_hint(hint))
            return Typed(f"list[{item}]", nullable)
        if isinstance(kind, str) and kind in SCALARS:
            if "properties" in value or "items" in value:
                raise node.fail(f"a {kind} cannot have properties or items")
            known = FORMATS.get(value.get("format", "")) if kind == "string" else None
            return Typed(known or SCALARS[kind], nullable)
        if kind == "object" or value.get("properties") or "additionalProperties" in value:
            return Typed(self._object(node, hint), nullable)
        if kind is None:
            return Typed("Any", nullable)
        raise node.fail(f"unknown type {kind!r}, expected object, array, {', '.join(SCALARS)}")

    def _enum(self, node: Node, hint: str) -> Typed:
        values = [entry.value for entry in node.child("enum").elements()]
        nullable = is_nullable(node) or None in values
        texts = [value for value in values if value is not None]
        kind = node.value.get("type", "string")
        if kind != "string" or not all(isinstance(value, str) for value in texts):
            raise node.child("enum").fail("an enum must consist of strings")
        if not texts:
            raise node.child("enum").fail("an enum must have a value")
        name = self._components.define(node, hint, lambda _: EnumSchema(list(dict.fromkeys(texts))))
        return Typed(name, nullable)

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

    def _all_of(self, node: Node, hint: str) -> Typed:
        nullable = is_nullable(node)
        parts = [part for part in node.child("allOf").elements() if not says_nothing(part)]
        # `allOf` around one reference only serves to say something beside it.
        if len(parts) == 1 and "$ref" in parts[0].value and not node.value.get("properties"):
            nullable = nullable or any(is_nullable(p) for p in node.child("allOf").elements())
            typed = self.read(parts[0], hint)
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
