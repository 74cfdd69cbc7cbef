"""What is raised where a name or an id leads to nothing, or to several?"""

from __future__ import annotations

from collections.abc import Sequence

from qovery_async.errors import QoveryError
from qovery_async.secrecy.printable import one_line


class FindError(QoveryError):
    """A name or an id leads to nothing, or to several things.

    `name` is what was looked for. `candidates` are the paths of what it could mean, each with its id in brackets.
    """

    def __init__(self, message: str, name: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(message, name, candidates)
        self.message = message
        self.name = name
        self.candidates = tuple(candidates)

    def __str__(self) -> str:
        return self.message


class NothingFound(FindError):
    """Nothing has this name or id. The message has what is spelled like it; `candidates` are at most 20."""


class SeveralFound(FindError):
    """Several things have this name. Give the full path, or the id."""


def listed(candidates: Sequence[str], total: int) -> str:
    """Some of `total` candidates, and how many more there are."""
    rest = f", and {total - len(candidates)} more" if total > len(candidates) else ""
    return ", ".join(one_line(candidate, 160) for candidate in candidates) + rest
