"""Which faults can be injected? Each is a change to a response."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Literal

import attrs
from multidict import CIMultiDict

from qovery_async.codec.plain import is_list, is_object

When = Literal["before", "after"]
"""Whether a fault strikes before the request takes effect or afterwards."""

Ending = Literal["whole", "truncated", "reset", "dropped"]
Shape = Literal["detail", "message", "html", "text", "empty"]
"""The body of an error: `detail` as today, `message` as until 2024; proxies send the others."""

HISTORY = 64
"""How many earlier responses to the same request are kept for stale reads."""

_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_HTML = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"


@attrs.frozen
class OutgoingResponse:
    """A response before it is sent. `ending` says how the connection ends; `foreign` responses are not the API's own."""

    status: int
    headers: CIMultiDict[str]
    body: bytes
    ending: Ending = "whole"
    foreign: bool = False

    def value(self) -> Any:
        """The decoded JSON body, or None if the body is not JSON."""
        if not self.headers.get("Content-Type", "").startswith("application/json"):
            return None
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@attrs.frozen
class IncomingRequest:
    """The request that a fault strikes. `past` holds earlier responses to it with the times they were sent."""

    method: str
    path: str
    now: float = 0.0
    past: Sequence[tuple[float, OutgoingResponse]] = ()


Strike = Callable[[IncomingRequest, OutgoingResponse], OutgoingResponse | None]

NO_RESPONSE = OutgoingResponse(200, CIMultiDict(), b"")
"""What `strike` receives before there is a response."""


@attrs.frozen
class Fault:
    """An injected failure. `emulator.faults.add` says which requests it strikes.

    The class methods make the usual faults. A fault of your own needs a `name`, `when` (`"before"` or `"after"` the
    request takes effect) and `strike`, a pure function from the request and its response to the response that is sent
    instead, or to None if it cannot change this one. A fault without `strike` waits for `delay` seconds.
    `remembers` asks for `IncomingRequest.past`.
    """

    name: str
    when: When
    strike: Strike | None = attrs.field(default=None, repr=False, eq=False)
    delay: float = 0.0
    remembers: bool = False

    @classmethod
    def latency(cls, seconds: float, when: When = "before") -> Fault:
        """Delays the response by `seconds`.

        A client that gives up meanwhile has changed nothing with `when="before"`, and everything with `"after"`.
        """
        return cls(f"latency {seconds:g} s", when, delay=seconds)

    @classmethod
    def status(
        cls,
        status: int,
        *,
        shape: Shape = "detail",
        detail: str | None = None,
        headers: dict[str, str] | None = None,
        when: When = "before",
    ) -> Fault:
        """Sends an error with this status.

        `shape` is the form of the body, `detail` the message in it (by default the phrase of the status).
        """

        def strike(request: IncomingRequest, _: OutgoingResponse) -> OutgoingResponse:
            return _error(request, status, shape, detail, headers or {})

        return cls(f"status {status}", when, strike)

    @classmethod
    def rate_limited(
        cls,
        *,
        retry_after: float | None = None,
        as_date: bool = False,
        reset: float | None = None,
        reset_as_delay: bool = False,
        when: When = "before",
    ) -> Fault:
        """Sends 429.

        Args:
            retry_after: The `Retry-After` header, in seconds from now. None leaves the header out.
            as_date: Whether `Retry-After` is an HTTP date instead of seconds.
            reset: The `X-RateLimit-Reset` header, in seconds from now. None leaves the header out.
            reset_as_delay: Whether `X-RateLimit-Reset` holds seconds instead of a Unix time. Qovery's documentation
                allows both readings.
            when: Whether the request takes effect nevertheless (`"after"`).
        """

        def strike(request: IncomingRequest, _: OutgoingResponse) -> OutgoingResponse:
            now = datetime.now(UTC)
            headers: dict[str, str] = {}
            if retry_after is not None:
                date = format_datetime(now + timedelta(seconds=retry_after), usegmt=True)
                headers["Retry-After"] = date if as_date else f"{retry_after:g}"
            if reset is not None:
                at = reset if reset_as_delay else (now + timedelta(seconds=reset)).timestamp()
                headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(at))}
            return _error(request, 429, "detail", None, headers)

        return cls("status 429", when, strike)

    @classmethod
    def drop(cls, when: When = "before") -> Fault:
        """Closes the connection without a response.

        aiohttp's client retries idempotent requests by itself if the connection has served a request before.
        """
        return cls("drop", when, lambda _, response: attrs.evolve(response, ending="dropped"))

    @classmethod
    def reset(cls, when: When = "after") -> Fault:
        """Resets the connection (RST), with `when="after"` in the middle of the response."""
        return cls("reset", when, lambda _, response: attrs.evolve(response, ending="reset"))

    @classmethod
    def truncated(cls) -> Fault:
        """Closes the connection after half of the body that `Content-Length` announces."""
        return cls(
            "truncated",
            "after",
            lambda _, response: attrs.evolve(response, ending="truncated") if response.body else None,
        )

    @classmethod
    def not_json(cls, status: int = 200, when: When = "after") -> Fault:
        """Sends an HTML page, as proxies and login pages do."""
        return attrs.evolve(cls.status(status, shape="html", when=when), name="not JSON")

    @classmethod
    def stale(cls, *, answers: int | None = None, seconds: float | None = None) -> Fault:
        """Responds to a GET as `answers` responses ago, or as `seconds` ago.

        Only responses that were sent while the rule existed can come back. If the history does not reach back that
        far, the oldest response does.

        Raises:
            ValueError: Not exactly one of the two is given, or `answers` is not between 1 and 64.
        """
        if (answers is None) == (seconds is None):
            raise ValueError("stale: give exactly one of answers and seconds")
        if answers is not None and not 0 < answers <= HISTORY:
            raise ValueError(f"stale: answers must be between 1 and {HISTORY}, got {answers}")

        def strike(request: IncomingRequest, _: OutgoingResponse) -> OutgoingResponse | None:
            if request.method != "GET" or not request.past:
                return None
            if answers is not None:
                return request.past[-min(answers, len(request.past))][1]
            until = request.now - (seconds or 0.0)
            return next((response for at, response in reversed(request.past) if at <= until), request.past[0][1])

        return cls(f"stale by {answers} answers" if answers else f"stale by {seconds:g} s", "after", strike, 0.0, True)

    @classmethod
    def unknown_enums(cls, value: str = "FROM_THE_FUTURE", *, keys: Collection[str] | None = None) -> Fault:
        """Replaces enum values in the response with `value`, which no client knows.

        `keys` names the keys that hold enums. Without it, strings in capitals (`LIKE_THIS`) count as enum values,
        unless their key is `key`, `value` or `name`.
        """

        def change(key: str | None, item: Any) -> Any:
            if not isinstance(item, str):
                return item
            if keys is not None:
                return value if key in keys else item
            return value if key not in {None, "key", "value", "name"} and _CONSTANT.fullmatch(item) else item

        return cls("unknown enums", "after", _rewriting(lambda tree: _walk(tree, None, change)))

    @classmethod
    def unknown_keys(cls, key: str = "from_the_future", value: Any = "surprise") -> Fault:
        """Adds a key to every object in the response."""

        def change(_: str | None, item: Any) -> Any:
            return {**item, key: value} if is_object(item) else item

        return cls("unknown keys", "after", _rewriting(lambda tree: _walk(tree, None, change)))


