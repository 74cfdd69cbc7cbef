"""Which operation is a method and a path?"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

import attrs

from qovery_async.emulator.facts.operations import ApiOperation
from qovery_async.emulator.facts.refusals import Refusal

_ORIGIN = re.compile(r"^https?://[^/?#]*", re.IGNORECASE)
_REMEMBERED = 1000
"""How many paths are known with their operations: clients ask for the same ones again and again."""
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@attrs.define
class _Node:
    """The segments that may come next in a path. A literal segment takes precedence over a parameter."""

    literals: dict[str, _Node] = attrs.field(factory=dict[str, "_Node"])
    parameter: _Node | None = None
    operations: dict[str, ApiOperation] = attrs.field(factory=dict[str, ApiOperation])

    def ends(self, segments: Sequence[str]) -> Iterator[_Node]:
        """The nodes that a path ends in, the most literal first."""
        if not segments:
            yield self
            return
        first, rest = segments[0], segments[1:]
        if first in self.literals:
            yield from self.literals[first].ends(rest)
        if self.parameter is not None and first:
            yield from self.parameter.ends(rest)


class Router:
    """Finds the operation of a request."""

    def __init__(self, operations: Iterable[ApiOperation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.segments:
                if segment.startswith("{"):
                    node.parameter = node = node.parameter or _Node()
                else:
                    node = node.literals.setdefault(segment, _Node())
            node.operations[operation.method] = operation
        self._found = functools.lru_cache(_REMEMBERED)(self._look_up)

    def find(self, method: str, raw_path: str) -> tuple[ApiOperation, Mapping[str, str]]:
        """The operation and its path parameters. `raw_path` is still encoded and may have a query string.

        Raises:
            Refusal: 404 for an unknown path, 405 for an unknown method, 400 for an invalid encoding.
        """
        # A client that talks to a proxy sends the whole URL instead of the path.
        path = raw_path if raw_path.startswith("/") else _ORIGIN.sub("", raw_path, count=1)
        return self._found(method, path.partition("?")[0])

    def _look_up(self, method: str, path: str) -> tuple[ApiOperation, Mapping[str, str]]:
        segments = [_decoded(segment) for segment in path.split("/")[1:]]
        allowed: set[str] = set()
        for node in self._root.ends(segments):
            operation = node.operations.get(method)
            if operation is not None:
                pairs = zip(operation.segments, segments, strict=True)
                return operation, {name[1:-1]: value for name, value in pairs if name.startswith("{")}
            allowed |= node.operations.keys()
        if allowed:
            names = ", ".join(sorted(allowed))
            raise Refusal(405, f"{method} is not supported here; use {names}", headers={"Allow": names})
        raise Refusal(404, "no such path")


def _decoded(segment: str) -> str:
    if "%" not in segment:
        return segment
    if _BROKEN_ESCAPE.search(segment):
        raise Refusal(400, "the percent-encoding of the path is invalid")
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise Refusal(400, "the path is not UTF-8") from None
