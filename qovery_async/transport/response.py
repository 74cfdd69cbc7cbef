"""What does an answer say? Pure functions, no I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs

from qovery_async.errors import ConfigurationError, DecodeError, TransportError
from qovery_async.secrecy.printable import one_line
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.refusal import api_error
from qovery_async.transport.request import Request

T = TypeVar("T")


@attrs.define  # not frozen, as `Request`
class Response:
    """An answer with its body read."""

    request: Request
    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    authorization: Secret

    @property
    def request_id(self) -> str | None:
        return self.headers.get("X-Qovery-Request-Id") or self.headers.get("X-Request-Id")

    @property
    def content_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def check(self) -> Response:
        """Itself, where the status says that all went well.

        Raises:
            ApiError: 400 and above.
            TransportError: a redirect; none is followed, since it would carry the token elsewhere.
        """
        if 200 <= self.status < 300:
            return self
        request = self.request
        if self.status < 400:
            target = one_line(self.headers.get("Location", "nowhere"))
            raise TransportError(
                f"{request} answered {self.status}, a redirect to {target!r}, which is not followed; "
                "if the API has moved there, set base_url"
            )
        raise api_error(
            self.status,
            self.body,
            operation=request.operation,
            method=request.method,
            url=request.url,
            headers=self.headers,
            hide=self.authorization.hidden_in,
        )

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            DecodeError: there is none, or it is something else.
        """
        if not self.body.strip():
            raise DecodeError(f"{self.request} answered {self.status} without the body it promises")
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            flaw = str(error)  # not kept as the cause: it holds the whole body
        raise DecodeError(
            f"{self.request} answered {self.status} with a body that is not JSON ({flaw}); "
            f"{one_line(self.content_type, 60) or 'something without a content type'} {self._beginning()}"
        )

    def _beginning(self) -> str:
        # First hidden, then cut: half a token is no longer found.
        start = self.authorization.hidden_in(self.text())[:80]
        # What was meant to be JSON may hold a secret; a page or a sentence tells who answered.
        return "cut short or damaged" if start.lstrip()[:1] in ("{", "[", '"') else f"beginning {start!r}"

    def undecodable(self, error: DecodeError) -> DecodeError:
        """The same error as it may be seen: without the frames that hold the whole body."""
        return DecodeError(self.authorization.hidden_in(str(error)))

    def no_page(self) -> Response:
        """Itself, unless it is a web page: then something between here and the API answered.

        Raises:
            DecodeError: login walls and proxies send one with 200, whatever was asked.
        """
        if self.content_type == "text/html" and self.body.strip():
            raise DecodeError(
                f"{self.request} answered {self.status} with a web page, which the API never does: "
                "check base_url, and what stands between (a proxy, a login wall)"
            )
        return self

    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def data(self) -> Any:
        """The body as its content type says: JSON, text or bytes; None where there is none."""
        if not self.body:
            return None
        if self.content_type.endswith("json"):
            return self.json()
        if self.content_type.startswith("text/") or self.content_type.endswith("yaml"):
            return self.text()
        return self.body


@attrs.frozen
class WithResponse(Generic[T]):
    """The result of a call together with what its answer said besides."""

    result: T
    status: int
    headers: Mapping[str, str]
    request_id: str | None


def with_response(result: T, responses: Sequence[Response]) -> WithResponse[T]:
    """A call may first have to ask for the organization; the last answer is its own."""
    if not responses:
        raise ConfigurationError("with_response takes a method of a client that sends a request")
    own = responses[-1]
    return WithResponse(result, own.status, own.headers, own.request_id)


@attrs.frozen
class RawResponse:
    """The answer to `client.request`: `data` is JSON, text or bytes, as the content type says."""

    status: int
    headers: Mapping[str, str] = attrs.field(repr=False)
    data: Any = attrs.field(repr=False)  # whatever it is, it may be a secret
