"""How do namespaces nest? Each is imported and made when it is first touched, then kept."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

R = TypeVar("R")


class _DocOfClass:
    """Lets `help()` of a client show what each of its namespaces is for."""

    def __init__(self, own: str | None) -> None:
        self._own = own

    def __get__(self, instance: Namespace[Any] | None, owner: type) -> str | None:
        return self._own if instance is None else instance.class_.__doc__


class Namespace(Generic[R]):
    """A descriptor that stands for a nested namespace: `client.projects`, `.secrets` of it."""

    if not TYPE_CHECKING:  # a `__doc__` that is no string is beyond type checkers
        __doc__ = _DocOfClass(__doc__)

    def __init__(self, class_: str, place: str = "") -> None:
        """`place` is the module of the class inside its package, where it is not at or below its parent's."""
        self._class = class_
        self._place = place
        self._name = ""
        self._module = ""

    def __set_name__(self, owner: type, name: str) -> None:
        # Under a second name it stays the same object: `organization` is `organizations`.
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
            # Private to users, not to the descriptor that it exists for.
            nest: Callable[[Any, str], R] = getattr(instance, "_nest")  # noqa: B009
            made = instance.__dict__[self._name] = nest(self.class_, self._name)
        return made

    def __repr__(self) -> str:
        return f"Namespace({self._class!r})"

    @property
    def class_(self) -> Any:
        """The class: at its place, in its parent's module, or in a module of its own below it."""
        if self._place:
            package = self._module.partition(".")[0]
            return getattr(import_module(f"{package}.{self._place}"), self._class)
        beside = getattr(sys.modules[self._module], self._class, None)
        return beside or getattr(import_module(f"{self._module}.{self._name}"), self._class)
