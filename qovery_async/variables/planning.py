"""Which changes make what is there what it should be? Without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

from qovery_async.secrecy.printable import one_line
from qovery_async.variables.changes import VariableChange
from qovery_async.variables.parents import VariablesParent
from qovery_async.variables.present import Here, SeenVariable
from qovery_async.variables.values import WantedVariable
from qovery_async.vocabulary.values import define

Inherited = Literal["override", "error"]
Secrets = Literal["write", "keep"]

_TWICE = "which is an alias too: the API has no alias of an alias"
_UNREADABLE = "is a secret of another place, whose value cannot be read: give it in a later source"


@define
class Planning:
    """Finds the changes for one place; `problems` are the reasons why there is no way."""

    parent: VariablesParent
    here: Here
    desired: Mapping[str, WantedVariable]
    prune: bool
    inherited: Inherited
    secrets: Secrets
    changes: dict[str, list[VariableChange]] = attrs.Factory(dict[str, list[VariableChange]])
    uncompared: list[str] = attrs.Factory(list[str])
    problems: list[str] = attrs.Factory(list[str])

    def run(self) -> list[VariableChange]:
        """The changes in the order of their keys; a variable that is recreated is deleted first."""
        aliases = {key: alias for key, one in self.desired.items() if (alias := one.alias_of) is not None}
        for key in self.desired.keys() - aliases.keys():
            self._value(key, self.desired[key])
        if self.prune:
            for key, seen in self.here.own.items():
                if key not in self.desired and seen.held is None:
                    self.changes[key] = [_delete(seen)]
        for key, target in aliases.items():
            self._alias(key, target)
        for seen in self.here.own.values():
            self._follow(seen)
        self.uncompared.sort()
        self.problems.sort()
        return [change for key in sorted(self.changes) for change in self.changes[key]]

    def _value(self, key: str, one: WantedVariable) -> None:
        own, above = self.here.own.get(key), self.here.inherited.get(key)
        if own is not None:
            self._own(own, one)
        elif above is not None:
            self._above(above, one)
        elif one.text is None:
            self._problem(key, _UNREADABLE)
        else:
            self.changes[key] = [_create(key, one)]

    def _own(self, own: SeenVariable, one: WantedVariable) -> None:
        """A value for a key that this place has itself."""
        misfit = _misfit(own, one)
        if one.text is None and (own.is_secret or not own.is_readable):
            self.uncompared.append(own.key)
        elif own.held is not None:
            if misfit or own.text is None or own.text != one.text:
                self._problem(own.key, own.held)
        elif one.text is None:
            self._problem(own.key, _UNREADABLE)
        elif misfit:
            if own.type == "OVERRIDE":
                self._problem(
                    own.key, f"overrides an inherited variable, which {misfit}: an override cannot change that"
                )
            else:
                self._replace(own, one, f"recreated: the present one {misfit}")
        elif own.alias_of is not None:
            if own.text != one.text:
                self._replace(own, one, f"was an alias of {one_line(own.alias_of, 80)}")
        elif own.text is None:
            self.uncompared.append(own.key)
            if self.secrets == "write":
                self.changes[own.key] = [_update(own, one)]
        elif own.text != one.text:
            self.changes[own.key] = [_update(own, one)]

    def _above(self, above: SeenVariable, one: WantedVariable) -> None:
        """A value for a key that this place only inherits."""
        if one.text is None:
            if above.is_secret:
                self.uncompared.append(above.key)
            else:
                self._problem(above.key, _UNREADABLE)
        elif (misfit := _misfit(above, one)) is None and above.text == one.text:
            return
        elif above.is_built_in:
            self._problem(above.key, "is set by Qovery itself: leave it out")
        elif above.text is None and misfit is None and self.secrets == "keep":
            self.uncompared.append(above.key)
        elif self.inherited == "error":
            self._problem(above.key, f"is inherited from {self.parent.where(above.scope)}")
        elif misfit:
            where = self.parent.where(above.scope)
            self._problem(above.key, f"is inherited from {where}, where it {misfit}: an override cannot change that")
        else:
            self.changes[above.key] = [_override(above, one)]
            if above.text is None:
                self.uncompared.append(above.key)

    def _replace(self, own: SeenVariable, one: WantedVariable, note: str) -> None:
        above = self.here.inherited.get(own.key)
        if above is not None and (misfit := _misfit(above, one)):
            self._problem(own.key, f"is inherited from {self.parent.where(above.scope)}, where it {misfit}")
            return
        made = _create(own.key, one) if above is None else _override(above, one)
        self.changes[own.key] = [_delete(own, hides=made.is_secret), _like(own, made, note)]

    def _alias(self, key: str, target: str) -> None:
        own, above = self.here.own.get(key), self.here.inherited.get(key)
        told = one_line(target, 80)
        if (reason := self._no_target(key, target)) is not None:
            self._problem(key, f"is to be an alias of {told}, {reason}")
        elif own is not None and own.held is not None:
            self._problem(key, own.held)
        elif own is not None and own.type == "OVERRIDE":
            self._problem(key, "overrides an inherited variable: an alias cannot do so")
        elif above is not None and own is None:
            if above.alias_of != target:
                where = self.parent.where(above.scope)
                self._problem(key, f"is inherited from {where}: an alias cannot override it")
        elif own is None:
            self.changes[key] = [_alias(key, target)]
        elif own.alias_of != target:
            note = "" if own.alias_of is None else f"was an alias of {one_line(own.alias_of, 80)}"
            self.changes[key] = [_delete(own), _like(own, _alias(key, target), note)]
        elif self._stays(target) is None or self._stays(target) != own.target_id:
            note = f"recreated, to follow the {told} of this place"
            self.changes[key] = [_delete(own), _like(own, _alias(key, target), note)]

    def _no_target(self, key: str, target: str) -> str | None:
        """Why a key cannot be an alias of another."""
        one, changes = self.desired.get(target), self.changes.get(target, [])
        if target == key:
            return "which is itself"
        if one is not None and one.alias_of is not None:
            return _TWICE
        if any(change.makes for change in changes):
            return None
        goes = any(change.action == "delete" for change in changes)
        seen = self.here.inherited.get(target) if goes else self.here.seen(target)
        if seen is None:
            return "which would be pruned: add it to what is desired" if goes else f"which {self.parent} does not have"
        return None if seen.alias_of is None else _TWICE

    def _stays(self, target: str) -> str | None:
        """The id of what a key means afterwards; None where that is recreated."""
        changes = self.changes.get(target, [])
        if any(change.makes for change in changes):
            return None
        goes = any(change.action == "delete" for change in changes)
        seen = self.here.inherited.get(target) if goes else self.here.seen(target)
        return seen.id if seen else None

    def _follow(self, own: SeenVariable) -> None:
        """An alias of which only its value is desired, or nothing, goes and changes with its target."""
        one = self.desired.get(own.key)
        if (
            own.alias_of is None
            or own.held
            or own.key in self.changes
            or (one is not None and one.alias_of is not None)
        ):
            return
        told = one_line(own.alias_of, 80)
        target = self.here.own.get(own.alias_of)
        changes = self.changes.get(own.alias_of, [])
        if target is None or target.id != own.target_id or not changes:
            return
        if one is not None:
            if one.text is not None and changes[0].value != one.text:
                self._replace(own, one, f"was an alias of {told}, which changes")
        elif any(change.action == "alias" for change in changes):
            self._problem(own.key, f"is an alias of {told}, which is to be {_TWICE.removeprefix('which is ')}")
        elif changes[0].action == "delete":
            self.changes[own.key] = [_delete(own), _like(own, _alias(own.key, own.alias_of), f"recreated with {told}")]

    def _problem(self, key: str, what: str) -> None:
        self.problems.append(f"{one_line(key, 80)} {what}")


def _misfit(seen: SeenVariable, one: WantedVariable) -> str | None:
    """What of a variable can be changed by no request, and should be: its secrecy and its mount path."""
    if one.is_secret and not seen.is_secret:
        return "is no secret"
    if one.mount_path is not None and one.mount_path != seen.mount_path:
        return f"is a file at {one_line(seen.mount_path)}" if seen.mount_path else "is no file"
    return None


def _create(key: str, one: WantedVariable) -> VariableChange:
    return VariableChange(action="create", key=key, is_secret=one.is_secret, value=one.text, mount_path=one.mount_path)


def _override(above: SeenVariable, one: WantedVariable) -> VariableChange:
    return VariableChange(
        action="override",
        key=above.key,
        is_secret=above.is_secret,
        value=one.text,
        mount_path=above.mount_path,
        overrides=above.scope,
    )


def _alias(key: str, target: str) -> VariableChange:
    return VariableChange(action="alias", key=key, alias_of=target)


def _update(own: SeenVariable, one: WantedVariable) -> VariableChange:
    note = "written without being compared" if own.text is None else ""
    return VariableChange(
        action="update",
        key=own.key,
        is_secret=own.is_secret,
        value=one.text,
        mount_path=own.mount_path,
        description=own.description,
        enable_interpolation_in_file=own.enable_interpolation_in_file,
        before=own,
        note=note,
    )


def _delete(own: SeenVariable, *, hides: bool = False) -> VariableChange:
    """`hides`: its value is about to become a secret. So may that of an alias, with its target."""
    before = attrs.evolve(own, text=None) if hides or own.alias_of else own
    return VariableChange(action="delete", key=own.key, is_secret=own.is_secret or hides, before=before)


def _like(own: SeenVariable, made: VariableChange, note: str) -> VariableChange:
    """A change that recreates a variable: it keeps what nothing is said of."""
    return attrs.evolve(
        made,
        is_secret=made.is_secret or (own.is_secret and made.action == "create"),
        mount_path=made.mount_path or (own.mount_path if made.action == "create" and not own.alias_of else None),
        description=own.description,
        enable_interpolation_in_file=own.enable_interpolation_in_file,
        note=note,
    )
