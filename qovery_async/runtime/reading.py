"""How is a response read as what its operation promises?

Errors are raised outside of the frames that hold the parsed body, which may repeat the token.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, TypeVar

from qovery_async.codec.reader import Codec
from qovery_async.errors import DecodeError, QoveryError, RequestTimeout
from qovery_async.transport.decoding import in_turns
from qovery_async.transport.response import Response

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")


async def read_result(codec: Codec, response: Response, type_: TypeForm[T]) -> T:
    """The body as `type_`. A call that has changed something returns None where there is no body.

    Raises:
        DecodeError: the body is missing from what only reads, is not JSON or does not fit.
        RequestTimeout: the timeout of the call is over.
    """
    try:
        return await _result(codec, response, type_)
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
        return await _items(codec, response, item, key, beside)
    except DecodeError as error:
        failure: QoveryError = response.undecodable(error)
    except RequestTimeout as error:
        failure = error.with_traceback(None)
    raise failure


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
