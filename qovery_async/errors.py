"""What can go wrong, and what can be done about it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multidict import CIMultiDict

from qovery_async.secrecy.printable import one_line


class QoveryError(Exception):
    """The base of all errors that this SDK raises."""


class ConfigurationError(QoveryError):
    """An argument, an environment variable or a body is wrong; raised before anything is sent.

    The message names it and says what would be right.
    """


class ConflictingChange(QoveryError):
    """Someone else changed an object after `patch` had read it, so the change was not sent.

    Look at the object and patch it again, or pass `on_conflict="again"`.
    """


class TransportError(QoveryError):
    """The request or its response was lost on the way.

    The request may have taken effect: the message says so where a second one could do it twice
    (POST, PATCH). A note says why the call was not retried. `attempts` is the number of requests
    that the call sent or tried to send.
    """

    attempts: int = 1


class ConnectError(TransportError):
    """No connection could be made, so nothing was sent: the call can be repeated safely.

    Check the address, the network and the proxy; for a refused certificate, `ssl=`.
    """


class RequestTimeout(TransportError):
    """The response did not arrive, or was not decoded, within the timeout; or a function of yours did not return.

    The message says which one: `timeout=` bounds a whole call, `Timeout` also its parts. The note on
    `TransportError` about effects holds here too.
    """


class ResponseTooLarge(TransportError):
    """The response is larger than the client's `max_response_bytes`, as sent or unpacked.

    So is one whose JSON becomes too large: `[[],[],[]` takes 30 times the memory of its bytes.
    The request may have taken effect all the same. Raise `max_response_bytes` where such a size is expected.
    """


class StreamClosed(TransportError):
    """The server closed a WebSocket, and connecting again did not help.

    `code` is that of the close frame, 1006 where there was none; `reason` is the server's, or empty.
    """

    code: int = 1006
    reason: str = ""


class DecodeError(QoveryError):
    """A response is not what the operation promises; the message has the path of what does not fit.

    Its status was that of a success, so a request that changes something has most likely done so.
    `from_dict` raises it as well. `attempts` is the number of requests that the call sent.
    """

    attempts: int = 1


class ApiError(QoveryError):
    """The API returned a status of 400 or above.

    `status` is the HTTP status, `error` the API's short word for it (`Not Found`) or None, `message`
    its sentence, `body` the whole decoded body (a string where it was not JSON), `headers` the
    response's, `request_id` the id by which Qovery's support finds the request. `operation` is the
    dotted name of the method (`projects.get`), `method` and `url` are those of the request. `hint` is
    advice of this SDK or None, `attempts` the number of requests that the call sent. Where a retry
    could be expected, a note says why there was none.
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
        # Some proxies write them in lower case; and unlike the response's own, these can be pickled.
        self.headers: CIMultiDict[str] = CIMultiDict(headers or {})

    def __str__(self) -> str:
        where = f"{self.operation}: {self.method} {self.url}" if self.operation else self.url
        request = f" (request {one_line(self.request_id, 80)})" if self.request_id else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{where} returned {self.status} {one_line(self.message, 500).rstrip('.')}{request}.{hint}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


class BadRequest(ApiError):
    """400: the request is not valid; `message` says why. Some paths return it for an id that does not exist."""


class Unauthorized(ApiError):
    """401: the token is not valid, or it is a policy token whose policy refuses this request."""

    hint = (
        "Check that the token is complete, has not been revoked and belongs to this API; "
        "a policy token also gets 401 for requests that its policy refuses."
    )


class Forbidden(ApiError):
    """403: the token's role does not allow the request. Ids that are gone or belong to others return it too."""

    hint = (
        "Check the role of the token, and that the id exists and belongs to the token's "
        "organization: the API returns 403 for those too."
    )


class NotFound(ApiError):
    """404: nothing has this id or path."""


class NotListed(NotFound):
    """The object to be patched is not in the list of its kind, so the change was not sent."""

    def __str__(self) -> str:
        return f"{self.operation}: {self.message}"


class Conflict(ApiError):
    """409: a name is taken, or another operation is still in progress: wait for it, or choose another name."""


class PreconditionFailed(ApiError):
    """412: something that the request depends on is not in place; `message` names it."""


class UnprocessableEntity(ApiError):
    """422: the request was understood and cannot be carried out; `message` says why."""


class RateLimited(ApiError):
    """429: the token's budget (1000 requests an hour) is used up, so the request had no effect.

    `retry_after` is the seconds until the budget renews. A client with `pace="wait"` waits for its turn
    instead. Operations that ask a git provider pass on its limit as 429, too.
    """

    retry_after: float | None = None
    """Seconds to wait, by `Retry-After` or else `X-RateLimit-Reset`; None where the response has neither."""


class RateBudgetExhausted(RateLimited):
    """The client's `pace` held a request back, to which the API would have returned 429.

    `retry_after` is the seconds until the request could be sent. The message says what to change;
    `attempts` is 0, or the number of requests that returned 429 before.
    """

    attempts: int = 0

    def __str__(self) -> str:
        again = " again" if self.attempts else ""
        return f"{self.operation}: {self.method} {self.url} was not sent{again}: {self.message}"


class ServerError(ApiError):
    """5xx: the API, or something in front of it or behind it, failed.

    A POST or PATCH may have taken effect all the same: then `hint` says so.
    """


def _restore(kind: type[ApiError], args: tuple[Any, ...], state: dict[str, Any]) -> ApiError:
    error = kind(*args)
    error.__dict__.update(state)
    return error
