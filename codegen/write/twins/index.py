"""Which classes have a blocking twin?"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from codegen.write.twins.source import Function, Origin, Source

ASYNC, BLOCKING = "qovery_async", "qovery_sync"
RESOURCE = Origin(f"{ASYNC}.runtime.resource", "Resource")


class Twins:
    """The classes that have a twin: namespaces, and whatever else has public coroutine methods.

    `by_hand` maps the dotted names of classes to those of twins that are written by hand.
    """

    def __init__(self, sources: Iterable[Source], by_hand: Mapping[str, str]) -> None:
        self._sources = {source.module: source for source in sources}
        self._by_hand = by_hand
        self._live: dict[tuple[str, str], bool] = {}

    def of(self, source: Source, expression: ast.expr) -> Origin | None:
        """The twin of the class that an expression names."""
        origin = source.origin(expression)
        if origin is None:
            return None
        hand = self._by_hand.get(f"{origin.module}.{origin.name}")
        if hand is not None:
            module, _, name = hand.rpartition(".")
            return Origin(module, name, origin.for_checkers)
        if not self.is_live(origin):
            return None
        return Origin(blocking(origin.module), origin.name, origin.for_checkers)

    def is_live(self, origin: Origin) -> bool:
        if (origin.module, origin.name) == (RESOURCE.module, RESOURCE.name):
            return True
        key = origin.module, origin.name
        if key not in self._live:
            self._live[key] = self._find_out(origin)
        return self._live[key]

    def _find_out(self, origin: Origin) -> bool:
        source = self._sources.get(origin.module)
        class_ = next((c for c in source.classes() if c.name == origin.name), None) if source else None
        if source is None or class_ is None:
            return False
        if any(isinstance(node, ast.AsyncFunctionDef) and is_public(node) for node in class_.body):
            return True
        bases = (source.origin(base) for base in class_.bases)
        return any(base is not None and self.is_live(base) for base in bases)


def is_public(node: Function) -> bool:
    return not node.name.startswith("_") or node.name.startswith("__")


def blocking(module: str) -> str:
    """The module of the twins: the same place in the other package."""
    return module.replace(ASYNC, BLOCKING, 1)