def _error(
    request: IncomingRequest, status: int, shape: Shape, detail: str | None, headers: dict[str, str]
) -> OutgoingResponse:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = f"Status {status}"
    text = detail or phrase
    kind, content = "application/json", ""
    if shape == "detail":
        content = json.dumps({"status": status, "detail": text})
    elif shape == "message":
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        body = {"status": status, "error": phrase, "message": text, "timestamp": at, "path": request.path}
        content = json.dumps(body)
    elif shape == "html":
        kind, content = "text/html; charset=utf-8", _HTML.format(text)
    else:
        kind, content = "text/plain; charset=utf-8", text if shape == "text" else ""
    given = CIMultiDict(headers) if shape == "empty" else CIMultiDict({"Content-Type": kind, **headers})
    return OutgoingResponse(status, given, content.encode(), foreign=True)


def _rewriting(change: Callable[[Any], Any]) -> Strike:
    def strike(_: IncomingRequest, response: OutgoingResponse) -> OutgoingResponse | None:
        before = response.value()
        after = change(before)
        return None if after == before else attrs.evolve(response, body=json.dumps(after).encode())

    return strike


def _walk(tree: Any, key: str | None, change: Callable[[str | None, Any], Any]) -> Any:
    """The tree with every part changed, inner parts first. Items of a list have the key of the list."""
    if is_object(tree):
        tree = {name: _walk(item, name, change) for name, item in tree.items()}
    elif is_list(tree):
        tree = [_walk(item, key, change) for item in tree]
    return change(key, tree)
