"""How is a plan applied?"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, suppress
from typing import TypedDict, TypeVar

import attrs

from qovery_async import models
from qovery_async.errors import ApiError, NotFound
from qovery_async.progress.reports import BulkProgress, Reporter
from qovery_async.resources.variables import Variables as VariableOperations
from qovery_async.runtime.crowd import BulkOutcome, Crowd, Width
from qovery_async.secrecy.printable import one_line
from qovery_async.secrecy.repeats import hide, telling
from qovery_async.variables.changes import VariableChange
from qovery_async.variables.failures import PlanNotApplied, VariablesError
from qovery_async.variables.parents import VariablesParent
from qovery_async.variables.plan import PlanMemory
from qovery_async.variables.present import Here
from qovery_async.vocabulary import UNSET, Unset
from qovery_async.vocabulary.values import define

V = TypeVar("V")

_AT_ONCE = 16


class _About(TypedDict):
    """What every request says again, since it would be lost."""

    description: str | Unset
    enable_interpolation_in_file: bool | Unset


@define
class Applying:
    """Makes the changes of one plan for one place."""

    variables: VariableOperations
    parent: VariablesParent
    here: Here
    memory: PlanMemory
    reporter: Reporter
    _made: list[VariableChange] = attrs.field(factory=list[VariableChange], init=False)
    _gone: set[str] = attrs.field(factory=set[str], init=False)
    _ids: dict[str, str] = attrs.field(factory=dict[str, str], init=False)
    """Of what was made, by key."""

    async def run(self, changes: Sequence[VariableChange]) -> tuple[VariableChange, ...]:
        """Makes the changes, many at once. At the first error, those under way are awaited, and no others begin.

        Raises:
            PlanNotApplied: some changes could not be made.
        """
        self.memory.begun = True
        self._gone = {change.before.id for change in changes if change.action == "delete" and change.before}
        errors: list[tuple[VariableChange, Exception]] = []
        for phase in _phases(changes):
            async with aclosing(self._together(phase, errors)) as ended:
                async for outcome in ended:
                    if outcome.error is None:
                        self._made.append(outcome.item)
                        self.memory.done.add((outcome.item.action, outcome.item.key))
                    else:
                        errors.append((outcome.item, outcome.error))
                    await self.reporter.advanced(BulkProgress(len(self._made) + len(errors), len(errors), len(changes)))
            if errors:
                raise self._not_applied(changes, errors)
        return tuple(self._made)

    def _together(
        self, phase: Sequence[VariableChange], errors: Sequence[object]
    ) -> AsyncGenerator[BulkOutcome[VariableChange, None]]:
        def left() -> Iterator[VariableChange]:
            for change in phase:
                if errors:
                    return
                yield change

        return Crowd(self._make, left(), Width(_AT_ONCE)).outcomes()

    async def _make(self, change: VariableChange) -> None:
        try:
            await self._send(change)
        except ApiError as error:
            if change.is_secret:  # some servers quote what they refuse
                secrets = telling(change.value)
                error.message, error.body = hide(secrets, error.message), hide(secrets, error.body)
                error.args = (error.status, error.message)
            raise

    async def _send(self, change: VariableChange) -> None:
        about: _About = {
            "description": change.description or UNSET,
            "enable_interpolation_in_file": _given(change.enable_interpolation_in_file),
        }
        before_id = change.before.id if change.before else ""
        scope, id_ = models.APIVariableScopeEnum(self.parent.scope), self.parent.id
        made: models.VariableResponse | None = None
        match change.action:
            case "delete":
                with suppress(NotFound):  # it went with what it was an alias or an override of
                    await self.variables.delete(before_id)
            case "update":
                edit = models.VariableEditRequest(key=change.key, value=change.value, **about)
                await self.variables.update(before_id, edit)
            case "create":
                new = models.VariableRequest(
                    key=change.key,
                    value=change.value or "",
                    is_secret=change.is_secret,
                    variable_scope=scope,
                    variable_parent_id=id_,
                    mount_path=_given(change.mount_path),
                    **about,
                )
                made = await self.variables.create(new)
            case "override":
                override = models.VariableOverrideRequest(
                    value=change.value or "", override_scope=scope, override_parent_id=id_, **about
                )
                made = await self.variables.create_override(self.here.originals[change.key].id, override)
            case "alias":
                alias = models.VariableAliasRequest(key=change.key, alias_scope=scope, alias_parent_id=id_, **about)
                await self.variables.create_alias(self._target(change), alias)
        if made is not None:
            self._ids[change.key] = made.id

    def _target(self, change: VariableChange) -> str:
        """The id of what an alias stands for."""
        target = change.alias_of or ""
        own = self.here.own.get(target)
        seen = self.here.inherited.get(target) if own is None or own.id in self._gone else own
        found = self._ids.get(target) or (seen.id if seen else None)
        if found is None:
            raise VariablesError(f"the id of {one_line(target, 80)} did not come back: apply the plan again")
        return found

    def _not_applied(
        self, changes: Sequence[VariableChange], errors: Sequence[tuple[VariableChange, Exception]]
    ) -> PlanNotApplied:
        made = {(change.action, change.key) for change in self._made}
        failed = PlanNotApplied(
            f"{len(self._made)} of {len(changes)} changes of the variables of {self.parent} were made; "
            "apply the plan again to make the others",
            problems=[f"{change.action} {one_line(change.key, 80)}: {error}" for change, error in errors],
            done=[change.key for change in self._made],
            left=[change.key for change in changes if (change.action, change.key) not in made],
            errors=[error for _, error in errors],
        )
        failed.__cause__ = errors[0][1]
        return failed


def _phases(changes: Sequence[VariableChange]) -> list[list[VariableChange]]:
    """What can be made at once: an alias goes before its target does, and comes after it has."""
    phases: list[list[VariableChange]] = [[], [], [], []]
    for change in changes:
        if change.action == "delete":
            phases[0 if change.before and change.before.alias_of else 1].append(change)
        else:
            phases[3 if change.action == "alias" else 2].append(change)
    return phases


def _given(value: V | None) -> V | Unset:
    return UNSET if value is None else value
