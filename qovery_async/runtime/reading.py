"""How is a response read as what its operation promises?

Errors are raised outside of the frames that hold the parsed body, which may repeat the token.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, TypeVar

from qovery_async.codec.converter import decoder
from qovery_async.codec.plain import is_list, is_object
from qovery_async.codec.reader import Codec
from qovery_async.errors import DecodeError, QoveryError, RequestTimeout
from qovery_async.transport.decoding import in_turns
from qovery_async.transport.response import Response

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")

# Bytes; what a body of this size holds is decoded within a millisecond or two, so that the loop need not turn.
_SHORT = 2**16


async def read_result(codec: Codec, response: Response, type_: TypeForm[T]) -> T:
    """The body as `type_`. A call that has changed something returns None where there is no body.

    Raises:
        DecodeError: the body is missing from what only reads, is not JSON or does not fit.
        RequestTimeout: the timeout of the call is over.
    """
    try:
        result: T | None = _short_result(response, type_)
        return result if result is not None else await _result(codec, response, type_)
    except DecodeError as error:
        failure: QoveryError = response.undecodable(error)
    except RequestTimeout as error:
        failure = error.with_traceback(None)
    raise failure


async def read_items(
    codec: Codec, response: Response, item: TypeForm[T], key: str, beside: Collection[str] = ()
) -> tuple[Any, list[T]]:
    """The body as parsed JSON, and the list under `key` of it, decoded. The key is empty if the body is the list.

    Raises:
        RequestTimeout: as `read_result` does.
        DecodeError: as `read_result` does, and where it is not certain which list is meant.
    """
    try:
        return _short_items(response, item, key) or await _items(codec, response, item, key, beside)
    except DecodeError as error:
        failure: QoveryError = response.undecodable(error)
    except RequestTimeout as error:
        failure = error.with_traceback(None)
    raise failure


def _short_result(response: Response, type_: Any) -> Any:
    """A result that is decoded in no time, as most are; None where it takes steps, or does not fit."""
    if len(response.body) > _SHORT:
        return None
    value = response.json()
    try:
        return decoder(type_)(value, type_)
    except Exception:  # noqa: BLE001  # whatever it is, the codec finds the place and names it
        return None


def _short_items(response: Response, item: Any, key: str) -> tuple[Any, list[Any]] | None:
    """The same of a list in its envelope, and the parsed JSON."""
    if len(response.body) > _SHORT:
        return None
    value = response.json()
    found = (value.get(key) if is_object(value) else None) if key else value
    if not is_list(found):
        return None
    decode = decoder(item)
    try:
        return value, [decode(entry, item) for entry in found]
    except Exception:  # noqa: BLE001  # as above
        return None


async def _result(codec: Codec, response: Response, type_: TypeForm[T]) -> T:
    value, request = response.json(), response.request
    if value is None and not request.reads:
        # An error after the effect would hide it.
        if not _allows_none(type_):
            codec.miss(response.status, "read as None", operation=request.operation, source=request)
        return None  # type: ignore[return-value]  # documented, and typed where it is declared
    hide = response.authorization.hidden_in
    steps = codec.steps(value, type_, operation=request.operation, source=request, hide=hide)
    return await in_turns(steps, response)


async def _items(
    codec: Codec, response: Response, item: TypeForm[T], key: str, beside: Collection[str]
) -> tuple[Any, list[T]]:
    value, request = response.json(), response.request
    if value is None and not request.reads:
        codec.miss(response.status, "read as an empty list", operation=request.operation, source=request)
        return value, []
    hide = response.authorization.hidden_in
    steps = codec.steps_of_items(
        value, key, item, beside=beside, operation=request.operation, source=request, hide=hide
    )
    return value, await in_turns(steps, response)


def _allows_none(type_: object) -> bool:
    return type(None) in getattr(type_, "__args__", ())
