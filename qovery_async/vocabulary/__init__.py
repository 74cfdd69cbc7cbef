"""Which base classes and markers are generated models made of?"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any, ClassVar, Final, Literal, get_type_hints

import attrs

from qovery_async.secrecy.masking import MASK, masked
from qovery_async.vocabulary.displayed import Displayed, Plain, Rows, hidden_attributes, values_of
from qovery_async.vocabulary.values import define, frozen


class Unset(enum.Enum):
    """The type of `UNSET`."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:  # the literal lets `if body.name:` narrow in type checkers
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Marks an attribute or parameter that is omitted from the request. `None` is sent as null."""


class OpenEnum(enum.StrEnum):
    """A string enum that accepts unknown values, because Qovery adds values every few weeks.

    Every member, known or not, equals its string and is sent as that string.
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
        """Whether this version of the SDK knows the value."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self._value_!r}{'' if self.is_known else ', unknown'}>"

    def __reduce_ex__(self, protocol: object) -> tuple[type[OpenEnum], tuple[str]]:
        return type(self), (self._value_,)


def _not_given(model: Model) -> tuple[str, ...]:
    """In a model that was not read from a response, None by default is absent."""
    return tuple([a.name for a in attrs.fields(type(model)) if a.default is None and getattr(model, a.name) is None])


NOT_GIVEN: Final[tuple[str, ...]] = attrs.Factory(_not_given, takes_self=True)
"""Editors show this name as the default of `absent`."""


# Pickles and copies are those of any class with slots: what attrs makes for this class knows no other attributes.
@attrs.define(kw_only=True, repr=False, getstate_setstate=False)
class Model(Displayed):
    """Base class of the API's objects; `to_dict`, `to_json` and `from_dict` convert them.

    `extra` maps the JSON keys that this version does not know to their values, which are sent along.
    `absent` names the attributes whose keys the response did not have. They read None or `UNSET`, and
    are not sent until they get another value. An attribute that had one and is set to None is sent as null.
    `repr` masks the attributes in `__secrets__`, unless the attribute that `__secrets_if__` names is False,
    a value whose `key` or `name` looks like that of a secret, and passwords in addresses.
    """

    __secrets__: ClassVar[tuple[str, ...]] = ()
    __secrets_if__: ClassVar[str] = ""

    extra: dict[str, Any] = attrs.field(factory=dict[str, Any])
    absent: tuple[str, ...] = attrs.field(default=NOT_GIVEN, eq=False)

    def __init_subclass__(cls) -> None:
        # The public module, so that pickles stay valid when a class moves between modules.
        cls.__module__ = "qovery_async.models"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> Any:
        return _pydantic().of_model(cls, handler)

    def _shown(self) -> dict[str, str]:
        """What `repr` and others show: the attributes that are given, with `***` for secrets."""
        values = values_of(self) | ({"extra": self.extra} if self.extra else {})
        hidden = hidden_attributes(self)
        given = {k: v for k, v in values.items() if v is not UNSET and v is not None}
        return {k: MASK if k in hidden else masked(v) for k, v in given.items()}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={text}' for name, text in self._shown().items())})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        """For `rich`, which else reads the attributes of attrs classes, secrets too."""
        return ((name, Plain(text)) for name, text in self._shown().items())

    def _rows(self) -> Rows:
        hidden, values = hidden_attributes(self), values_of(self)
        shown = self._shown().items()
        rows = [(name, Plain(MASK) if name in hidden else values.get(name, Plain(text))) for name, text in shown]
        return type(self).__name__, ("attribute", "value"), rows


class _Extra:
    """The slot of `extra`, which gets its dict when it is first read.

    Most objects have no unknown key, and an empty dict for each would take a seventh of the memory of a response.
    """

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, instance: Model | None, owner: type[Model]) -> Any:
        if instance is None:
            return self
        try:
            return self._slot.__get__(instance, owner)
        except AttributeError:
            self._slot.__set__(instance, {})
            return self._slot.__get__(instance, owner)

    def __set__(self, instance: Model, value: dict[str, Any]) -> None:
        self._slot.__set__(instance, value)


setattr(Model, "extra", _Extra(vars(Model)["extra"]))  # noqa: B010  # type checkers go on seeing a dict


def resolve_recursion(model: type[Model], namespace: dict[str, Any]) -> None:
    """Evaluates the annotations that are strings because a model contains itself."""
    hints = get_type_hints(model, {"Any": Any, "ClassVar": ClassVar, **namespace}, include_extras=True)
    model.__annotations__.update({name: hints[name] for name in model.__annotations__})


@define(repr=False)
class UnknownVariant:
    """An object of a kind that this version does not know.

    `raw` is its JSON object. Its keys can be read as attributes, which raise `AttributeError` if the
    key is missing.
    """

    raw: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "raw":
            raise AttributeError(name)
        try:
            return self.raw[name]
        except KeyError:
            raise AttributeError(f"this object has no key {name!r}; raw has all of its keys") from None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: Any) -> Any:
        return _pydantic().of_unknown_variant()

    def __repr__(self) -> str:
        return f"UnknownVariant(raw={masked(self.raw)})"

    def __rich_repr__(self) -> Iterator[tuple[str, object]]:
        yield "raw", Plain(masked(self.raw))


@frozen
class Wire:
    """The key of an attribute in JSON, if it is not the attribute's name."""

    name: str


class _Rule:
    """What selects the branch of a union."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return _pydantic().of_union(Annotated[source, self], source, handler)


def _pydantic() -> Any:
    """The module that knows pydantic. It stands above this one, and is needed only by those who have pydantic."""
    return import_module("qovery_async.codec.pydantic_schema")


@frozen(eq=False)
class ByTag(_Rule):
    """Selects the branch of a union by the value of one key."""

    key: str
    branches: Mapping[str, Any]


@frozen(eq=False)
class ByKey(_Rule):
    """Selects the branch of a union by the first of these keys that an object has; `""` is the branch for the rest."""

    branches: Mapping[str, Any]
