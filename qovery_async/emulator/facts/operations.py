"""Which operations does the API have, and which Python types and which bounds do their bodies have?"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files
from types import GenericAlias
from typing import Any, Optional

import attrs

from qovery_async import models
from qovery_async.emulator.facts.bounds import Bounds

_PLAIN_TYPES: Mapping[str, Any] = {
    "str": str, "int": int, "float": float, "bool": bool, "bytes": bytes,
    "datetime": datetime, "date": date, "Any": Any,
}  # fmt: skip


@attrs.frozen
class QueryParameter:
    """A query parameter. `wire` is its name, `type` the Python type, spelled out."""

    wire: str
    type: str
    required: bool = False


@attrs.frozen
class RequestBody:
    """The request body of an operation. `type` is a Python type, spelled out."""

    type: str
    media_type: str = "application/json"
    required: bool = False


@attrs.frozen
class DeclaredResponse:
    """A 2xx response of an operation. `items` is the key under which an envelope holds its list."""

    status: int
    media_type: str | None = None
    type: str | None = None
    items: str | None = None
    paged: bool = False


@attrs.frozen(eq=False, slots=False)
class ApiOperation:
    """An operation of the API."""

    call: str
    """The dotted name, such as `projects.list`."""
    method: str
    path: str
    responses: Sequence[DeclaredResponse]
    path_types: Mapping[str, str]
    query: Sequence[QueryParameter]
    body: RequestBody | None
    errors: frozenset[int]

    @property
    def namespace(self) -> str:
        """`projects` of `projects.list`."""
        return self.call.rpartition(".")[0]

    @property
    def verb(self) -> str:
        """`list` of `projects.list`."""
        return self.call.rpartition(".")[2]

    @property
    def response(self) -> DeclaredResponse:
        """The first of the 2xx responses, which is the one that the emulator sends."""
        return self.responses[0]

    @functools.cached_property
    def segments(self) -> tuple[str, ...]:
        """The path, split at its slashes."""
        return tuple(self.path.split("/")[1:])

    @functools.cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path parameters, in order."""
        return tuple(segment[1:-1] for segment in self.segments if segment.startswith("{"))

    @property
    def writes(self) -> bool:
        """Whether the operation may change something."""
        return self.method != "GET"


@functools.cache
def operations() -> Mapping[str, ApiOperation]:
    """All operations by dotted name, in the order of the API description."""
    return {entry["call"]: _read(entry) for entry in _facts()["operations"]}


@functools.cache
def service_types() -> Mapping[str, str]:
    """The `service_type` of each kind of service, by the response type of that kind."""
    found: Mapping[str, str] = _facts()["services"]
    return found


@functools.cache
def bounds() -> Mapping[str, Mapping[str, Bounds]]:
    """The bounds of the values that requests hold, by the name of the model and by key."""
    found: Mapping[str, Mapping[str, Bounds]] = _facts()["bounds"]
    return found


@functools.cache
def _facts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(
        files("qovery_async.emulator.facts").joinpath("operations.json").read_text(encoding="utf-8")
    )
    return found


def _read(entry: Mapping[str, Any]) -> ApiOperation:
    body = entry.get("body")
    return ApiOperation(
        call=entry["call"],
        method=entry["method"],
        path=entry["path"],
        responses=[DeclaredResponse(**response) for response in entry["responses"]],
        path_types=entry.get("path_types", {}),
        query=[QueryParameter(**parameter) for parameter in entry.get("query", ())],
        body=RequestBody(**body) if body else None,
        errors=frozenset(entry.get("errors", ())),
    )


@functools.cache
def python_type(spelled: str) -> Any:
    """The Python type that a string in operations.json names."""
    if spelled.endswith(" | None"):
        return Optional[python_type(spelled.removesuffix(" | None"))]  # noqa: UP045  # built at run time
    if generic := re.fullmatch(r"(list\[|dict\[str, )(.*)\]", spelled):
        inner = python_type(generic[2])
        return GenericAlias(list, (inner,)) if generic[1] == "list[" else GenericAlias(dict, (str, inner))
    return _PLAIN_TYPES[spelled] if spelled in _PLAIN_TYPES else getattr(models, spelled)
