"""How can variables not become what they should be?"""

from __future__ import annotations

from collections.abc import Sequence

from qovery_async.errors import QoveryError

_LISTED = 20


class VariablesError(QoveryError):
    """The variables cannot be as desired. Nothing was changed, unless the error is a `PlanNotApplied`.

    `problems` has a sentence for each key.
    """

    def __init__(self, message: str, *, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n  ".join([str(self.args[0]), *listed(self.problems)])


class PlanOutdated(VariablesError):
    """Someone has changed variables since the plan was made. Nothing was changed: make a new plan and review it."""


class PlanNotApplied(VariablesError):
    """Some changes of a plan could not be made: apply the same plan again to make those that are left.

    `done` and `left` are the keys of the changes that were and were not made, `errors` what was raised, in order. A
    change whose response was lost is in `left`, though it may have been made: the next `apply` checks.
    """

    def __init__(
        self,
        message: str,
        *,
        problems: Sequence[str] = (),
        done: Sequence[str] = (),
        left: Sequence[str] = (),
        errors: Sequence[Exception] = (),
    ) -> None:
        super().__init__(message, problems=problems)
        self.done = tuple(done)
        self.left = tuple(left)
        self.errors = tuple(errors)


def listed(lines: Sequence[str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return [*lines[:_LISTED], *more]
