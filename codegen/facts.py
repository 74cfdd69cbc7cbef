"""Which facts are known of the API? The intermediate form, kept in api.json and, for the WebSockets, streams.json.

Types are written as Python spells them: `str`, `list[Project]`, `dict[str, Any]`, `Job | None`.
A capitalised word other than `Any` and `None` names a schema.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Literal

import attrs
import cattrs
from cattrs.gen import make_dict_unstructure_fn

API_JSON = Path(__file__).parent / "api.json"
STREAMS_JSON = API_JSON.with_name("streams.json")


Number = int | float


@attrs.frozen
class Bounds:
    """What a value other than null must keep to: numbers, the length of strings and of lists.

    `pattern` is a regular expression of ECMAScript, which must be found in the string.
    """

    minimum: Number | None = None
    maximum: Number | None = None
    exclusive_minimum: Number | None = None
    exclusive_maximum: Number | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    min_items: int | None = None
    max_items: int | None = None

    def items(self) -> list[tuple[str, Number | str]]:
        """Those that there are, by name."""
        every = [(field.name, getattr(self, field.name)) for field in attrs.fields(Bounds)]
        return [(name, bound) for name, bound in every if bound is not None]


@attrs.frozen
class Field:
    name: str
    wire: str
    type: str
    required: bool = False
    nullable: bool = False
    bounds: Bounds = Bounds()


@attrs.frozen
class ObjectSchema:
    fields: list[Field]
    kind: Literal["object"] = "object"


@attrs.frozen
class EnumSchema:
    values: list[str]
    kind: Literal["enum"] = "enum"


@attrs.frozen
class UnionSchema:
    """Either `tag` with `mapping` tells the branches apart, or a key only one branch has."""

    branches: list[str]
    tag: str | None = None
    mapping: dict[str, str] = attrs.Factory(dict)
    keys: dict[str, str] = attrs.Factory(dict)
    kind: Literal["union"] = "union"


Schema = ObjectSchema | EnumSchema | UnionSchema


@attrs.frozen
class Parameter:
    name: str
    wire: str
    type: str
    required: bool = False
    deprecated: bool = False


@attrs.frozen
class Body:
    type: str
    media_type: str = "application/json"
    required: bool = False


@attrs.frozen
class ResponseFacts:
    """One 2xx response. `items` names the key of a list that stands alone in an envelope."""

    status: int
    media_type: str | None = None
    type: str | None = None
    items: str | None = None
    paged: bool = False


@attrs.frozen
class OperationFacts:
    id: str
    method: str
    path: str
    path_parameters: list[Parameter]
    responses: list[ResponseFacts]
    errors: list[int]
    query: list[Parameter] = attrs.Factory(list)
    body: Body | None = None
    deprecated: bool = False

    @property
    def route(self) -> tuple[str, tuple[str, ...]]:
        """The method and the path without the names of its parameters."""
        return self.method, shape(self.path)

    @property
    def lists(self) -> bool:
        """Whether a list comes back, in an envelope or alone."""
        return any(response.items or (response.type or "").startswith("list[") for response in self.responses)


@attrs.frozen
class StreamFacts:
    """A path of the WebSocket API: what its handshake takes, and the type of its frames."""

    path: str
    parameters: list[Parameter]
    frame: str


@attrs.frozen
class ApiFacts:
    version: str
    operations: list[OperationFacts]
    schemas: dict[str, Schema]
    # Declared schemas without a class of their own, and why they have none.
    unnamed: dict[str, str]
    # The places at which the description was corrected before it was read.
    corrected: list[str] = attrs.Factory(list)
    streams: list[StreamFacts] = attrs.Factory(list)


def joined(api: ApiFacts, streams: ApiFacts) -> ApiFacts:
    """The facts of both descriptions; the version is that of the first."""
    if both := api.schemas.keys() & streams.schemas.keys():
        raise ValueError(f"both descriptions have a schema {', '.join(sorted(both))}")
    return attrs.evolve(
        api,
        schemas=dict(sorted((api.schemas | streams.schemas).items())),
        unnamed=api.unnamed | streams.unnamed,
        corrected=api.corrected + streams.corrected,
        streams=streams.streams,
    )


def shape(path: str) -> tuple[str, ...]:
    """The path's segments with every parameter written the same."""
    return tuple("{}" if part.startswith("{") else part for part in path.strip("/").split("/"))


def references(type_: str | None) -> list[str]:
    """The schemas a type expression names, in order."""
    words = re.findall(r"\b[A-Za-z_]\w*", type_ or "")
    return [word for word in words if word[0].isupper() and word not in ("Any", "None")]


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(omit_if_default=True)
    converter.register_structure_hook(Number | None, lambda value, _: value)
    kinds = {"object": ObjectSchema, "enum": EnumSchema, "union": UnionSchema}
    converter.register_structure_hook(Schema, lambda value, _: converter.structure(value, kinds[value["kind"]]))
    for kind in kinds.values():
        keep = cattrs.override(omit_if_default=False)
        converter.register_unstructure_hook(
            kind, make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True, kind=keep)
        )
    return converter


def read(path: Path | None = None) -> ApiFacts:
    """The facts of one file, or of both."""
    if path is None:
        return joined(read(API_JSON), read(STREAMS_JSON))
    return _converter().structure(json.loads(path.read_text(encoding="utf-8")), ApiFacts)


def dump(api: ApiFacts) -> str:
    """JSON with one fact a line, so that a change of the API reads well as a diff."""
    return _lines(_converter().unstructure(api), 0) + "\n"


def _lines(value: Any, depth: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    nested = isinstance(value, (dict, list)) and len(flat) + 2 * depth > 110
    if not nested:
        return flat
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict):
        parts = [f"{json.dumps(k)}: {_lines(v, depth + 1)}" for k, v in value.items()]
        opening, closing = "{", "}"
    else:
        parts = [_lines(v, depth + 1) for v in value]
        opening, closing = "[", "]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{outer}{closing}"
