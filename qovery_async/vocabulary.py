"""The few words that the generated models are written in."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from qovery_async.secrecy.masking import MASK, masked


class Unset(enum.Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Stands for a value that is left out, where `None` would be sent as an explicit null."""


class OpenEnum(enum.StrEnum):
    """An enum that takes values it does not know: Qovery adds some every few weeks.

    An unknown value compares equal to its text and goes back out as it came.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        # Not kept in the enum's table: a server could fill the memory with made-up values.
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

    @property
    def is_known(self) -> bool:
        """Whether this version of the SDK knows the value."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._value_!r}{'' if self.is_known else ', unknown'}>"

    def __reduce_ex__(self, protocol: object) -> tuple[type[OpenEnum], tuple[str]]:
        return type(self), (self._value_,)


@attrs.define(kw_only=True, repr=False)
class Model:
    """An object of the API. Keys that this version does not know are kept in `extra`.

    `__secrets__` names the attributes that `repr` does not show; `__secrets_if__` is the attribute
    that says whether they are secrets at all.
    """

    __secrets__: ClassVar[tuple[str, ...]] = ()
    __secrets_if__: ClassVar[str] = ""

    extra: dict[str, Any] = attrs.field(factory=dict[str, Any])
    # In answers both an absent and a null key read None; this remembers which ones were null.
    null_keys: tuple[str, ...] = attrs.field(default=(), init=False, eq=False)

    def __init_subclass__(cls) -> None:
        # The public place, so that pickles and representations survive a move between modules.
        cls.__module__ = "qovery_async.models"

    def __repr__(self) -> str:
        names = [a.name for a in attrs.fields(type(self)) if a.name not in ("extra", "null_keys")]
        values = {name: getattr(self, name) for name in names} | ({"extra": self.extra} if self.extra else {})
        # In doubt it is a secret: only an explicit no uncovers it.
        open_ = self.__secrets_if__ and values[self.__secrets_if__] is False
        hidden = () if open_ else self.__secrets__
        given = {k: v for k, v in values.items() if v is not UNSET and v is not None}
        parts = [f"{k}={MASK if k in hidden else masked(v)}" for k, v in given.items()]
        return f"{type(self).__name__}({', '.join(parts)})"


def resolve_recursion(model: type[Model], namespace: dict[str, Any]) -> None:
    """Replaces annotations that had to be written as text, because a model contains itself."""
    attrs.resolve_types(model, {"Any": Any, "ClassVar": ClassVar, **namespace})


@attrs.define(repr=False)
class UnknownVariant:
    """An object of a kind this version does not know; reads like the mapping it came as."""

    raw: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "raw":
            raise AttributeError(name)
        try:
            return self.raw[name]
        except KeyError:
            raise AttributeError(f"this object came without {name!r}") from None

    def __repr__(self) -> str:
        return f"UnknownVariant(raw={masked(self.raw)})"


@attrs.frozen
class Wire:
    """The name of an attribute in JSON, where it differs."""

    name: str


@attrs.frozen(eq=False)
class ByTag:
    """The value of one key says which branch of a union an object is."""

    key: str
    branches: Mapping[str, Any]


@attrs.frozen(eq=False)
class ByKey:
    """The first of these keys that an object has says which branch it is; `""` takes the rest."""

    branches: Mapping[str, Any]
