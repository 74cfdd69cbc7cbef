"""When does a model become an attrs class? When something first needs it to be one.

attrs takes longer for a class than all else that an import does, and a module has many more models than a program
uses. Decoding needs only the slots, so `define` makes these, and leaves the rest to the first use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import attrs

from qovery_async.vocabulary.late import Late

Declared = tuple[str, Any, Any]
"""The name, the type and the default of an attribute; the default is `attrs.NOTHING` where it is required."""

COMMON = ("extra", "absent")
"""The attributes that every model has. They have no key in JSON."""

if TYPE_CHECKING:
    from attrs import define as define  # noqa: PLC0414  # handed on
else:

    def define(*, kw_only: bool) -> Callable[[type], type]:
        """What makes a class one of attrs, as `attrs.define` does, but later."""
        assert kw_only
        return _defined


def declared(model: type) -> Iterable[Declared]:
    """The attributes of a model, without those that all have. Does not make it an attrs class."""
    late = vars(model).get("__attrs_attrs__")
    if isinstance(late, _Late):
        return late.declared()
    return [(field.name, field.type, field.default) for field in attrs.fields(model) if field.name not in COMMON]


class _Late(Late):
    """A late name of a model, which knows what the annotations declare."""

    def __init__(self, defaults: dict[str, Any]) -> None:
        super().__init__(self._complete_model)
        self._defaults = defaults

    def _complete_model(self, model: type) -> None:
        fields = {name: attrs.field(default=default) for name, _, default in self.declared()}
        attrs.define(
            model, these=fields, slots=False, kw_only=True, init=True, eq=True, repr=False, field_transformer=own_first
        )

    def declared(self) -> list[Declared]:
        """What the annotations say, which may have been evaluated since the class was made."""
        types = self.owner.__annotations__
        return [(name, type_, self._defaults.get(name, attrs.NOTHING)) for name, type_ in types.items()]


def _defined(model: type) -> type:
    """The class with slots for its attributes, which attrs completes later."""
    given = dict(vars(model))
    slots = tuple(given["__annotations__"])
    defaults = {name: given.pop(name) for name in slots if name in given}
    del given["__dict__"]
    late = {name: _Late(defaults) for name in ("__attrs_attrs__", "__init__", "__eq__")}
    names = {**given, **late, "__slots__": slots, "__hash__": None, "__match_args__": ()}
    return type(model)(model.__name__, model.__bases__, names)


def own_first(_: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """The attributes of a model before the common ones, so that signatures begin with them."""
    return sorted(fields, key=lambda field: field.name in COMMON)
