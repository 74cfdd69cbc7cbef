"""Which operation does a request line mean?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

import attrs

from qovery_async.emulator.facts.operations import Operation
from qovery_async.emulator.facts.refusals import Problem

_ORIGIN = re.compile(r"^https?://[^/?#]*", re.IGNORECASE)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@attrs.define
class _Node:
    """What may follow in a path: a plain word goes before a parameter."""

    words: dict[str, _Node] = attrs.field(factory=dict[str, "_Node"])
    any_word: _Node | None = None
    operations: dict[str, Operation] = attrs.field(factory=dict[str, Operation])

    def ends(self, segments: Sequence[str]) -> Iterator[_Node]:
        if not segments:
            yield self
            return
        first, rest = segments[0], segments[1:]
        if first in self.words:
            yield from self.words[first].ends(rest)
        if self.any_word is not None and first:
            yield from self.any_word.ends(rest)


class Router:
    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            node = self._root
            for segment in operation.segments:
                if segment.startswith("{"):
                    node.any_word = node = node.any_word or _Node()
                else:
                    node = node.words.setdefault(segment, _Node())
            node.operations[operation.method] = operation

    def find(self, method: str, raw_path: str) -> tuple[Operation, Mapping[str, str]]:
        """The operation and its path parameters; `raw_path` as it came, with or without a query.

        Raises:
            Problem: 404 for the path, 405 for the method, 400 for what is not even encoded rightly.
        """
        # Through a proxy, the whole address comes where otherwise the path stands.
        path = raw_path if raw_path.startswith("/") else _ORIGIN.sub("", raw_path, count=1)
        segments = [_decoded(segment) for segment in path.partition("?")[0].split("/")[1:]]
        allowed: set[str] = set()
        for node in self._root.ends(segments):
            operation = node.operations.get(method)
            if operation is not None:
                pairs = zip(operation.segments, segments, strict=True)
                return operation, {name[1:-1]: value for name, value in pairs if name.startswith("{")}
            allowed |= node.operations.keys()
        if allowed:
            names = ", ".join(sorted(allowed))
            raise Problem(405, f"{method} is not supported here, but {names}", headers={"Allow": names})
        raise Problem(404, "no such path")


def _decoded(segment: str) -> str:
    if "%" not in segment:
        return segment
    if _BROKEN_ESCAPE.search(segment):
        raise Problem(400, "the path is not percent-encoded rightly")
    try:
        return unquote(segment, errors="strict")
    except UnicodeDecodeError:
        raise Problem(400, "the path is not UTF-8") from None
