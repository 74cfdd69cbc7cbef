"""What would a new operation be called, named as those are that have a name already?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Protocol

import attrs

from codegen.facts import shape
from codegen.spelling import plural, snake

_ON_ITEM = {"GET": "get", "PUT": "update", "PATCH": "update", "DELETE": "delete", "POST": "create"}
# Segments that say where a thing lives, not what it is.
_SCOPES = ("organization", "account", "admin")


class Named(Protocol):
    """An operation whose name serves as an example."""

    @property
    def call(self) -> str: ...
    @property
    def http_method(self) -> str: ...
    @property
    def path(self) -> str: ...


@attrs.frozen
class Convention:
    examples: Sequence[Named]

    def call(
        self, method: str, path: str, *, lists: bool, routes: Collection[tuple[str, str]], taken: Collection[str]
    ) -> str:
        """The name of an operation; `lists`: it returns a list; `routes`: all methods and paths."""
        shapes = {(verb, shape(other)) for verb, other in routes}
        call = self._by_analogy(method, shape(path))
        if call is None or call in taken:
            call = self._by_structure(method, shape(path), shapes, lists=lists)
        # Words of the path distinguish two operations of one name, the last ones first.
        for word in [part for part in reversed(shape(path)) if part != "{}"]:
            call = f"{call}_{snake(word)}" if call in taken else call
        return call

    def _by_analogy(self, method: str, segments: tuple[str, ...]) -> str | None:
        """`/terraform/{}/secret` is to terraforms what `/job/{}/secret` is to jobs."""
        families = self._families()
        votes: Counter[str] = Counter()
        for row in self.examples:
            other = shape(row.path)
            if row.http_method != method or len(other) != len(segments):
                continue
            differ = [i for i, (a, b) in enumerate(zip(segments, other, strict=True)) if a != b]
            if len(differ) != 1 or "{}" in (segments[differ[0]], other[differ[0]]):
                continue
            if differ[0] == len(segments) - 1:
                continue  # they differ in the one word that matters
            theirs = families.get(other[: differ[0] + 1])
            ours = families.get(segments[: differ[0] + 1]) or plural(snake(segments[differ[0]]))
            if theirs and f".{row.call}".startswith(f".{theirs}."):
                votes[ours + row.call.removeprefix(theirs)] += 1
        return min(votes, key=lambda call: (-votes[call], call)) if votes else None

    def _families(self) -> dict[tuple[str, ...], str]:
        """The namespace that holds most operations below each path, `/job` -> `jobs`."""
        votes: dict[tuple[str, ...], Counter[str]] = {}
        for row in self.examples:
            segments = shape(row.path)
            for end in range(1, len(segments) + 1):
                below = segments[:end]
                # Below an item only its own namespace counts, not those nested in it.
                votes.setdefault(below, Counter())[row.call.split(".")[0]] += 1
                if end == len(segments) or segments[end:] == ("{}",):
                    votes[below][row.call.rpartition(".")[0]] += len(self.examples)
        return {below: min(c, key=lambda n: (-c[n], n)) for below, c in votes.items()}

    def _by_structure(
        self,
        method: str,
        segments: tuple[str, ...],
        shapes: Collection[tuple[str, tuple[str, ...]]],
        *,
        lists: bool,
    ) -> str:
        families = self._families()
        if segments[-1] == "{}":
            return f"{self._namespace(segments[:-1], families)}.{_ON_ITEM[method]}"
        here = {verb for verb, other in shapes if other == segments}
        holds_items = any(other == (*segments, "{}") for _, other in shapes)
        on_organization = len(segments) == 3 and segments[0] == "organization"
        if holds_items or here >= {"GET", "POST"} or (lists and on_organization):
            verb = "list" if method == "GET" and lists else _ON_ITEM[method]
            return f"{self._namespace(segments, families)}.{verb}"
        if len(segments) == 1:
            return f"{snake(segments[0])}.{'list' if lists else _ON_ITEM[method]}"
        owner = self._owner(segments, families)
        what = snake(segments[-1])
        if here >= {"GET", "PUT"}:
            return f"{owner}.{what}.{_ON_ITEM[method]}"  # one thing, read and replaced
        if method == "POST":
            return f"{owner}.{what}"
        if method == "GET" and lists:
            return f"{owner}.list_{plural(what)}"
        return f"{owner}.{_ON_ITEM[method]}_{what}"

    def _owner(self, segments: tuple[str, ...], families: dict[tuple[str, ...], str]) -> str:
        """The namespace of the thing that something is done to: `/cluster/{}/upgrade`."""
        above = segments[:-1]
        while above and above[-1] == "{}":
            above = above[:-1]
        return self._namespace(above, families) if above else plural(snake(segments[-1]))

    def _namespace(self, segments: tuple[str, ...], families: dict[tuple[str, ...], str]) -> str:
        """The namespace of the things at a collection's path."""
        if segments in families:
            return families[segments]
        static = [part for part in segments if part != "{}"]
        own = [part for part in static if part not in _SCOPES] or static
        head, *rest = own
        first = segments[: segments.index(head) + 1]
        names = [families.get(first) or plural(snake(head)), *(plural(snake(p)) for p in rest)]
        return ".".join(names[:2])
