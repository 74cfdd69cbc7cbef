"""What do all blocking namespaces have in common?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Generic, ParamSpec, TypeVar

from qovery_async.runtime.pagination import Items
from qovery_async.secrecy.secret import not_pickled
from qovery_sync.portal import Portal

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")
R = TypeVar("R", bound="Resource[Any]")


class Resource(Generic[A]):
    """A namespace of operations; each runs its asynchronous twin and waits for it."""

    def __init__(self, asynchronous: A, portal: Portal) -> None:
        self._async = asynchronous
        self._portal = portal

    __reduce__ = not_pickled

    def _nest(self, class_: type[R], name: str) -> R:
        return class_(getattr(self._async, name), self._portal)

    def _call(self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._portal.call(function, *args, **kwargs)

    def _iterate(self, items: Items[T]) -> Iterator[T]:
        """Crosses over to the event loop once for a page, not once for an item."""
        for page in self._portal.iterate(items.pages()):
            yield from page
