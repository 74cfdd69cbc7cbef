"""How is parsed JSON read as models, whether it fits them or not?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from itertools import chain
from types import GenericAlias
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_origin

from qovery_async.codec.collector import pause, resume
from qovery_async.codec.converter import decoder
from qovery_async.codec.plain import is_list, is_object
from qovery_async.errors import DecodeError
from qovery_async.vocabulary import Model

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from qovery_async.codec.repair import Repair

T = TypeVar("T")
M = TypeVar("M", bound=Model)

Steps = Generator[None, None, T]
"""Decoding that stops now and then, so that the loop can turn and a timeout be noticed."""

_SLICE = 100
"""Items of a list that are decoded in one step."""

_logger = logging.getLogger("qovery")


class Codec:
    """Reads parsed JSON as models.

    A value that does not fit is repaired, and logged once for each operation and place. A `strict`
    codec raises `DecodeError` instead.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self._warned: set[tuple[str, str]] = set()

    def decode(
        self,
        value: Any,
        type_: TypeForm[T],
        *,
        operation: str,
        source: object = None,
        root: str = "",
        hide: Callable[[str], str] = str,
    ) -> T:
        """The parsed JSON `value` as `type_`.

        Errors name `source`, or the operation if there is none. `root` is the path to the value.
        `hide` removes secrets from messages.

        Raises:
            DecodeError: the value as a whole does not fit, is nested too deep, or does not fit
                somewhere and the codec is strict.
        """
        return finish(self.steps(value, type_, operation=operation, source=source, root=root, hide=hide))

    def steps(
        self,
        value: Any,
        type_: TypeForm[T],
        *,
        operation: str,
        source: object = None,
        root: str = "",
        hide: Callable[[str], str] = str,
    ) -> Steps[T]:
        """Decodes like `decode`, in steps of a few milliseconds at most for lists and for what is repaired.

        The last step returns the result.
        """
        form, repair = cast("Any", type_), None
        read: list[Any] = []
        try:
            for first, part in _parts(value, type_):
                if first:
                    yield
                try:
                    read.append(decoder(form)(part, form))
                except Exception:  # noqa: BLE001  # `repair` finds the place and names it
                    from qovery_async.codec.repair import Repair

                    repair = repair or Repair()
                    read.append((yield from repair.read(part, type_, root, root, first)))
        except (RecursionError, DecodeError) as error:
            raise DecodeError(f"{source or operation}: {hide(str(error))}") from None
        if repair:
            self._report(repair, operation, source, hide)
        found: T = read[0] if len(read) == 1 else list(chain.from_iterable(read))  # type: ignore[assignment]  # a list
        return found

    def decode_items(
        self,
        value: Any,
        key: str,
        item: TypeForm[T],
        *,
        beside: Collection[str] = (),
        operation: str,
        source: object = None,
        hide: Callable[[str], str] = str,
    ) -> list[T]:
        """The list under `key` of the parsed JSON `value`, decoded like `decode` does.

        With an empty key, `value` itself is the list. `beside` has the other keys that it may have.

        Raises:
            DecodeError: as `decode` does, and where it is not certain which list is meant.
        """
        return finish(
            self.steps_of_items(value, key, item, beside=beside, operation=operation, source=source, hide=hide)
        )

    def steps_of_items(
        self,
        value: Any,
        key: str,
        item: TypeForm[T],
        *,
        beside: Collection[str] = (),
        operation: str,
        source: object = None,
        hide: Callable[[str], str] = str,
    ) -> Steps[list[T]]:
        """Decodes like `decode_items`, in steps like those of `steps`."""
        found = (value.get(key) if is_object(value) else None) if key else value
        if not is_list(found):
            from qovery_async.codec.envelope import find
            from qovery_async.codec.repair import Repair

            repair = Repair()
            found, key = find(value, key, item, beside, repair)
            self._report(repair, operation, source, hide)
        items = cast("TypeForm[list[T]]", GenericAlias(list, (item,)))
        return (yield from self.steps(found, items, operation=operation, source=source, root=key, hide=hide))

    def miss(self, status: int, done: str, *, operation: str, source: object = None) -> None:
        """Reports that the response to a call which has taken effect has no result; `done` is what is returned instead.

        Raises:
            DecodeError: the codec is strict.
        """
        from qovery_async.codec.repair import Repair

        repair = Repair()
        repair.note("the body", "the body", f"is missing or null (status {status})", done)
        self._report(repair, operation, source, str)

    def prepare(self, type_: object) -> None:
        """Builds the decoders of all models that `type_` may hold now, so that no response waits for them."""
        from qovery_async.codec.shapes import held

        for model in held(type_):
            decoder(model)

    def fast(self, type_: TypeForm[T]) -> Callable[[Any], T]:
        """The decoder of `type_` for values that come in masses. What does not fit raises; then `decode` repairs it."""
        form: Any = type_  # mypy takes a `TypeForm` for unhashable
        structure = decoder(form)
        return lambda value: structure(value, form)

    def _report(self, repair: Repair, operation: str, source: object, hide: Callable[[str], str]) -> None:
        # The empty place is the whole value: nothing in it can be repaired.
        if repair.problems and (self.strict or "" in repair.problems):
            first = next(iter(repair.problems.values())).said(hide)
            more = f" (and {repair.count - 1} more)" if repair.count > 1 else ""
            raise DecodeError(f"{source or operation}: {first}{more}")
        for place, problem in repair.problems.items():
            if (operation, place) not in self._warned:
                self._warned.add((operation, place))
                _logger.warning("%s: %s; %s", operation, problem.said(hide), problem.done)


def from_dict(model: type[M], mapping: Mapping[str, Any]) -> M:
    """A model from a mapping in the API's form: a response's JSON object, or the result of `to_dict`.

    Keys that the model does not have are kept in its `extra`.

    Raises:
        DecodeError: the mapping does not fit the model. The message names the path of the first misfit.
    """
    return Codec(strict=True).decode(dict(mapping), model, operation=f"from_dict({model.__name__})")


def finish(steps: Steps[T]) -> T:
    """The result of all steps, one right after another."""
    try:
        next(steps)
        # There is more: a long list.
        pause()
        while True:
            next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    finally:
        resume()


def _parts(value: Any, type_: object) -> Iterator[tuple[int, Any]]:
    """The value, or the parts of a long list, each with the number of its first item."""
    if not is_list(value) or len(value) <= _SLICE or get_origin(type_) is not list:
        yield 0, value
        return
    for first in range(0, len(value), _SLICE):
        yield first, value[first : first + _SLICE]
