"""What is raised where a name or an id leads to nothing, or to several?"""

from __future__ import annotations

from collections.abc import Sequence

from qovery_async.errors import QoveryError
from qovery_async.secrecy.printable import one_line

_LISTED = 20


class FindError(QoveryError):
    """A name or an id leads to nothing, or to several things.

    `name` is what was looked for, `candidates` what it could mean.
    """

    def __init__(self, message: str, *, name: str = "", candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.name = name
        self.candidates = tuple(candidates)


class NothingFound(FindError):
    """Nothing has this name or id.

    The message has what is spelled like it. `candidates` are paths of what there is, at most 100, first those that
    begin with the same names.
    """


class SeveralFound(FindError):
    """Several things have this name: give the full path, or the id.

    `candidates` are the full paths, each with its id in brackets.
    """


def listed(candidates: Sequence[str], total: int) -> str:
    """The first of `total` candidates, and how many more there are."""
    shown = candidates[:_LISTED]
    rest = f", and {total - len(shown)} more" if total > len(shown) else ""
    return ", ".join(one_line(candidate, 160) for candidate in shown) + rest
