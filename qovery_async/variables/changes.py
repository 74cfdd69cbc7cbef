"""What is one change of a variable, and how is it read?"""

from __future__ import annotations

import json
from typing import Literal

from qovery_async.secrecy.masking import MASK, looks_secret, without_passwords
from qovery_async.secrecy.printable import one_line
from qovery_async.variables.present import SeenVariable
from qovery_async.vocabulary.values import frozen

_SIGNS = {"update": "~", "delete": "-"}


@frozen(kw_only=True, repr=False)
class VariableChange:
    """One change of a variable, which is one request.

    `action` is "create", "override" (gives an inherited key another value), "alias", "update" or "delete". `value` is the
    new value: None for a secret in a plan that was read from JSON without it. `str` and `repr` mask secrets.
    `overrides` is the scope of the overridden variable, `before` is the present variable, `note` is a reason.
    """

    action: Literal["create", "override", "alias", "update", "delete"]
    key: str
    is_secret: bool = False
    value: str | None = None
    mount_path: str | None = None
    alias_of: str | None = None
    overrides: str | None = None
    description: str | None = None
    enable_interpolation_in_file: bool | None = None
    before: SeenVariable | None = None
    note: str = ""

    @property
    def makes(self) -> bool:
        """Whether there is a new variable afterwards."""
        return self.action in ("create", "override", "alias")

    @property
    def writes(self) -> bool:
        """Whether it needs a value."""
        return self.action in ("create", "override", "update")

    def __repr__(self) -> str:
        return f"<VariableChange: {self}>"

    def __str__(self) -> str:
        was = self.before and _shown(self.key, self.before.text, is_secret=self.before.is_secret or self.is_secret)
        if self.alias_of is not None:
            now = f"alias of {one_line(self.alias_of, 80)}"
        else:
            now = _shown(self.key, self.value, is_secret=self.is_secret)
        match self.action:
            case "update":
                told = f"{was} -> {now}"
            case "delete":
                alias = self.before.alias_of if self.before else None
                told = f"alias of {one_line(alias, 80)}" if alias else str(was)
            case _:
                told = now
        notes = [f"a file at {one_line(self.mount_path)}"] if self.mount_path and self.action != "delete" else []
        notes += [f"overrides that of the {self.overrides.lower()}"] if self.overrides else []
        notes += [self.note] if self.note else []
        end = f"  ({'; '.join(notes)})" if notes else ""
        return f"{_SIGNS.get(self.action, '+')} {one_line(self.key, 80)} = {told}{end}"


def _shown(key: str, text: str | None, *, is_secret: bool) -> str:
    """A value on one line; `***` for that of a secret, and for one whose key looks like a secret's."""
    if is_secret or text is None or looks_secret(key):
        return MASK
    return one_line(json.dumps(without_passwords(text), ensure_ascii=False), 100)
