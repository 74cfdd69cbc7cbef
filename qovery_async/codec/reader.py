"""How is parsed JSON read as models, whether it fits them or not?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from types import GenericAlias
from typing import TYPE_CHECKING, Any, TypeVar, cast

from qovery_async.codec.converter import converter
from qovery_async.codec.plain import is_list, is_object
from qovery_async.errors import DecodeError
from qovery_async.vocabulary import Model

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from qovery_async.codec.repair import Repair

T = TypeVar("T")
M = TypeVar("M", bound=Model)

_logger = logging.getLogger("qovery")


class Codec:
    """Reads parsed JSON as models.

    A value that does not fit is repaired, and logged once for each operation and place. A `strict`
    codec raises `DecodeError` instead.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
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
        try:
            return converter().structure(value, cast("type[T]", type_))
        except Exception:  # noqa: BLE001  # `repair` finds the place and names it
            from qovery_async.codec.repair import Repair

            repair = Repair()
            try:
                repaired: T = repair.read(value, type_, root, root)
            except RecursionError as error:
                raise DecodeError(f"{source or operation}: {hide(str(error))}") from None
            self._report(repair, operation, source, hide)
            return repaired

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
        found = (value.get(key) if is_object(value) else None) if key else value
        if not is_list(found):
            from qovery_async.codec.envelope import find
            from qovery_async.codec.repair import Repair

            repair = Repair()
            found, key = find(value, key, item, beside, repair)
            self._report(repair, operation, source, hide)
        items = cast("TypeForm[list[T]]", GenericAlias(list, (item,)))
        return self.decode(found, items, operation=operation, source=source, root=key, hide=hide)

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
        """Builds the decoder of `type_` now, so that the first response does not wait for it."""
        converter().get_structure_hook(type_)

    def _report(self, repair: Repair, operation: str, source: object, hide: Callable[[str], str]) -> None:
        # The empty place is the whole value: nothing in it can be repaired.
        if repair.problems and (self._strict or "" in repair.problems):
            first = hide(str(next(iter(repair.problems.values()))))
            more = f" (and {repair.count - 1} more)" if repair.count > 1 else ""
            raise DecodeError(f"{source or operation}: {first}{more}")
        for place, problem in repair.problems.items():
            if (operation, place) not in self._warned:
                self._warned.add((operation, place))
                _logger.warning("%s: %s; %s", operation, hide(str(problem)), problem.done)


def from_dict(model: type[M], mapping: Mapping[str, Any]) -> M:
    """A model from a mapping in the API's form: a response's JSON object, or the result of `to_dict`.

    Keys that the model does not have are kept in its `extra`.

    Raises:
        DecodeError: the mapping does not fit the model. The message names the path of the first misfit.
    """
    return Codec(strict=True).decode(dict(mapping), model, operation=f"from_dict({model.__name__})")
