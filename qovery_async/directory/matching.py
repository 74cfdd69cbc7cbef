"""Which entries does a name mean, and which are spelled like it?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache
from heapq import nlargest
from itertools import takewhile

from qovery_async.directory.entries import DirectoryEntry

_NEAR = 3
_ALIKE = 0.6


def matching(entries: Sequence[DirectoryEntry], name: str) -> list[DirectoryEntry]:
    """The entries that a name means: one of several only where it is nearer than the others.

    A full path is nearer than a shorter one, and an exact spelling nearer than one in other letters.
    """
    return _spelled(entries, name, str) or _spelled(entries, name, str.casefold)


def near(entries: Iterable[DirectoryEntry], name: str) -> list[str]:
    """The paths that are spelled like a name, the most alike first: each of their parts is."""
    wanted = name.casefold().split("/")
    paths = {path for entry in entries for path in (entry.path, *entry.short_paths)}

    @cache
    def ratio(one: str, other: str) -> float:
        return SequenceMatcher(None, one, other).ratio()

    def likeness(path: str) -> float:
        parts = path.casefold().split("/")
        return min(map(ratio, parts, wanted)) if len(parts) == len(wanted) else 0.0

    alike = ((likeness(path), path) for path in paths)
    return [path for _, path in nlargest(_NEAR, (pair for pair in alike if pair[0] >= _ALIKE))]


def neighbours_first(entries: Iterable[DirectoryEntry], name: str) -> list[DirectoryEntry]:
    """The entries, first those whose paths begin with the same names."""
    parts = name.casefold().split("/")

    def shared(entry: DirectoryEntry) -> int:
        pairs = zip(entry.path.casefold().split("/"), parts, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    return sorted(entries, key=shared, reverse=True)


def _spelled(entries: Sequence[DirectoryEntry], name: str, spelling: Callable[[str], str]) -> list[DirectoryEntry]:
    wanted = spelling(name)
    full = [entry for entry in entries if spelling(entry.path) == wanted]
    return full or [entry for entry in entries if wanted in map(spelling, entry.short_paths)]
