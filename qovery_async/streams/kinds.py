"""What do the frames of each stream say, and how are they told from others?"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qovery_async.codec.plain import is_list, is_object, outgrows
from qovery_async.codec.reader import Codec
from qovery_async.errors import DecodeError, ResponseTooLarge
from qovery_async.streams import position
from qovery_async.transport.websocket import Connection
from qovery_async.vocabulary.values import frozen

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

Mark = tuple[float, object] | None
"""The time of a line in milliseconds and what tells it from others; None if the line does not say it."""

# Milliseconds: what is later is no time.
_LATEST = 10**15
# Characters: the JSON of a shorter frame takes little memory, whatever it is.
_LARGE = 2**20

_logger = logging.getLogger("qovery")


@frozen
class Kind(Generic[T]):
    """A kind of stream: its path, and the type of its items."""

    path: str
    item: Callable[[], TypeForm[T]]
    """Returns the type of the items, whose module is imported then."""
    key: str = ""
    """The key that every item has and other frames have not. Without it, frames are JSON of any form."""
    batched: bool = False
    """Whether a frame is a list of items."""
    grouped: bool = False
    """Whether an item is a list, which may be sent as its only entry."""
    inside: str = ""
    """The key of a frame under which the item is."""
    mark: Callable[[Any], Mark] | None = None
    """What tells a line of a log from others, so that one that a new connection repeats is not given twice."""
    restarts: bool = False
    """Whether a new connection can begin at a time."""
    is_state: bool = False
    """Whether each frame replaces the one before it, so that a repeated one says nothing."""

    @property
    def operation(self) -> str:
        """How messages call it."""
        return f"streams{self.path.replace('/', '.', 1).replace('/', '_').replace('-', '_')}"


@frozen
class Past(Generic[T]):
    """What comes before a stream: items, and what tells which lines of the stream are among them."""

    items: list[T]
    start: float
    """The time from which the stream has to repeat, in milliseconds."""
    repeats: Callable[[float, Any], bool]
    """Whether the line of a mark is among the items."""


class Reading(Generic[T]):
    """Reads the frames of a stream, also of one connection after another."""

    def __init__(self, kind: Kind[T], codec: Codec, *, is_limited: bool = False, past: Past[T] | None = None) -> None:
        self._kind = kind
        self._past = past
        self._codec = codec
        overlap = position.OVERLAP if kind.restarts else float("inf")
        self.position = position.Position(memory=position.MEMORY, overlap=overlap, is_limited=is_limited)
        self._last: object = None
        self._first = False
        self._warned = False
        self._item_type = kind.item()
        self._decode = codec.fast(self._item_type)

    def resume(self) -> None:
        """A new connection begins."""
        self.position.resume()
        self._first = True

    def items(self, frame: str | bytes, connection: Connection) -> list[T]:
        """The new items of a frame. One that is none of this kind is given as it is, with a warning.

        Raises:
            DecodeError: the codec is strict, and the frame does not fit.
            ResponseTooLarge: its JSON would take too much memory.
        """
        if self._kind.is_state:
            first, self._first = self._first, False
            if first and frame == self._last:
                return []  # as it was before the connection was lost
            self._last = frame
        if len(frame) > _LARGE and outgrows(
            frame if isinstance(frame, bytes) else frame.encode(), connection.response.ceiling
        ):
            raise ResponseTooLarge(
                f"{connection.response.request}: the JSON of a frame has so many values that it would take more than "
                f"{connection.response.ceiling} bytes of memory; if that is expected, increase max_response_bytes"
            )
        value = _parsed(frame)
        if self._kind.batched and is_list(value):
            return [self._item(part, connection) for part in value if self._is_new(part)]
        return [self._item(value, connection)] if self._is_new(value) else []

    def _is_new(self, value: Any) -> bool:
        mark = self._kind.mark(value) if self._kind.mark is not None else None
        # Also what the past has counts as come: a new connection repeats it.
        return mark is None or (self.position.take(*mark) and not (self._past and self._past.repeats(*mark)))

    def _item(self, value: Any, connection: Connection) -> T:
        kind, response = self._kind, connection.response
        if not kind.key:
            return value  # type: ignore[no-any-return]  # of any type
        if kind.inside and is_object(value):
            value = value.get(kind.inside, value)
        if kind.grouped and not is_list(value):
            value = [value]
        if not _fits(value, kind.key):
            return self._unknown(value, DecodeError(f"{response.request}: a frame does not belong to this stream"))
        try:  # a block of `suppress` takes longer than the decoder
            return self._decode(value)
        except Exception:  # noqa: BLE001, S110  # the codec finds the place, names it and repairs it
            pass
        try:
            return self._codec.decode(
                value,
                self._item_type,
                operation=kind.operation,
                source=response.request,
                hide=response.authorization.hidden_in,
            )
        except DecodeError as error:
            problem = error.with_traceback(None)
        return self._unknown(value, problem)

    def _unknown(self, value: Any, problem: DecodeError) -> T:
        """What is read as nothing else is given as it came."""
        if self._codec.strict:
            raise problem from None
        if not self._warned:
            self._warned = True
            _logger.warning("%s; such frames are given as they came", problem)
        return value  # type: ignore[no-any-return]  # unknown, which is better than lost


def _parsed(frame: str | bytes) -> Any:
    """The JSON of a frame; what is no JSON stays as it is."""
    try:
        return json.loads(frame)
    except (ValueError, RecursionError):
        return frame


def _fits(value: Any, key: str) -> bool:
    if is_object(value):
        return key in value
    return is_list(value) and all(is_object(part) and key in part for part in value)


def line_mark(value: Any) -> Mark:
    """The mark of a line of a service or of a part of the cluster."""
    moment = value.get("created_at") if is_object(value) else None
    if not isinstance(moment, int) or not 0 <= moment < _LATEST:
        return None
    return moment, (value.get("pod_name"), value.get("container_name"), value.get("message"))


def deployment_mark(value: Any) -> Mark:
    """The mark of a line of a deployment."""
    timestamp = value.get("timestamp") if is_object(value) else None
    if not isinstance(timestamp, str):
        return None
    details = _object(value.get("details"))
    place = _object(details.get("transmitter")).get("id"), _object(details.get("stage")).get("step")
    try:
        moment = datetime.fromisoformat(timestamp).timestamp() * 1000
        return moment, json.dumps([timestamp, *place, value.get("message"), value.get("error")])
    except (ValueError, OverflowError, OSError, RecursionError):
        return None


def _object(value: Any) -> Mapping[str, Any]:
    return value if is_object(value) else {}
