"""Which error is raised for a response of status 400 and above?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from qovery_async.codec.plain import is_object, is_too_deep, outgrows
from qovery_async.errors import (
    ApiError,
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    RateLimited,
    ServerError,
    Unauthorized,
    UnprocessableEntity,
)
from qovery_async.pacing.rate import read_retry_after

_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    422: UnprocessableEntity,
    429: RateLimited,
}


def api_error(
    status: int,
    body: bytes,
    *,
    operation: str,
    method: str,
    url: str,
    headers: Mapping[str, str],
    hide: Callable[[Any], Any] = lambda value: value,
    ceiling: int = sys.maxsize,
) -> ApiError:
    """The error for a response, whatever its body looks like.

    The API has had several shapes: `{status, detail}` today, `{status, error, message, timestamp,
    path}` before; proxies in front of it send HTML or nothing. `hide` removes the token from the
    decoded body, since JSON has many ways to spell a string. JSON that would take more than `ceiling`
    bytes of memory stays a string.
    """
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)
    decoded = hide(_decoded(body, ceiling))
    said: dict[str, Any] = decoded if is_object(decoded) else {}
    texts = (said.get(key) for key in ("detail", "message", "error", "title"))
    message = next((text for text in texts if isinstance(text, str) and text), None)
    if message is None:
        message = _reason(status) if said or not decoded else str(decoded)[:200]
    error = said.get("error")
    refusal = kind(
        status,
        message,
        error=error if isinstance(error, str) else None,
        body=decoded,
        request_id=headers.get("X-Qovery-Request-Id") or headers.get("X-Request-Id"),
        operation=operation,
        method=method,
        url=url,
        headers=headers,
    )
    if isinstance(refusal, RateLimited):
        refusal.retry_after = read_retry_after(headers, limited=True)
    return refusal


def _decoded(body: bytes, ceiling: int) -> Any:
    if not body:
        return None
    # A body that is too large or too deep stays a string, which can be printed and pickled.
    with suppress(ValueError, RecursionError):
        if not outgrows(body, ceiling) and not is_too_deep(value := json.loads(body)):
            return value
    return body.decode("utf-8", "replace")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "without a reason"
