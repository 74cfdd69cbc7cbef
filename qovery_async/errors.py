"""What can go wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multidict import CIMultiDict

from qovery_async.secrecy.printable import one_line


class QoveryError(Exception):
    """Everything this SDK raises on purpose."""


class ConfigurationError(QoveryError):
    """A mistake on this side, found before anything was sent."""


class TransportError(QoveryError):
    """The request or its answer was lost on the way; whether it took effect is not known.

    `attempts` is how often it was tried.
    """

    attempts: int = 1


class ConnectError(TransportError):
    """No connection came about, so nothing was sent."""


class RequestTimeout(TransportError):
    """The answer did not come within the timeout."""


class ResponseTooLarge(TransportError):
    """The answer is larger, as sent or unpacked, than the client's `max_response_bytes`."""


class DecodeError(QoveryError):
    """The answer is not what the operation promises."""


class ApiError(QoveryError):
    """The API refused: an answer with a status of 400 or more.

    `error` is the API's short word for it (`Not Found`), `message` its sentence, `body` the
    whole decoded answer (text where it was not JSON), `hint` advice of this SDK, `attempts` how
    often the request was sent.
    """

    hint: str | None = None
    attempts: int = 1

    def __init__(
        self,
        status: int,
        message: str,
        *,
        error: str | None = None,
        body: Any = None,
        request_id: str | None = None,
        operation: str = "",
        method: str = "",
        url: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.error = error
        self.body = body
        self.request_id = request_id
        self.operation = operation
        self.method = method
        self.url = url
        # Servers behind some proxies write them in lower case; and unlike the answer's own, these pickle.
        self.headers = CIMultiDict(headers or {})

    def __str__(self) -> str:
        where = f"{self.operation}: {self.method} {self.url}" if self.operation else self.url
        request = f" (request {one_line(self.request_id, 80)})" if self.request_id else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where} answered {self.status} {one_line(self.message, 500).rstrip('.')}{request}.{hint}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


class BadRequest(ApiError):
    """400: the request does not fit. The API also says so of things that do not exist."""


class Unauthorized(ApiError):
    """401: no valid token, or a policy token whose policy refuses this request."""

    hint = (
        "Check that the token is complete, has not been revoked and belongs to this API; "
        "a policy token also gets 401 for what its policy refuses."
    )


class Forbidden(ApiError):
    """403: the token's role does not allow it. The API also says so of things that are gone."""

    hint = (
        "Check the role of the token, and that the id exists and belongs to the token's "
        "organization: the API answers 403 for those too."
    )


class NotFound(ApiError):
    """404: there is nothing of that id."""


class Conflict(ApiError):
    """409: a name that is taken, or another operation that is still in progress."""


class PreconditionFailed(ApiError):
    """412: something it depends on is not in place."""


class UnprocessableEntity(ApiError):
    """422: understood, but cannot be done."""


class RateLimited(ApiError):
    """429: more requests than the token may send (1000 an hour)."""

    retry_after: float | None = None
    """Seconds to wait, by `Retry-After` or else `X-RateLimit-Reset`; None where the response had neither."""


class RateBudgetExhausted(RateLimited):
    """Not sent, since the API would have answered 429: the client's pacing held it back."""

    def __str__(self) -> str:
        return f"{self.operation}: {self.method} {self.url} was not sent: {self.message}"


class ServerError(ApiError):
    """5xx: the API or something behind it failed."""


def _restore(kind: type[ApiError], args: tuple[Any, ...], state: dict[str, Any]) -> ApiError:
    error = kind(*args)
    error.__dict__.update(state)
    return error
