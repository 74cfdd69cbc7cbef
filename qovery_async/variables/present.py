"""Which variables are there?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qovery_async import models
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary.values import frozen

PLAIN = ("VALUE", "FILE", "OVERRIDE", "ALIAS")
"""The types that a plan can write."""

_NEAREST_FIRST = ("ENVIRONMENT", "PROJECT")


@frozen(kw_only=True, repr=False)
class SeenVariable:
    """A variable as the API listed it. `text` is None where it cannot be read; `updated_at` is in ISO 8601."""

    id: str
    key: str
    scope: str
    type: str
    is_secret: bool
    text: str | None = None
    mount_path: str | None = None
    alias_of: str | None = None
    target_id: str | None = None
    updated_at: str | None = None
    owned_by: str | None = None
    description: str | None = None
    enable_interpolation_in_file: bool | None = None

    def __repr__(self) -> str:
        return f"<SeenVariable: {self.key} of type {self.type} in {self.scope}, id {self.id}>"

    @property
    def is_readable(self) -> bool:
        """Whether its value is in the list, rather than in a secret manager."""
        return self.type in PLAIN

    @property
    def held(self) -> str | None:
        """Why no plan may change or delete it: something else than Qovery is its master."""
        if not self.is_readable:
            return f"is of type {self.type}, which only its holder can change: delete it first"
        if self.owned_by is not None and self.owned_by.upper() != "QOVERY":
            return f"is owned by {one_line(self.owned_by, 80)}: change it there"
        return None

    @property
    def is_built_in(self) -> bool:
        """Whether Qovery itself sets it."""
        return "BUILT_IN" in (self.type, self.scope)


@frozen
class Here:
    """The variables that can be seen at a place, by key: its own, and the nearest of those that it inherits."""

    own: Mapping[str, SeenVariable]
    inherited: Mapping[str, SeenVariable]
    originals: Mapping[str, SeenVariable]
    """What an override here refers to: an inherited variable that is no override itself, where that is listed."""

    def seen(self, key: str) -> SeenVariable | None:
        """What a key means here."""
        return self.own.get(key) or self.inherited.get(key)


def here(listed: Iterable[models.VariableResponse], scope: str) -> Here:
    """What was listed for a place of this scope."""
    every = [_seen(variable) for variable in listed]
    own = {each.key: each for each in every if each.scope == scope and not each.is_built_in}
    # An overridden variable stays listed beside its override, so that the key of a service may be there three times.
    above = sorted((each for each in every if each.scope != scope or each.is_built_in), key=_distance)
    inherited: dict[str, SeenVariable] = {}
    originals: dict[str, SeenVariable] = {}
    for each in above:
        inherited.setdefault(each.key, each)
        if each.type != "OVERRIDE":
            originals.setdefault(each.key, each)
    return Here(own, inherited, {**inherited, **originals})


def _distance(seen: SeenVariable) -> int:
    return _NEAREST_FIRST.index(seen.scope) if seen.scope in _NEAREST_FIRST else len(_NEAREST_FIRST)


def _seen(variable: models.VariableResponse) -> SeenVariable:
    alias, overridden = variable.aliased_variable, variable.overridden_variable
    is_secret = variable.is_secret is not False
    return SeenVariable(
        id=variable.id,
        key=variable.key,
        scope=str(variable.scope),
        type=str(variable.variable_type),
        is_secret=is_secret,
        text=None if is_secret else variable.value,
        mount_path=variable.mount_path or (overridden.mount_path if overridden else None) or None,
        alias_of=alias.key if alias else None,
        target_id=alias.id if alias else None,
        updated_at=variable.updated_at.isoformat() if variable.updated_at else None,
        owned_by=variable.owned_by,
        description=variable.description,
        enable_interpolation_in_file=variable.enable_interpolation_in_file,
    )
