"""Which keywords can a schema have, and what do the simple ones say?"""

from __future__ import annotations

import attrs

from codegen.read.description import Node

# Keywords that say something about a schema, but change neither its shape nor its Python type.
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
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
FORMATS = {"date-time": "datetime", "date": "date", "binary": "bytes"}
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


def is_nullable(node: Node) -> bool:
    return bool(node.mapping().get("nullable", False))


def says_nothing(node: Node) -> bool:
    """Whether a part of an `allOf` adds nothing to the others' shape."""
    return set(node.mapping()) <= {"nullable", "description"}


def is_schema(node: Node) -> bool:
    """Whether a member of `properties` is one: editors leave remarks of their own there."""
    return isinstance(node.value, dict) and bool(set(node.value) & set(_SHAPE))


def is_object(node: Node) -> bool:
    value = node.mapping()
    if "allOf" in value:
        return all(says_nothing(part) or is_object(part.resolve()) for part in node.child("allOf").elements())
    if "oneOf" in value:
        return all(is_object(part.resolve()) for part in node.child("oneOf").elements())
    return value.get("type") == "object" or "properties" in value or "required" in value
