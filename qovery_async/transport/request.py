"""What is sent for a call? Pure functions, no I/O."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypedDict, cast
from urllib.parse import quote, urlencode

import attrs
from multidict import CIMultiDict, istr

from qovery_async.codec.writer import to_json
from qovery_async.errors import ConfigurationError
from qovery_async.vocabulary import UNSET, Model
from qovery_async.vocabulary.values import define

DOUBT = "may have taken effect: look before sending it again"
"""What messages say of a request that failed after it was sent, where a second one could do it twice."""

_ACCEPT, _CONTENT_TYPE = istr("Accept"), istr("Content-Type")
# A string in which nothing has to be percent-encoded, as in every id of the API.
_is_plain = re.compile(r"[A-Za-z0-9_~-]+").fullmatch
# By RFC 9110, sending these twice has the effect of sending them once.
_IDEMPOTENT = frozenset({"GET", "PUT", "DELETE", "HEAD", "OPTIONS"})


class Given(TypedDict, total=False):
    """What a call may need beside its path.

    `repeatable` declares that a POST or PATCH only reads, so that it may be sent twice; `empty_ok` that
    nothing is known of the response, so that it may be empty. `hidden` are parameters of the query that
    may hold secrets, so that no message shows them.
    """

    query: Mapping[str, object] | None
    hidden: Mapping[str, object] | None
    body: object
    media_type: str
    repeatable: bool
    empty_ok: bool


class Call:
    """One call of one operation: what a namespace hands to the transport.

    `route` is the method and the template of the path; `values` fill its parameters in their order.
    """

    __slots__ = (
        "body",
        "hidden",
        "media_type",
        "method",
        "operation",
        "query",
        "reads",
        "repeatable",
        "template",
        "values",
    )

    def __init__(
        self,
        operation: str,
        route: str,
        *values: str,
        query: Mapping[str, object] | None = None,
        hidden: Mapping[str, object] | None = None,
        body: object = UNSET,
        media_type: str = "application/json",
        repeatable: bool = False,
        empty_ok: bool = False,
    ) -> None:
        self.operation = operation
        self.method, _, self.template = route.partition(" ")
        self.values = values
        self.query = query
        self.hidden = hidden
        self.body = body
        self.media_type = media_type
        self.repeatable = repeatable
        self.reads = (repeatable or self.method == "GET") and not empty_ok


@define  # not frozen: each call makes one, and freezing triples the time for that
class Request:
    """What is sent, except for the `Authorization` header, which is added last."""

    operation: str
    method: str
    url: str
    headers: CIMultiDict[str] = attrs.field(repr=False)
    body: bytes | None = attrs.field(repr=False)
    repeatable: bool = False
    reads: bool = False
    """Whether the operation only reads, so that its result is all that it is called for."""
    has_secrets: bool = False
    """Whether some of the headers are."""
    hidden: str = attrs.field(default="", repr=False)
    """The end of the address that is sent and never shown."""

    def __str__(self) -> str:
        """How messages name it."""
        return f"{self.operation}: {self.method} {self.url}"

    @property
    def doubt(self) -> str:
        """What messages add where the request was sent and its response was lost."""
        return "" if self.repeatable else f"; it {DOUBT}"


def build(call: Call, *, base_url: str, accept: str, headers: CIMultiDict[str], has_secrets: bool = False) -> Request:
    """The request for a call; `has_secrets` says whether some of the headers are.

    Raises:
        ConfigurationError: a parameter or the body cannot be sent.
    """
    body = None if call.body is UNSET else _body(call)
    url = base_url + path_of(call.template, call.values)
    if call.query:
        url += _query(call.query)
    repeatable = call.repeatable or call.method in _IDEMPOTENT
    sent = CIMultiDict(headers)
    sent.setdefault(_ACCEPT, accept)
    if body is not None:
        sent[_CONTENT_TYPE] = call.media_type
    hidden = _hidden(call, "&" if call.query else "?") if call.hidden else ""
    return Request(call.operation, call.method, url, sent, body, repeatable, call.reads, has_secrets, hidden)


def path_of(template: str, values: tuple[str, ...]) -> str:
    """The path with its parameters filled in, percent-encoded.

    Raises:
        ConfigurationError: a parameter is empty or not a string; the request would hit another path.
    """
    if "{" not in template:  # nothing to fill in; what `client.request` was given must not fill the cache either
        return template
    form, names = _form(template)
    for value in values:
        if type(value) is not str or not _is_plain(value):
            return form % tuple(_segment(name, value) for name, value in zip(names, values, strict=True))
    return form % values


@functools.cache
def _form(template: str) -> tuple[str, list[str]]:
    """The template with `%s` for each parameter, and the names of these."""
    first, *pieces = re.split(r"{(\w+)}", template.replace("%", "%%"))
    return "%s".join([first, *pieces[1::2]]), pieces[::2]


def _segment(name: str, value: object) -> str:
    text = _scalar(value)
    if text is None or not text.strip():
        raise ConfigurationError(
            f"the path parameter {name} must be a non-empty string of valid Unicode, got {_shown(value)}"
        )
    # Whatever normalises the path would take a dot segment as a step up.
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


def _query(query: Mapping[str, object]) -> str:
    if not isinstance(cast("object", query), Mapping):
        raise ConfigurationError(f"the query parameters must be a mapping of names to values, got {_shown(query)}")
    given: dict[str, str] = {}
    for name, value in query.items():
        if value is UNSET or value is None:
            continue
        text = _scalar(value)
        if text is None or _scalar(name) is None:
            raise ConfigurationError(f"the query parameter {_shown(name)} cannot be sent: {_shown(value)}")
        given[name] = text
    return f"?{urlencode(given, quote_via=quote, safe='')}" if given else ""


def _hidden(call: Call, first: str) -> str:
    """The hidden parameters. Brackets in their names stay as they are, as Qovery's command line sends them."""
    parts: list[str] = []
    for name, value in (call.hidden or {}).items():
        text = _scalar(value)
        if text is None:
            raise ConfigurationError(f"{call.operation}: {name} cannot be sent: it must be valid Unicode")
        parts.append(f"{name}={quote(text, safe='')}")
    return first + "&".join(parts)


def _scalar(value: Any) -> str | None:
    """A path or query value as a string, None where it has no obvious one."""
    if value is UNSET:
        return None
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)) or type(value).__name__ == "UUID":
        return _encodable(value)
    return None


def _encodable(value: object) -> str | None:
    try:
        text = str(value)
        text.encode()
    except ValueError:  # half of a surrogate pair, or a number of thousands of digits
        return None
    return text


def _shown(value: object) -> str:
    return ascii(value)[:80] if value is None or value is UNSET or isinstance(value, str) else type(value).__name__


@functools.cache
def _keys_of_mappings() -> Callable[[str, object], None]:
    # Imported with the first mapping: those who send models do not need it.
    from qovery_async.codec.unknown_keys import tell

    return tell


def _body(call: Call) -> bytes:
    if call.media_type == "application/json":
        sent = to_json(call.body)
        if not isinstance(call.body, Model):
            _keys_of_mappings()(call.operation, call.body)
        return sent
    text = _encodable(call.body) if isinstance(call.body, str) else None
    if text is not None:
        return text.encode()
    raise ConfigurationError(f"{call.operation} takes a string ({call.media_type}), got {_shown(call.body)}")
