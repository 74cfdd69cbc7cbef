"""What is a plan: what does it show, and how is it kept as JSON?"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard, cast

import attrs
import cattrs

from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.masking import SecretText
from qovery_async.secrecy.printable import one_line
from qovery_async.variables.changes import VariableChange
from qovery_async.variables.desired import merged, of_here
from qovery_async.variables.parents import VariablesParent
from qovery_async.variables.present import Here
from qovery_async.variables.values import VariableValue, WantedVariable
from qovery_async.vocabulary.displayed import Displayed, Plain, Rows
from qovery_async.vocabulary.values import define, frozen

FRESH = 60.0
"""Seconds for which a plan is applied without looking again."""


_NOTHING = WantedVariable()


@define(eq=False)
class PlanMemory:
    """What this process knows of a plan: what it saw, when, and what it has done since."""

    seen: Here | None = None
    seen_at: float = attrs.Factory(time.monotonic)
    begun: bool = False
    done: set[tuple[str, str]] = attrs.Factory(set[tuple[str, str]])
    deployed: bool = False

    @property
    def fresh(self) -> Here | None:
        """What was seen, while it is worth something."""
        return None if self.begun or time.monotonic() - self.seen_at > FRESH else self.seen


@frozen(kw_only=True)
class VariablesPlan(Displayed):
    """What `client.variables.apply` would change; `print(plan)` shows it, with secrets masked.

    `changes` are in the order of their keys; without any, there is nothing to do. `uncompared` are the keys of secrets that are
    there already, whose values cannot be compared. `parent` is what the variables belong to.
    """

    parent: VariablesParent
    changes: tuple[VariableChange, ...] = ()
    uncompared: tuple[str, ...] = ()
    _memory: PlanMemory = attrs.field(factory=PlanMemory, init=False, eq=False, repr=False)

    def __bool__(self) -> bool:
        """Whether there is anything to change."""
        return bool(self.changes)

    def __str__(self) -> str:
        return told(self.parent, self.changes, self.uncompared)

    def _rows(self) -> Rows:
        title, *lines = str(self).split("\n")
        changes = [(one.action, one.key, Plain(str(one))) for one in self.changes]
        notes = [("note", "", Plain(line.strip())) for line in lines[len(changes) :]]
        return title, ("Action", "Variable", "Change"), [*changes, *notes]

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON values, without the values of secrets."""
        return as_dict(self.parent, self.changes, self.uncompared)

    def to_json(self) -> str:
        """`to_dict` as JSON, indented, for a review or for another job."""
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_dict(
        cls,
        data: Mapping[str, Any],
        desired: Mapping[str, VariableValue] | Path | Sequence[Mapping[str, VariableValue] | Path] = (),
    ) -> VariablesPlan:
        """The plan that `to_dict` gave.

        Args:
            data: What `to_dict` gave.
            desired: The mappings and files that have the values of the secrets that the plan writes; nothing else in
                them is used. A plan that is only shown needs none.

        Raises:
            ConfigurationError: `data` is no plan, or `desired` cannot be read.
        """
        given: object = [desired] if isinstance(desired, (Mapping, Path)) else desired
        if not _are_sources(given):
            raise ConfigurationError(
                f"desired must be a mapping, or a file such as Path('.env'), got {type(given).__name__}"
            )
        values = merged(map(of_here, given), ())
        try:
            plan = cattrs.Converter(detailed_validation=False).structure(
                {key: data[key] for key in ("parent", "changes", "uncompared")}, cls
            )
        except Exception as error:  # noqa: BLE001  # whatever cattrs stumbles over
            raise ConfigurationError(f"this is no plan of variables: {one_line(repr(error))}") from None
        changes = [
            attrs.evolve(change, value=SecretText(text))
            if change.writes and change.value is None and (text := values.get(change.key, _NOTHING).text) is not None
            else change
            for change in plan.changes
        ]
        return attrs.evolve(plan, changes=tuple(changes))

    @classmethod
    def from_json(
        cls,
        text: str,
        desired: Mapping[str, VariableValue] | Path | Sequence[Mapping[str, VariableValue] | Path] = (),
    ) -> VariablesPlan:
        """The plan that `to_json` gave. Arguments and errors are those of `from_dict`."""
        try:
            data: object = json.loads(text)
        except ValueError as error:
            raise ConfigurationError(f"this is no plan of variables: {error}") from None
        if not isinstance(data, dict):
            raise ConfigurationError("this is no plan of variables: it is no JSON object")
        return cls.from_dict(cast("dict[str, Any]", data), desired)


