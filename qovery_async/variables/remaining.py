"""Which changes of a plan are left? Decided from what is there, without I/O."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from qovery_async.secrecy.printable import one_line
from qovery_async.variables.changes import VariableChange
from qovery_async.variables.failures import PlanOutdated
from qovery_async.variables.parents import VariablesParent
from qovery_async.variables.present import Here, SeenVariable


def remaining(
    parent: VariablesParent, changes: Sequence[VariableChange], here: Here, done: Collection[tuple[str, str]] = ()
) -> list[VariableChange]:
    """The changes that are not made yet; `done` are actions and keys of those that certainly are.

    Raises:
        PlanOutdated: what is there is neither what the plan saw nor what it makes.
    """
    goes = {change.key: change.before for change in changes if change.action == "delete" and change.before}
    comes = {change.key: change for change in changes if change.makes}
    left: list[VariableChange] = []
    problems: list[str] = []
    for change in changes:
        now, before = here.own.get(change.key), change.before
        if (change.action, change.key) in done:
            continue
        if change.action == "delete":
            made = comes.get(change.key)
            if now is None or (made is not None and _is_new(now, before) and _fits(now, made)):
                continue
            flaw = _moved(now, before)
        elif change.action == "update":
            if now is not None and _is_updated(now, change):
                continue
            flaw = "is gone" if now is None else _moved(now, before)
        elif now is not None and now.id != getattr(goes.get(change.key), "id", None):
            if _fits(now, change):
                continue
            flaw = "is there with another value"
        else:
            flaw = _blocked(change, here, comes)
        if flaw is None:
            left.append(change)
        else:
            problems.append(f"{one_line(change.key, 80)} {flaw}")
    if problems:
        raise PlanOutdated(
            f"the plan for the variables of {parent} is outdated, nothing was sent: make a new one",
            problems=sorted(set(problems)),
        )
    return left


def _is_new(now: SeenVariable, before: SeenVariable | None) -> bool:
    return before is None or now.id != before.id


def _fits(now: SeenVariable, made: VariableChange) -> bool:
    """Whether what is there is what a change makes. The value of a secret cannot be compared."""
    if made.action == "alias" or now.alias_of is not None:
        return now.alias_of == made.alias_of
    if now.is_secret != made.is_secret or (now.mount_path or None) != made.mount_path:
        return False
    return now.text is None or now.text == made.value


def _is_updated(now: SeenVariable, change: VariableChange) -> bool:
    """Whether an update was made: by what is there, for a secret by the time of its last change."""
    if now.text is not None:
        return now.text == change.value
    return change.before is None or now.updated_at != change.before.updated_at


def _moved(now: SeenVariable, before: SeenVariable | None) -> str | None:
    if before is None or now.id != before.id:
        return "was recreated by someone else"
    if now.alias_of != before.alias_of:
        return "is an alias of something else now"
    same = now.updated_at == before.updated_at if before.text is None or now.text is None else now.text == before.text
    return None if same or now.alias_of is not None else "was changed by someone else"


def _blocked(change: VariableChange, here: Here, comes: Collection[str]) -> str | None:
    """What keeps a variable from being made."""
    above = here.inherited.get(change.key)
    if change.action == "override":
        return "is no longer inherited" if above is None else None
    if above is not None:
        return f"is inherited from the {above.scope.lower()} now"
    if change.alias_of is not None and change.alias_of not in comes and here.seen(change.alias_of) is None:
        return f"has lost its target {one_line(change.alias_of, 80)}"
    return None
