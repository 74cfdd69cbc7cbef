"""Which operations does the API have, and of which Python types are their bodies and answers?"""

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

_WORDS: Mapping[str, Any] = {
    "str": str, "int": int, "float": float, "bool": bool, "bytes": bytes,
    "datetime": datetime, "date": date, "Any": Any,
}  # fmt: skip


@attrs.frozen
class Parameter:
    wire: str
    type: str
    required: bool = False


@attrs.frozen
class Body:
    type: str
    media_type: str = "application/json"
    required: bool = False


@attrs.frozen
class Answer:
    """One 2xx answer. `items` is the key of the envelope that a list comes in."""

    status: int
    media_type: str | None = None
    type: str | None = None
    items: str | None = None
    paged: bool = False


@attrs.frozen(eq=False, slots=False)
class Operation:
    call: str
    method: str
    path: str
    answers: Sequence[Answer]
    path_types: Mapping[str, str]
    query: Sequence[Parameter]
    body: Body | None
    errors: frozenset[int]

    @property
    def namespace(self) -> str:
        return self.call.rpartition(".")[0]

    @property
    def verb(self) -> str:
        return self.call.rpartition(".")[2]

    @property
    def answer(self) -> Answer:
        """The first of the 2xx answers, which is the one given."""
        return self.answers[0]

    @functools.cached_property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.split("/")[1:])

    @functools.cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path parameters, in order."""
        return tuple(segment[1:-1] for segment in self.segments if segment.startswith("{"))

    @property
    def writes(self) -> bool:
        return self.method != "GET"


@functools.cache
def operations() -> Mapping[str, Operation]:
    """By call, in the order of the description."""
    return {entry["call"]: _read(entry) for entry in _facts()["operations"]}


@functools.cache
def service_types() -> Mapping[str, str]:
    """The `service_type` of each kind of service, by the type that it is answered with."""
    found: Mapping[str, str] = _facts()["services"]
    return found


@functools.cache
def _facts() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(
        files("qovery_async.emulator.facts").joinpath("operations.json").read_text(encoding="utf-8")
    )
    return found


def _read(entry: Mapping[str, Any]) -> Operation:
    body = entry.get("body")
    return Operation(
        call=entry["call"],
        method=entry["method"],
        path=entry["path"],
        answers=[Answer(**answer) for answer in entry["answers"]],
        path_types=entry.get("path_types", {}),
        query=[Parameter(**parameter) for parameter in entry.get("query", ())],
        body=Body(**body) if body else None,
        errors=frozenset(entry.get("errors", ())),
    )


@functools.cache
def python_type(spelled: str) -> Any:
    """The type that a fact spells; a model's module is imported when it is first spelled."""
    if spelled.endswith(" | None"):
        return Optional[python_type(spelled.removesuffix(" | None"))]  # noqa: UP045  # built at run time
    if generic := re.fullmatch(r"(list\[|dict\[str, )(.*)\]", spelled):
        inner = python_type(generic[2])
        return GenericAlias(list, (inner,)) if generic[1] == "list[" else GenericAlias(dict, (str, inner))
    if spelled in _WORDS:
        return _WORDS[spelled]
    from qovery_async import models

    return getattr(models, spelled)
