"""Which base classes and markers do the generated models use?"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import attrs

from qovery_async.secrecy.masking import MASK, masked


class Unset(enum.Enum):
    """The type of `UNSET`, for annotations such as `str | Unset`."""

    UNSET = "UNSET"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""A value that is left out of a request. `None` is sent as an explicit null instead. `UNSET` is false."""


class OpenEnum(enum.StrEnum):
    """An enum of strings that accepts unknown values, because Qovery adds some every few weeks.

    Each member is a `str` and equals its string. An unknown value is a member too: it equals its
    string, is sent back unchanged, and `is_known` is False.
    """

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        # Not stored in the enum: a server could fill the memory with invented values.
        member = str.__new__(cls, value)
        member._name_ = member._value_ = str(value)
        return member

    @property
    def is_known(self) -> bool:
        """Whether this version of the SDK defines the value."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._value_!r}{'' if self.is_known else ', unknown'}>"

    def __reduce_ex__(self, protocol: object) -> tuple[type[OpenEnum], tuple[str]]:
        return type(self), (self._value_,)


@attrs.define(kw_only=True, repr=False)
class Model:
    """The base class of all models: one JSON object of the API.

    Keys that this version of the SDK does not know are kept in `extra`, and sent back with the model.
    `repr` masks secrets: `__secrets__` names the attributes; where `__secrets_if__` names another one
    that is False, they are no secrets.
    """

    __secrets__: ClassVar[tuple[str, ...]] = ()
    __secrets_if__: ClassVar[str] = ""

    extra: dict[str, Any] = attrs.field(factory=dict[str, Any])
    # In a response, an absent key and a null key both read None. These were null.
    null_keys: tuple[str, ...] = attrs.field(default=(), init=False, eq=False)

    def __init_subclass__(cls) -> None:
        # The public module, so that pickles stay valid when a model moves between modules.
        cls.__module__ = "qovery_async.models"

    def __repr__(self) -> str:
        names = [a.name for a in attrs.fields(type(self)) if a.name not in ("extra", "null_keys")]
        values = {name: getattr(self, name) for name in names} | ({"extra": self.extra} if self.extra else {})
        # A missing or unreadable flag means that it is a secret.
        is_public = self.__secrets_if__ and values[self.__secrets_if__] is False
        hidden = () if is_public else self.__secrets__
        given = {k: v for k, v in values.items() if v is not UNSET and v is not None}
        parts = [f"{k}={MASK if k in hidden else masked(v)}" for k, v in given.items()]
        return f"{type(self).__name__}({', '.join(parts)})"


def resolve_recursion(model: type[Model], namespace: dict[str, Any]) -> None:
    """Replaces annotations that are written as strings because a model contains itself."""
    attrs.resolve_types(model, {"Any": Any, "ClassVar": ClassVar, **namespace})


@attrs.define(repr=False)
class UnknownVariant:
    """A JSON object in the place of a union that is none of the models this version knows.

    `raw` is the object. Its keys read as attributes too: `variant.name` is `variant.raw["name"]`.
    """

    raw: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "raw":
            raise AttributeError(name)
        try:
            return self.raw[name]
        except KeyError:
            raise AttributeError(f"the object has no key {name!r}; `raw` holds all its keys") from None

    def __repr__(self) -> str:
        return f"UnknownVariant(raw={masked(self.raw)})"


@attrs.frozen
class Wire:
    """The JSON key of an attribute, if the two differ."""

    name: str


@attrs.frozen(eq=False)
class ByTag:
    """A union whose branches are told apart by the value of `key`."""

    key: str
    branches: Mapping[str, Any]


@attrs.frozen(eq=False)
class ByKey:
    """A union whose branches are told apart by the first of these keys that is there; `""` matches any object."""

    branches: Mapping[str, Any]