@frozen(kw_only=True)
class VariablesDrift:
    """How variables differ from what they should be.

    `changes` would correct them; without any, all values that can be compared are as desired. `uncompared` are the
    keys of secrets, whose values cannot be compared.
    """

    parent: VariablesParent
    changes: tuple[VariableChange, ...] = ()
    uncompared: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to change."""
        return bool(self.changes)

    def __str__(self) -> str:
        return told(self.parent, self.changes, self.uncompared)

    def to_dict(self) -> dict[str, Any]:
        """The differences as JSON values, without the values of secrets."""
        return as_dict(self.parent, self.changes, self.uncompared)

    def to_json(self) -> str:
        """`to_dict` as JSON, indented."""
        return json.dumps(self.to_dict(), indent=2)


@frozen(kw_only=True)
class VariablesApplied:
    """The result of applying a plan.

    `made` are the changes that this call made. `already` are those that were found made: by an earlier `apply` of the
    plan, or, for secrets that were written since, perhaps by someone else. `deployed` are the ids of the environments,
    or of the service, that were deployed.
    """

    made: tuple[VariableChange, ...] = ()
    already: tuple[VariableChange, ...] = ()
    deployed: tuple[str, ...] = ()


def _are_sources(given: object) -> TypeGuard[Sequence[Mapping[str, VariableValue] | Path]]:
    every = cast("Sequence[object]", given) if isinstance(given, (list, tuple)) else [None]
    return all(isinstance(source, (Mapping, Path)) for source in every)


def memory_of(plan: VariablesPlan) -> PlanMemory:
    """What this process knows of a plan."""
    return plan._memory  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # of this module


def checked_plan(given: object, place: str | None = None) -> VariablesPlan:
    """What was given as a plan.

    Raises:
        ConfigurationError: it is none, or not one for the place with this id.
    """
    if not isinstance(given, VariablesPlan):
        raise ConfigurationError(f"apply takes a plan, which client.variables.plan makes, got {type(given).__name__}")
    if place is not None and given.parent.id != place:
        raise ConfigurationError(f"the plan is for {given.parent}, not for {place}: client.variables.apply takes any")
    return given


def told(parent: VariablesParent, changes: Sequence[VariableChange], uncompared: Sequence[str]) -> str:
    """Changes as lines."""
    count = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    lines = [f"Variables of {parent}: {count if changes else 'nothing to do'}"]
    lines += [f"  {change}" for change in changes]
    if uncompared:
        lines.append(f"  Values that are there and cannot be compared: {one_line(', '.join(uncompared), 500)}")
    if parent.noun != "service" and any(change.action == "delete" for change in changes):
        lines.append(
            "  With a variable, its aliases and overrides in everything below are deleted; they are not shown."
        )
    return "\n".join(lines)


def as_dict(parent: VariablesParent, changes: Sequence[VariableChange], uncompared: Sequence[str]) -> dict[str, Any]:
    """Changes as JSON values: no key has a value of None, and no secret has its value."""
    return {
        "parent": _given(parent),
        "changes": [_given(attrs.evolve(c, value=None) if c.is_secret else c) for c in changes],
        "uncompared": [*uncompared],
    }


def _given(value: Any) -> dict[str, Any]:
    # Enums are strings, too; writers other than json's take plain ones only.
    return attrs.asdict(
        value,
        filter=lambda _, item: item is not None,
        value_serializer=lambda _, __, item: str(item) if isinstance(item, str) else item,
    )
