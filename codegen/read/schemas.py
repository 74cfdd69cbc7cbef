"""Which facts does a schema of the description hold?

Every schema is flattened: `allOf` becomes one list of fields, a reference to a scalar, an array
or a free-form map becomes the thing itself, and only models, enums and unions keep a name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import attrs

from codegen.facts import Enum, Field, Model, Schema, Union
from codegen.read.description import Node
from codegen.read.unions import own_key, telling_keys
from codegen.spelling import attribute, pascal, singular

# Said about a schema, but changing neither its shape nor its Python type.
_REMARKS = (
    "title", "description", "example", "examples", "externalDocs", "default", "deprecated",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems",
    "minProperties", "maxProperties", "readOnly", "writeOnly",
)  # fmt: skip
_SHAPE = (
    "$ref", "type", "format", "nullable", "enum", "properties", "required", "items",
    "additionalProperties", "allOf", "oneOf", "anyOf", "discriminator",
)  # fmt: skip
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS = {"date-time": "datetime", "date": "date", "binary": "bytes"}


@attrs.frozen
class Typed:
    expression: str
    nullable: bool = False

    def __str__(self) -> str:
        free = self.expression == "Any"
        return f"{self.expression} | None" if self.nullable and not free else self.expression


@attrs.define
class _Fields:
    """The fields of one object while its `allOf` parts are being gathered."""

    found: dict[str, Field] = attrs.Factory(dict)
    required: dict[str, Node] = attrs.Factory(dict)
    unions: list[Node] = attrs.Factory(list)
    open_map: Node | None = None


class SchemaReader:
    """Turns nodes into type expressions, collecting the named schemas they reach."""

    def __init__(self, root: Node) -> None:
        self.schemas: dict[str, Schema] = {}
        self._names: dict[str, str] = {}
        self._undecided: list[tuple[Node, str]] = []
        self._joined: set[str] = set()
        self._seen: set[str] = set()
        components = root.get("components")
        declared = components.get("schemas") if components else None
        self.components = dict(declared.items()) if declared else {}

    def read(self, node: Node, hint: str) -> Typed:
        """The type of the values at `node`; an inline schema that needs a name gets `hint`."""
        nullable = _is_nullable(node)
        target = node.resolve()
        if target.where != node.where:
            hint = self._component_name(target) or hint
        target.only(*_SHAPE, *_REMARKS)
        typed = self._read(target, hint)
        return Typed(typed.expression, nullable or typed.nullable)

    def unnamed(self) -> dict[str, str]:
        """What became of the declared schemas that kept no name."""
        return {name: self._fate(name) for name in sorted(self.components) if name not in self.schemas}

    def _fate(self, name: str) -> str:
        node = self.components[name]
        value = node.resolve().value
        if value.get("type") == "array":
            return "list"
        if "additionalProperties" in value or set(value) <= {"type", "description"}:
            return "map"
        if name in self._joined:
            return "part"
        return "envelope" if name in self._seen else "unused"

    def fields(self, node: Node, hint: str) -> list[Field] | None:
        """The fields of an object schema, or None where it is something else."""
        target = node.resolve()
        hint = self._component_name(target) or hint
        self._seen.add(hint)
        gathered = _Fields()
        if not self._is_object(target):
            return None
        self._gather(target, hint, gathered)
        return None if gathered.unions else self._settle(target, gathered)

    def _component_name(self, node: Node) -> str | None:
        prefix = "#/components/schemas/"
        rest = node.where.removeprefix(prefix)
        inside = node.where.startswith(prefix) and "/" not in rest
        return pascal(rest) if inside and not rest[:1].isupper() else rest if inside else None

    def _read(self, node: Node, hint: str) -> Typed:
        value = node.mapping()
        nullable = _is_nullable(node)
        if "enum" in value:
            return self._enum(node, hint)
        if "oneOf" in value or "anyOf" in value:
            return Typed(self._union(node, hint), nullable)
        if "allOf" in value:
            return self._all_of(node, hint)
        kind = value.get("type")
        if kind == "array":
            if "items" not in value:
                raise node.fail("an array without items")
            item = self.read(node.child("items"), singular_hint(hint))
            return Typed(f"list[{item}]", nullable)
        if isinstance(kind, str) and kind in _SCALARS:
            if "properties" in value or "items" in value:
                raise node.fail(f"a {kind} cannot have properties or items")
            plain = _SCALARS[kind]
            known = _FORMATS.get(value.get("format", "")) if kind == "string" else None
            return Typed(known or plain, nullable)
        if kind == "object" or value.get("properties") or "additionalProperties" in value:
            return Typed(self._object(node, hint), nullable)
        if kind is None:
            return Typed("Any", nullable)
        raise node.fail(f"does not know the type {kind!r}")

    def _enum(self, node: Node, hint: str) -> Typed:
        values = [entry.value for entry in node.child("enum").elements()]
        nullable = _is_nullable(node) or None in values
        texts = [value for value in values if value is not None]
        kind = node.value.get("type", "string")
        if kind != "string" or not all(isinstance(value, str) for value in texts):
            raise node.child("enum").fail("only enums of text are understood")
        if not texts:
            raise node.child("enum").fail("an enum without values")
        name = self._define(node, hint, lambda _: Enum(list(dict.fromkeys(texts))))
        return Typed(name, nullable)

    def _object(self, node: Node, hint: str) -> str:
        value = node.value
        extra = node.get("additionalProperties")
        if value.get("properties"):
            if extra is not None and not isinstance(extra.value, bool):
                raise extra.fail("properties and typed additional properties in one schema")
            return self._define(node, hint, lambda name: self._model(node, name))
        for place in (node.get("required"),):
            if place is not None and place.value:
                raise place.fail("requires names, but declares no properties")
        if extra is None or isinstance(extra.value, bool):
            return "dict[str, Any]"
        return f"dict[str, {self.read(extra, f'{hint}Value')}]"

    def _all_of(self, node: Node, hint: str) -> Typed:
        nullable = _is_nullable(node)
        parts = [part for part in node.child("allOf").elements() if not _says_nothing(part)]
        # `allOf` around one reference only serves to say something beside it.
        if len(parts) == 1 and "$ref" in parts[0].value and not node.value.get("properties"):
            nullable = nullable or any(_is_nullable(p) for p in node.child("allOf").elements())
            typed = self.read(parts[0], hint)
            return Typed(typed.expression, nullable or typed.nullable)
        if not self._is_object(node):
            raise node.fail("allOf joins schemas that are not all objects")
        gathered = _Fields()
        self._gather(node, hint, gathered)
        if gathered.unions:
            return Typed(self._distributed(node, hint, gathered), nullable)
        return Typed(self._define(node, hint, lambda name: self._model(node, name)), nullable)

    def _model(self, node: Node, name: str) -> Model:
        gathered = _Fields()
        self._gather(node, name, gathered)
        return Model(self._settle(node, gathered))

    def _is_object(self, node: Node) -> bool:
        value = node.mapping()
        if "allOf" in value:
            return all(
                _says_nothing(part) or self._is_object(part.resolve()) for part in node.child("allOf").elements()
            )
        if "oneOf" in value:
            return all(self._is_object(part.resolve()) for part in node.child("oneOf").elements())
        return value.get("type") == "object" or "properties" in value or "required" in value

    def _gather(self, node: Node, hint: str, into: _Fields) -> None:
        node.only(*_SHAPE, *_REMARKS)
        if "oneOf" in node.value:
            into.unions.append(node)
        for part in node.child("allOf").elements() if "allOf" in node.value else ():
            target = part.resolve()
            component = self._component_name(target)
            if component:
                self._joined.add(component)
            self._gather(target, component or hint, into)
        for key, entry in node.child("properties").items() if "properties" in node.value else ():
            if key.startswith("x-") and not _looks_like_schema(entry):
                continue  # an editor's remark that slipped in between the properties
            typed = self.read(entry, f"{hint}{pascal(key)}")
            into.found[key] = Field(attribute(key), key, typed.expression, False, typed.nullable)
        for entry in node.child("required").elements() if "required" in node.value else ():
            into.required.setdefault(entry.value, entry)

    def _settle(self, node: Node, gathered: _Fields) -> list[Field]:
        for key, place in gathered.required.items():
            if key not in gathered.found:
                raise place.fail(f"requires {key!r}, which nothing declares")
        names: dict[str, str] = {}
        for key, field in gathered.found.items():
            if names.setdefault(field.name, key) != key:
                raise node.fail(f"{key!r} and {names[field.name]!r} are both spelled {field.name}")
        return [attrs.evolve(field, required=key in gathered.required) for key, field in gathered.found.items()]

    def _union(self, node: Node, hint: str) -> str:
        keyword = "oneOf" if "oneOf" in node.value else "anyOf"
        branches = list(node.child(keyword).elements())
        discriminator = node.get("discriminator")
        if len(branches) == 1 and discriminator is None:
            return self.read(branches[0], hint).expression
        return self._define(node, hint, lambda name: self._branches(node, branches, name))

    def _branches(self, node: Node, branches: list[Node], name: str) -> Union:
        discriminator = node.get("discriminator")
        expressions = []
        for branch in branches:
            inline = "$ref" not in branch.value and self._is_object(branch)
            hint = f"{name}With{pascal(own_key(branch, branches))}" if inline else name
            expressions.append(self.read(branch, hint).expression)
        if discriminator is None:
            return self._to_be_told_apart(node, name, expressions)
        discriminator.only("propertyName", "mapping")
        mapping = {}
        for value, place in discriminator.child("mapping").items():
            target = Node(node.document, place.where, {"$ref": place.value})
            mapping[value] = self.read(target, name).expression
        if set(mapping.values()) - set(expressions):
            raise discriminator.fail("maps to a schema that is no branch")
        return Union(expressions, tag=discriminator.value["propertyName"], mapping=mapping)

    def _to_be_told_apart(self, node: Node, name: str, expressions: list[str]) -> Union:
        """A branch may itself hold the union and not be known yet: `finish` finds the keys."""
        self._undecided.append((node, name))
        return Union(expressions)

    def finish(self) -> dict[str, Schema]:
        """All schemas, once everything has been read."""
        for node, name in self._undecided:
            union = self.schemas[name]
            if isinstance(union, Union):
                self.schemas[name] = attrs.evolve(union, keys=self._keys(node, union.branches))
        self._undecided.clear()
        return dict(sorted(self.schemas.items()))

    def _keys(self, node: Node, expressions: list[str]) -> dict[str, str]:
        models: dict[str, Model] = {}
        for expression in expressions:
            schema = self.schemas.get(expression)
            if isinstance(schema, Model):
                models[expression] = schema
            elif schema is not None:
                raise node.fail(f"cannot tell the branch {expression} from the others")
        return telling_keys(node, models)

    def _distributed(self, node: Node, hint: str, gathered: _Fields) -> str:
        """`allOf` of fields and a `oneOf` is a union whose branches all have those fields."""
        if len(gathered.unions) != 1:
            raise node.fail("allOf joins several unions")
        branches = list(gathered.unions[0].child("oneOf").elements())
        if "discriminator" in gathered.unions[0].value:
            raise gathered.unions[0].fail("allOf around a union with a discriminator")

        def build(name: str) -> Union:
            expressions = []
            for branch in branches:
                parts = _Fields(dict(gathered.found), dict(gathered.required))
                self._gather(branch.resolve(), name, parts)
                own = f"{name}With{pascal(own_key(branch, branches))}"
                model = Model(self._settle(branch, parts))
                expressions.append(self._define(branch, own, partial(_given, model)))
            return self._to_be_told_apart(node, name, expressions)

        return self._define(node, hint, build)

    def _define(self, node: Node, name: str, build: Callable[[str], Schema]) -> str:
        if node.where in self._names:
            return self._names[node.where]
        if name in self.components and self.components[name].where != node.where:
            name = f"{name}Item"
        if name in self._names.values():
            raise node.fail(f"the name {name} is taken")
        self._names[node.where] = name
        self.schemas[name] = build(name)
        return name


def singular_hint(hint: str) -> str:
    return hint if hint.endswith(("List", "Settings")) else singular(hint)


def _is_nullable(node: Node) -> bool:
    return bool(node.mapping().get("nullable", False))


def _says_nothing(node: Node) -> bool:
    return set(node.mapping()) <= {"nullable", "description"}


def _looks_like_schema(node: Node) -> bool:
    return isinstance(node.value, dict) and bool(set(node.value) & set(_SHAPE))


def _given(model: Model, name: str) -> Model:  # noqa: ARG001  # the name was used in reading it
    return model
