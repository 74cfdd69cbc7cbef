"""What do all blocking twins have in common? How they call, and how objects change faces."""

from __future__ import annotations

import functools
import inspect
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Generator,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import AbstractAsyncContextManager, AbstractContextManager, closing, contextmanager
from importlib import import_module
from types import MethodType, TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from qovery_async.runtime.pagination import Items
from qovery_async.secrecy.secret import not_pickled
from qovery_sync.portal import Callback, Portal

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R", bound="Twin")

ASYNC, BLOCKING = "qovery_async", "qovery_sync"
_COLLECTIONS = (list, tuple, set, frozenset)
_END = object()


class Twin:
    """The blocking face of an async object: each method runs the original on the loop and waits for it."""

    _async: Any

    def __init__(self, asynchronous: object, portal: Portal) -> None:
        self._async = asynchronous
        self._portal = portal

    __reduce__ = not_pickled

    def __repr__(self) -> str:
        return repr(self._async)

    def __eq__(self, other: object) -> bool:
        return bool(self._async == other._async) if isinstance(other, Twin) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._async)

    def _nest(self, class_: type[R], name: str) -> R:
        return class_(getattr(self._async, name), self._portal)

    def _call(self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._portal.call(function, *args, **kwargs)

    def _call_back(self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Functions among the arguments run in this thread while it waits."""
        return self._portal.call_back(function, *args, **kwargs)

    def _iterate(self, stream: Items[T] | AsyncIterable[T]) -> Iterator[T]:
        """Crosses over to the loop once for a page, not once for an item."""
        pages: Callable[[], AsyncIterator[list[T]]] | None = getattr(stream, "pages", None)
        if pages is not None:
            for page in self._portal.iterate(pages()):
                yield from page
        else:
            yield from self._portal.iterate(aiter(stream))

    def _iterate_live(self, stream: Items[Any] | AsyncIterable[Any]) -> Iterator[Any]:
        with closing(cast("Generator[Any]", self._iterate(stream))) as items:
            for item in items:
                yield self._twin(item)

    def _enter(self, context: AbstractAsyncContextManager[T]) -> AbstractContextManager[T]:
        return self._portal.enter(context)

    @contextmanager
    def _enter_live(self, context: AbstractAsyncContextManager[Any]) -> Generator[Any]:
        with self._portal.enter(context) as target:
            yield self._twin(target)

    def _twin(self, value: Any) -> Any:
        """A result with the twins of the async objects in it."""
        if value is self._async:
            return self
        if value.__class__ in (list, tuple):
            items = cast("list[Any]", value)
            return type(items)(map(self._twin, items))
        if isinstance(value, dict):
            mapping = cast("Any", value)
            return {self._twin(key): self._twin(item) for key, item in mapping.items()}
        class_ = twin_class(value.__class__)
        return value if class_ is None else class_(value, self._portal)

    def _given(self, value: Any, *, gives_live: bool = False) -> Any:
        """An argument with the async originals of the twins in it, and functions that the loop can await.

        `gives_live`: the async side uses what the function returns. Otherwise that only passes through.
        """
        if isinstance(value, Twin):
            return value._async  # noqa: SLF001  # of its own kind
        if value.__class__ in _COLLECTIONS:
            items = cast("list[Any]", value)
            return type(items)(map(self._given, items))
        if isinstance(value, Mapping):
            mapping = cast("Any", value)
            return {self._given(key): self._given(item) for key, item in mapping.items()}
        if not callable(value) or isinstance(value, type):
            return value
        original = self._original(value)
        if original is None:
            return Callback(self._in_this_face(value, gives_live=gives_live))
        return self._in_that_face(original, gives_live=gives_live)

    def _items(self, items: Iterable[Any]) -> Any:
        """Items for the loop: a collection as it is, anything else step by step in this thread."""
        if isinstance(items, Collection) or not isinstance(cast("object", items), Iterable):
            return items  # the method says what it needs
        iterator = iter(items)
        return _Steps(Callback(lambda: next(iterator, _END)))

    def _original(self, function: Any) -> Callable[..., Awaitable[Any]] | None:
        """The async original of a method of this client's twins, also where arguments are bound to it."""
        if isinstance(function, functools.partial):
            partial = cast("Any", function)
            original = self._original(partial.func)
            return None if original is None else functools.partial(original, *partial.args, **partial.keywords)
        if not isinstance(function, MethodType) or not isinstance(function.__self__, Twin):
            return None
        twin = function.__self__
        # Another client has a loop of its own.
        return getattr(twin._async, function.__name__) if twin._portal is self._portal else None  # noqa: SLF001  # as above

    def _in_this_face(self, function: Callable[..., Any], *, gives_live: bool) -> Callable[..., Any]:
        """A function of the user, which gets twins and may return them."""

        def call(*args: Any, **kwargs: Any) -> Any:
            twins = {name: self._twin(value) for name, value in kwargs.items()}
            result = function(*map(self._twin, args), **twins)
            return self._given(result) if gives_live else result

        return call

    def _in_that_face(
        self, function: Callable[..., Awaitable[Any]], *, gives_live: bool
    ) -> Callable[..., Awaitable[Any]]:
        """The original of a method: the whole batch crosses to the loop once."""

        async def call(*args: Any, **kwargs: Any) -> Any:
            originals = {name: self._given(value) for name, value in kwargs.items()}
            result = function(*map(self._given, args), **originals)
            result = await result if inspect.isawaitable(result) else result
            return result if gives_live else self._twin(result)

        return call


class TwinContext(Twin):
    """The blocking face of an object that is an async context manager itself."""

    _entered: AbstractContextManager[Any]

    def __enter__(self) -> Self:
        self._entered = self._portal.enter(self._async)
        self._entered.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._entered.__exit__(kind, error, trace)


class _Steps:
    """An iterator of the caller, as the loop sees it."""

    def __init__(self, step: Callback[[], Any]) -> None:
        self._step = step

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        item = await self._step()
        if item is _END:
            raise StopAsyncIteration
        return item


@functools.cache
def twin_class(type_: Any) -> type[Twin] | None:
    """The twin of an async class, of the same name at the same place of the other package."""
    for class_ in type_.__mro__:
        if ASYNC not in class_.__module__:
            continue
        try:
            found = getattr(import_module(class_.__module__.replace(ASYNC, BLOCKING, 1)), class_.__name__, None)
        except ModuleNotFoundError:
            continue
        if isinstance(found, type) and issubclass(found, Twin):
            return found
    return None
