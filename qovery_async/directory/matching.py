"""Which entries does a name mean, and which are spelled like it?"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence

from qovery_async.directory.entries import Entry

_NEAR = 3


def matching(entries: Sequence[Entry], name: str) -> list[Entry]:
    """The entries that a name means: one of several only where it is nearer than the others.

    A full path is nearer than a shorter one, and an exact spelling nearer than one in other letters.
    """
    return _spelled(entries, name, str) or _spelled(entries, name, str.casefold)


def near(entries: Iterable[Entry], name: str) -> list[str]:
    """The paths of as many parts as `name` that are spelled most like it."""
    wanted = name.count("/")
    paths = {path for entry in entries for path in (entry.path, *entry.short_paths) if path.count("/") == wanted}
    in_other_letters = {path.casefold(): path for path in sorted(paths)}
    return [in_other_letters[path] for path in difflib.get_close_matches(name.casefold(), in_other_letters, _NEAR)]


def _spelled(entries: Sequence[Entry], name: str, spelling: Callable[[str], str]) -> list[Entry]:
    wanted = spelling(name)
    full = [entry for entry in entries if spelling(entry.path) == wanted]
    return full or [entry for entry in entries if wanted in map(spelling, entry.short_paths)]
