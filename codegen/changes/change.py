"""What is one change, and how are two sets of named things compared?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs


@attrs.frozen
class Change:
    """A sentence for CHANGELOG.md; a `breaking` change can stop users' code or their type checkers."""

    text: str
    breaking: bool = False


def each(
    where: str, what: str, old: Mapping[str, str], new: Mapping[str, str], *, less_breaks: bool = False
) -> Iterator[Change]:
    """The things that are gone, new or different; `less_breaks`: users can miss what is gone."""
    for name in sorted(old.keys() - new.keys()):
        yield Change(f"{where} lost the {what} `{name}`.", less_breaks)
    for name in sorted(new.keys() - old.keys()):
        yield Change(f"{where} gained the {what} `{name}`.")
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield Change(f"{where}: the {what} `{name}` is now {new[name]}, was {old[name]}.", less_breaks)


def order(where: str, what: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    if old != new and sorted(old) == sorted(new):
        yield Change(f"{where} has the same {what} in another order.")
