"""Which value stands at a place of an OpenAPI description, and which JSON pointer leads there?"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs
import yaml

_JOINED = ("properties", "required", "allOf")
"""Keywords that, beside a `$ref`, join it as the parts of an `allOf` do."""

_AT_ODDS = ("enum", "const", "items", "oneOf", "anyOf", "additionalProperties")
_DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


class DescriptionError(Exception):
    """The importer does not understand the description; names the place."""

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where


@attrs.frozen
class Node:
    """A value of the description together with the JSON pointer that leads to it."""

    document: dict[str, Any] = attrs.field(repr=False)
    where: str
    value: Any = attrs.field(repr=False)

    def fail(self, problem: str) -> DescriptionError:
        return DescriptionError(self.where, problem)

    def child(self, key: str | int) -> Node:
        token = str(key).replace("~", "~0").replace("/", "~1")
        try:
            return Node(self.document, f"{self.where}/{token}", self.value[key])
        except (KeyError, IndexError, TypeError):
            raise self.fail(f"the key {key!r} is missing") from None

    def get(self, key: str) -> Node | None:
        return self.child(key) if key in self.mapping() else None

    def mapping(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.fail(f"expected a mapping, found {type(self.value).__name__}")
        return self.value

    def items(self) -> Iterator[tuple[str, Node]]:
        """The members of a mapping; a key that YAML read as a number counts as its text."""
        for key in self.mapping():
            yield str(key), self.child(key)

    def elements(self) -> Iterator[Node]:
        if not isinstance(self.value, list):
            raise self.fail(f"expected a list, found {type(self.value).__name__}")
        for index in range(len(self.value)):
            yield self.child(index)

    def only(self, *known: str) -> None:
        """Stops at an unknown key, so that nothing of a description is skipped in silence."""
        for key in self.mapping():
            if key not in known and not str(key).startswith("x-"):
                raise self.fail(f"unknown key {key!r}, expected {', '.join(known)}")

    def resolve(self) -> Node:
        """Follows `$ref`, as often as it takes, up to one that is joined with what stands beside it."""
        node, seen = self, set[str]()
        while isinstance(node.value, dict) and "$ref" in node.value and not node.value.keys() & {*_JOINED}:
            if beside := [key for key in _AT_ODDS if key in node.value]:
                raise node.fail(f"{beside[0]!r} cannot stand beside a reference")
            if node.where in seen:
                raise self.fail("the reference leads back to itself")
            seen.add(node.where)
            node = node._target()
        return node

    def _target(self) -> Node:
        reference = self.value["$ref"]
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise self.fail(f"the reference {reference!r} leads out of the document")
        node = Node(self.document, "#", self.document)
        for token in reference[2:].split("/"):
            key: str | int = unquote(token).replace("~1", "/").replace("~0", "~")
            if isinstance(node.value, list) and str(key).isdigit():
                key = int(key)
            try:
                node = node.child(key)
            except DescriptionError:
                raise self.fail(f"the reference {reference!r} leads to nothing") from None
        return node


def load(source: str) -> Node:
    """Reads a description from a path or an http(s) address, YAML or JSON."""
    if source.startswith(("http://", "https://")):
        with urllib.request.urlopen(source, timeout=60) as response:
            text = response.read().decode()
    else:
        text = Path(source).read_text(encoding="utf-8")
    document = yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe loader, see below
    root = Node(document, "#", document)
    version = str(root.mapping().get("openapi", ""))
    if not version.startswith(("3.0.", "3.1.")):
        raise root.fail(f"expected an OpenAPI 3.0 or 3.1 description, found version {version!r}")
    root.only(
        "openapi", "info", "servers", "security", "tags", "externalDocs", "paths", "components", "jsonSchemaDialect"
    )
    if (dialect := document.get("jsonSchemaDialect", _DIALECT)) != _DIALECT:
        raise root.child("jsonSchemaDialect").fail(f"unknown dialect {dialect!r}, expected {_DIALECT!r}")
    return root


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # base is chosen at run time
    """Safe YAML that leaves dates as text: the description's examples are not ours to parse."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
