"""What does a response say? Pure functions, no I/O."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs

from qovery_async.codec.plain import outgrows
from qovery_async.errors import ConfigurationError, DecodeError, ResponseTooLarge, TransportError
from qovery_async.secrecy.masking import without_passwords
from qovery_async.secrecy.printable import one_line
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.refusal import api_error
from qovery_async.transport.request import DOUBT, Request
from qovery_async.vocabulary.values import define, frozen

T = TypeVar("T")
E = TypeVar("E", DecodeError, ResponseTooLarge)

_NO_BODY = "without the body that the operation promises"


@define  # not frozen, as `Request`
class Response:
    """A response whose body has been read."""

    request: Request
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    authorization: Secret
    attempts: int = 1
    """How many requests the call took."""
    ends: float = math.inf
    """When the timeout of the call is over, on the monotonic clock."""
    ceiling: int = sys.maxsize
    """How many bytes of memory its JSON may take beside the body."""

    @property
    def request_id(self) -> str | None:
        """The id that Qovery gave the request, for its support."""
        return self.headers.get("X-Qovery-Request-Id") or self.headers.get("X-Request-Id")

    @property
    def content_type(self) -> str:
        """The media type, in lower case and without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def not_received(self) -> bool:
        """Whether the server says that it has not received the whole request.

        It does so with a 408 and the end of the connection (RFC 9110, 15.5.9), often while the
        connection was idle. A 408 that keeps the connection may come from anywhere behind the server.
        """
        return self.status == 408 and "close" in self.headers.get("Connection", "").lower()

    @property
    def uncertain(self) -> bool:
        """Whether the request may have taken effect although the status says that it failed.

        A server or gateway can fail after the deed. It cannot where it did not know the method (501)
        or the version of HTTP (505).
        """
        if self.status == 408:
            return not self.not_received
        return self.status >= 500 and self.status not in (501, 505)

    @property
    def is_empty(self) -> bool:
        """Whether there is no body, or nothing in it."""
        return not self.body or self.body.isspace()

    @property
    def lost_its_body(self) -> bool:
        """Whether a call that reads got an empty 200: the body was lost on the way."""
        return self.status == 200 and self.request.reads and (not self.body or self.body.isspace())

    def check(self) -> Response:
        """Itself, where the status is that of a success and the body was not lost.

        Raises:
            ApiError: the status is 400 or above.
            TransportError: a redirect, which is not followed since it would take the token elsewhere; or
                another status that is neither a success nor an error (101, 304).
            DecodeError: a call that reads got an empty 200.
        """
        if self.lost_its_body:
            raise self._undecodable(_NO_BODY)
        if 200 <= self.status < 300:
            return self
        request = self.request
        setting = "ws_url" if request.url.startswith("ws") else "base_url"
        if self.status < 400:
            target = self.headers.get("Location")
            if target and 300 <= self.status != 304:
                raise TransportError(
                    f"{request} returned {self.status}, a redirect to {one_line(without_passwords(target))!r}, which is not followed; "
                    f"if the API has moved there, set {setting}"
                )
            raise TransportError(
                f"{request} returned {self.status}, which the API never sends: check {setting}, the headers that you "
                "set, and for a proxy or cache on the way"
            )
        error = api_error(
            self.status,
            self.body,
            operation=request.operation,
            method=request.method,
            url=request.url,
            headers=self.headers,
            hide=self.authorization.hidden_in,
            ceiling=self.ceiling,
        )
        if self.uncertain and not request.repeatable:
            error.hint = f"It {DOUBT}."
        try:
            raise error
        finally:
            del error  # its traceback holds this frame: together they would wait for the garbage collector

    def json(self) -> Any:
        """The body as JSON; None where a call that changes something got none.

        Raises:
            DecodeError: a call that reads got no body, or the body is not JSON.
            ResponseTooLarge: it would take more memory than a response may.
        """
        if self.is_empty:
            if self.request.reads:
                raise self._undecodable(_NO_BODY)
            return None
        if outgrows(self.body, self.ceiling):
            raise self._too_large()
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            flaw = str(error)  # not kept as the cause: it holds the whole body
        kind = one_line(self.content_type, 60) or "something without a content type"
        raise self._undecodable(f"with a body that is not JSON ({flaw}): {kind} {self._beginning()}")

    def _beginning(self) -> str:
        # Hidden before it is cut: half a token would not be found.
        start = self.authorization.hidden_in(self.text())[:80]
        # What was meant to be JSON may hold a secret; a page or a sentence tells who sent it.
        return "cut short or damaged" if start.lstrip()[:1] in ("{", "[", '"') else f"beginning {start!r}"

    def undecodable(self, error: DecodeError) -> DecodeError:
        """The same error as it may be seen: without the frames that hold the whole body."""
        return self._counted(DecodeError(self.authorization.hidden_in(str(error))))

    def _undecodable(self, flaw: str) -> DecodeError:
        return self._counted(DecodeError(f"{self.request} returned {self.status} {flaw}"))

    def _too_large(self) -> ResponseTooLarge:
        return self._counted(
            ResponseTooLarge(
                f"{self.request}: the JSON of the response has so many values that it would take more than "
                f"{self.ceiling} bytes of memory; if that is expected, increase max_response_bytes"
            )
        )

    def _counted(self, error: E) -> E:
        error.attempts = self.attempts
        return error

    def no_page(self) -> Response:
        """Itself, unless it is a web page, which comes from something between here and the API.

        Raises:
            DecodeError: login walls and proxies send one with 200 in response to any request.
        """
        if self.content_type == "text/html" and self.body.strip():
            raise self._undecodable(
                "with a web page, which the API never sends: check base_url, and for a proxy or a login wall on the way"
            )
        return self

    def text(self) -> str:
        """The body as a string, decoded from UTF-8; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def data(self) -> Any:
        """The body as JSON, string or bytes, by its content type; None where there is none."""
        if not self.body:
            return None
        if self.content_type.endswith("json"):
            return self.json()
        if self.content_type.startswith("text/") or self.content_type.endswith("yaml"):
            return self.text()
        return self.body


@frozen
class WithResponse(Generic[T]):
    """What `client.with_response` returns: the `result` of a call, and what else its response said.

    `status` is the HTTP status, `headers` are the response's (any spelling finds them), `request_id`
    is the id by which Qovery's support finds the request, None where the response had none. `body` is
    the body in bytes, decompressed. It has what the result leaves out: keys beside a list
    (`json.loads(response.body)["total"]`), and what was sent where the operation returns None.
    """

    result: T
    status: int
    headers: Mapping[str, str]
    request_id: str | None
    body: bytes = attrs.field(repr=False)


def with_response(result: T, responses: Sequence[Response]) -> WithResponse[T]:
    """The result with the last of the responses: the call may have looked for its organization first."""
    if not responses:
        raise ConfigurationError("with_response takes a method of a client that sends a request")
    own = responses[-1]
    return WithResponse(result, own.status, own.headers, own.request_id, own.body)


@frozen
class RawResponse:
    """What `client.request` returns.

    `status` is the HTTP status, `headers` are the response's, `data` is the body: JSON, string or
    bytes, by its content type, None where there is none.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    data: Any = attrs.field(repr=False)  # whatever it is, it may be a secret
