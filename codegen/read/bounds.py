"""Within which bounds must a value of a schema lie?

Those of the values of a field are facts; those of the items of a list, of a map and of parameters are not read.
"""

from __future__ import annotations

import re
from typing import Any

from codegen.facts import Bounds
from codegen.read.description import Node
from codegen.read.keywords import branches, is_union, parts

_KEYWORDS = {
    "minimum": "minimum", "maximum": "maximum",
    "exclusiveMinimum": "exclusive_minimum", "exclusiveMaximum": "exclusive_maximum",
    "minLength": "min_length", "maxLength": "max_length", "pattern": "pattern",
    "minItems": "min_items", "maxItems": "max_items",
}  # fmt: skip
_INCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def bounds(node: Node) -> Bounds:
    """Its own bounds, and those of the schemas that it refers to."""
    return Bounds(**{_KEYWORDS[keyword]: bound for keyword, bound in _gathered(node).items()})


def _gathered(node: Node) -> dict[str, Any]:
    if not isinstance(node.value, dict):
        return {}
    inner = branches(node) if is_union(node) else []
    applied = [*parts(node), *(inner if len(inner) == 1 else [])]
    found: dict[str, Any] = {}
    for schema in applied:
        found |= _gathered(schema.resolve())
    return found | _own(node)


def _own(node: Node) -> dict[str, Any]:
    found = {keyword: node.value[keyword] for keyword in _KEYWORDS if keyword in node.value}
    for keyword, inclusive in _INCLUSIVE.items():
        if isinstance(found.get(keyword), bool):  # OpenAPI 3.0: a mark on the other bound
            is_exclusive = found.pop(keyword)
            found |= {keyword: found.pop(inclusive)} if is_exclusive and inclusive in found else {}
    if "pattern" in found:
        try:
            re.compile(found["pattern"])
        except re.error as error:
            raise node.child("pattern").fail(f"Python cannot compile {found['pattern']!r}: {error}") from None
    return found
