"""How does a class get what attrs makes, when something first asks for it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Late:
    """A name that attrs gives to a class, together with the others, when the first of them is asked for."""

    def __init__(self, complete: Callable[[type], object]) -> None:
        self._complete = complete

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner, self._name = owner, name

    def __get__(self, instance: object, owner: type) -> Any:
        self._complete(self.owner)  # twice by two threads at once, it is the same
        found = vars(self.owner)[self._name]
        # `inspect` binds what it finds to the class, as of Python 3.13.
        return found.__get__(instance, owner) if hasattr(found, "__get__") else found
