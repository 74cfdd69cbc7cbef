"""How are nested namespaces imported at their first use?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

R = TypeVar("R")


class _DocOfClass:
    """Makes `help()` of a client show the docstring of each namespace."""

    def __init__(self, own: str | None) -> None:
        self._own = own

    def __get__(self, instance: Namespace[Any] | None, owner: type) -> str | None:
        return self._own if instance is None else instance.class_.__doc__


class Namespace(Generic[R]):
    """A descriptor for a nested namespace, such as `client.projects`. It imports the class once and keeps the object."""

    if not TYPE_CHECKING:  # type checkers only accept a string as `__doc__`
        __doc__ = _DocOfClass(__doc__)

    def __init__(self, class_: str, place: str = "") -> None:
        """`place` is the module of the class in its package; empty if it is its parent's module or below that."""
        self._class = class_
        self._place = place
        self._name = ""
        self._module = ""

    def __set_name__(self, owner: type, name: str) -> None:
        # The first name counts: an alias (`organization` for `organizations`) is the same object.
        if not self._name:
            self._name = name
            self._module = owner.__module__

    @overload
    def __get__(self, instance: None, owner: type) -> Namespace[R]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> R: ...
    def __get__(self, instance: object | None, owner: type) -> Namespace[R] | R:
        if instance is None:
            return self
        made: R | None = instance.__dict__.get(self._name)
        if made is None:
            # `_nest` is private to users; it exists for this descriptor.
            nest: Callable[[Any, str], R] = getattr(instance, "_nest")  # noqa: B009
            made = instance.__dict__[self._name] = nest(self.class_, self._name)
        return made

    def __repr__(self) -> str:
        return f"Namespace({self._class!r})"

    @property
    def class_(self) -> Any:
        """The class, from `place`, from its parent's module, or from its own module below that."""
        if self._place:
            package = self._module.partition(".")[0]
            return getattr(import_module(f"{package}.{self._place}"), self._class)
        beside = getattr(sys.modules[self._module], self._class, None)
        return beside or getattr(import_module(f"{self._module}.{self._name}"), self._class)
