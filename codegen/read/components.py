"""Which name does each schema have, and which declared schemas have no class of their own?"""

from __future__ import annotations

from collections.abc import Callable

from codegen.facts import Schema
from codegen.read.description import Node
from codegen.read.keywords import kinds
from codegen.spelling import pascal

_PREFIX = "#/components/schemas/"


class Components:
    """The schemas that have a name, by that name, and those that the description declares."""

    def __init__(self, root: Node) -> None:
        self.schemas: dict[str, Schema] = {}
        self.joined: set[str] = set()
        """Declared schemas that were parts of an `allOf`."""
        self.opened: set[str] = set()
        """Schemas whose fields were asked for, as those of an envelope are."""
        self._names: dict[str, str] = {}
        components = root.get("components")
        declared = components.get("schemas") if components else None
        self.declared = dict(declared.items()) if declared else {}

    def name(self, node: Node) -> str | None:
        """The name of a declared schema; None for an inline one."""
        rest = node.where.removeprefix(_PREFIX)
        if not node.where.startswith(_PREFIX) or "/" in rest:
            return None
        return rest if rest[:1].isupper() else pascal(rest)

    def define(self, node: Node, name: str, build: Callable[[str], Schema]) -> str:
        """Names the schema at `node`, unless that has happened; `build` may meet it again."""
        if node.where in self._names:
            return self._names[node.where]
        if name in self.declared and self.declared[name].where != node.where:
            name = f"{name}Item"
        if name in self._names.values():
            raise node.fail(f"two schemas would be called {name}: name one in codegen/decisions/schema-names.toml")
        self._names[node.where] = name
        self.schemas[name] = build(name)
        return name

    def unnamed(self) -> dict[str, str]:
        """The declared schemas that have no class, and why."""
        return {name: self._fate(name) for name in sorted(self.declared) if name not in self.schemas}

    def _fate(self, name: str) -> str:
        node = self.declared[name].resolve()
        value = node.value
        if kinds(node) == ["array"]:
            return "list"
        if "additionalProperties" in value or set(value) <= {"type", "description"}:
            return "map"
        if name in self.joined:
            return "part"
        return "envelope" if name in self.opened else "unused"
