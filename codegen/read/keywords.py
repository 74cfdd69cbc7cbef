"""Which keywords can a schema have, and what do the simple ones say?

OpenAPI 3.0 and 3.1 write the same thing differently (`nullable` or the type `null`, `enum` of one or `const`);
both spellings are read wherever they stand.
"""

from __future__ import annotations

from typing import Any

import attrs

from codegen.read.description import Node

# Keywords that say something about a schema, but change neither its shape nor its Python type.
_REMARKS = (
    "title", "description", "example", "examples", "externalDocs", "default", "deprecated", "$comment",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems",
    "contains", "minContains", "maxContains", "contentEncoding", "contentSchema",
    "minProperties", "maxProperties", "propertyNames", "dependentRequired", "readOnly", "writeOnly",
    "$defs",
)  # fmt: skip
_SHAPE = (
    "$ref", "type", "format", "contentMediaType", "nullable", "enum", "const", "properties", "required", "items",
    "additionalProperties", "unevaluatedProperties", "allOf", "oneOf", "anyOf", "discriminator",
)  # fmt: skip
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FORMATS = {"date-time": "datetime", "date": "date", "binary": "bytes"}
"""The formats of strings that have a Python type of their own."""


@attrs.frozen
class Typed:
    """The type of a value, as Python spells it, and whether null is allowed too."""

    expression: str
    nullable: bool = False

    def __str__(self) -> str:
        free = self.expression == "Any"
        return f"{self.expression} | None" if self.nullable and not free else self.expression


def only_known(node: Node) -> None:
    """Stops at a keyword that the importer does not know."""
    node.only(*_SHAPE, *_REMARKS)
    if not isinstance(node.value.get("unevaluatedProperties", False), bool):
        raise node.child("unevaluatedProperties").fail("expected true or false")


def kinds(node: Node) -> list[str]:
    """The types that a schema allows, without null."""
    return [kind for kind in _types(node) if kind != "null"]


def _types(node: Node) -> list[Any]:
    found = node.mapping().get("type", [])
    return found if isinstance(found, list) else [found]


def constants(node: Node) -> list[Node] | None:
    """The places of the values to which a schema is restricted; null may be one of them."""
    value = node.mapping()
    if "const" in value:
        return [node.child("const")]
    if "enum" in value:
        return list(node.child("enum").elements())
    described = branches(node)
    if described and all("const" in branch.mapping() for branch in described):
        return [branch.child("const") for branch in described]
    return None


def branches(node: Node) -> list[Node]:
    """The branches of a union, without null; those of a union that is written out within it are its own."""
    given = [keyword for keyword in ("oneOf", "anyOf") if keyword in node.mapping()]
    if len(given) > 1:
        raise node.fail("a schema has either oneOf or anyOf, not both")
    found = list(node.child(given[0]).elements()) if given else []
    if given and not found:
        raise node.child(given[0]).fail("a union must have a branch")
    spread = [branches(branch) if _is_only_a_union(branch) else [branch] for branch in found]
    return [branch for group in spread for branch in group if not _is_null(branch)]


def _is_only_a_union(node: Node) -> bool:
    return is_union(node) and node.mapping().keys() <= {"oneOf", "anyOf", "nullable", *_REMARKS}


def is_union(node: Node) -> bool:
    return bool(node.mapping().keys() & {"oneOf", "anyOf"})


def _is_null(node: Node) -> bool:
    value = node.mapping()
    return value.get("type") == "null" or ("const" in value and value["const"] is None)


def is_nullable(node: Node) -> bool:
    value = node.mapping()
    if value.get("nullable") or "null" in _types(node) or _is_null(node):
        return True
    inner = [branch for keyword in ("oneOf", "anyOf") if keyword in value for branch in node.child(keyword).elements()]
    return any(is_nullable(branch) for branch in inner)


def text_type(node: Node) -> str:
    """The Python type of a string."""
    value = node.mapping()
    if value.get("contentMediaType") == "application/octet-stream" and "contentEncoding" not in value:
        return "bytes"
    return _FORMATS.get(value.get("format", ""), "str")


def says_nothing(node: Node) -> bool:
    """Whether a part of an `allOf` adds nothing to the others' shape."""
    return set(node.mapping()) <= {"nullable", "description"}


def is_schema(node: Node) -> bool:
    """Whether a member of `properties` is one: editors leave remarks of their own there."""
    return isinstance(node.value, dict) and bool(set(node.value) & set(_SHAPE))


def is_joined(node: Node) -> bool:
    """Whether several schemas apply to a value: those of an `allOf`, or a reference and what stands beside it."""
    value = node.mapping()
    return "allOf" in value or "$ref" in value or (is_union(node) and "properties" in value)


def parts(node: Node) -> list[Node]:
    """The schemas that apply to a value in addition to its own keywords."""
    value = node.mapping()
    own = [Node(node.document, node.where, {"$ref": value["$ref"]})] if "$ref" in value else []
    return own + (list(node.child("allOf").elements()) if "allOf" in value else [])


def is_object(node: Node, inside: tuple[str, ...] = ()) -> bool:
    """Whether every value of a schema is an object; `inside` are the places of the schemas that it is a part of."""
    value = node.mapping()
    if node.where in inside:
        raise node.fail("the schema is a part or a branch of itself")
    within = (*inside, node.where)
    if "allOf" in value or "$ref" in value:
        return all(says_nothing(part) or is_object(part.resolve(), within) for part in parts(node))
    if is_union(node):
        return all(is_object(branch.resolve(), within) for branch in branches(node))
    return "object" in kinds(node) or "properties" in value or "required" in value
