"""Which tables are there, and what does a row of each say?

A new one needs a class here and a field of `Decisions`: `schema_names` is read from schema-names.toml.
The type of a column (`OperationName`, `SchemaName` ...) says what it names, and is checked.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_type_hints

import attrs

from codegen import facts
from codegen.decisions import loader, named
from codegen.decisions.capabilities import Capabilities
from codegen.decisions.enums import Enums
from codegen.decisions.loader import OperationName, Place, Table, TableError
from codegen.decisions.named import Api, Operation
from codegen.decisions.naming import Names
from codegen.decisions.patches import Patches
from codegen.decisions.secrecy import Secrets
from codegen.decisions.streams import StreamPaths
from codegen.decisions.words import Fields, Namespaces, Notes, Parameters, Phrases
from codegen.facts import ObjectSchema, references

FOLDER = Path(__file__).parent


@attrs.frozen
class Correction:
    """A change of the list or mapping at `at`, a JSON pointer in which `*` is any one step; `of` names the description.

    `when` keeps to mappings that have those members; `remove` takes entries out, `set` puts in;
    `undeclared` are names that a schema requires, dropped where its properties do not have them.
    """

    at: str
    reason: str
    of: Literal["api", "streams"] = "api"
    when: dict[str, Any] = attrs.Factory(dict)
    remove: list[str] = attrs.Factory(list)
    set: dict[str, Any] = attrs.Factory(dict)
    undeclared: list[str] = attrs.Factory(list)

    def __attrs_post_init__(self) -> None:
        if not (self.remove or self.set or self.undeclared):
            raise ValueError("changes nothing: say what to `remove`, to `set` or what is `undeclared`")


@attrs.frozen
class Corrections(Table):
    correction: list[Correction]

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        for number, correction in enumerate(self.correction):
            if correction.at not in api.corrected:
                yield ("correction", number), f"nothing to correct at {correction.at}, as of the last import"


@attrs.frozen
class Modules(Table):
    modules: dict[str, re.Pattern[str]]

    def of(self, schema: str) -> str | None:
        """The module of what a schema is about; the first pattern decides."""
        return next((module for module, pattern in self.modules.items() if pattern.match(schema)), None)

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        used = {self.of(schema) for schema in api.schemas}
        for module in self.modules.keys() - used:
            yield ("modules", module), "matches no schema"


@attrs.frozen
class Pager:
    style: Literal["after_last", "growing", "next_token"]
    cursor: str
    key: str = "id"
    items: str = "results"
    page_size: int | None = None


@attrs.frozen
class Pagers(Table):
    pagers: dict[OperationName, Pager] = attrs.Factory(dict[OperationName, Pager])
    single: dict[OperationName, str] = attrs.Factory(dict[OperationName, str])

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        for call, pager in self.pagers.items():
            if call in api.calls:
                for key, text in _misfits(pager, api.calls[call], api):
                    yield ("pagers", call, key), text
        for call in self.pagers.keys() & self.single.keys():
            yield ("single", call), "has a pager"

    def undecided(self, api: Api) -> list[str]:
        """Operations that say which page they return, or take what names one."""
        decided = {*self.pagers, *self.single}
        return [
            operation.call for operation in api.operations if _looks_paged(operation) and operation.call not in decided
        ]


def _looks_paged(operation: Operation) -> bool:
    return any(response.paged for response in operation.responses) or any(
        parameter.name in ("start_id", "page_size", "continue_token") for parameter in operation.query
    )


def _misfits(pager: Pager, operation: Operation, api: Api) -> Iterator[tuple[str, str]]:
    if pager.cursor not in [parameter.name for parameter in operation.query]:
        yield "cursor", f"{operation.call} has no parameter {pager.cursor!r}"
    type_ = str(operation.responses[0].type)
    if pager.style == "next_token":
        envelope = _attributes(type_, api)
        if pager.items not in envelope:
            yield "items", f"{type_} has no attribute {pager.items!r}"
            return
        type_ = envelope[pager.items]
    elif not operation.lists:
        yield "style", f"{operation.call} returns no list"
        return
    if pager.key not in _attributes(type_, api):
        yield "key", f"{type_} has no attribute {pager.key!r}"


def _attributes(type_: str, api: Api) -> dict[str, str]:
    """The attributes of a model, or of the items of a list of it, with their types."""
    name = next(iter(references(type_)), "")
    schema = api.schemas.get(name)
    return {field.name: field.type for field in schema.fields} if isinstance(schema, ObjectSchema) else {}


@attrs.frozen
class Repeatable(Table):
    repeatable: dict[OperationName, str]

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        for call in self.repeatable:
            if call in api.calls and api.calls[call].method not in ("POST", "PATCH"):
                yield ("repeatable", call), f"a {api.calls[call].method} may be repeated without an entry"


@attrs.frozen
class SchemaNames(Table):
    names: dict[str, str] = attrs.field()

    @names.validator
    def _once_each(self, _: object, names: dict[str, str]) -> None:
        if twice := {name for name in names.values() if [*names.values()].count(name) > 1}:
            raise ValueError(f"several schemas have the name {', '.join(sorted(twice))}")

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        for old in self.names.keys() - api.renamed.keys():
            taken = self.names[old] in api.schemas
            yield ("names", old), f"{self.names[old]} is taken" if taken else f"the API has no schema {old!r}"


@attrs.frozen
class Decisions:
    """All tables of a folder."""

    folder: Path
    capabilities: Capabilities
    corrections: Corrections
    enums: Enums
    fields: Fields
    modules: Modules
    names: Names
    namespaces: Namespaces
    notes: Notes
    pagers: Pagers
    parameters: Parameters
    patches: Patches
    phrases: Phrases
    repeatable: Repeatable
    schema_names: SchemaNames
    secrets: Secrets
    stream_paths: StreamPaths

    def name(self, api: facts.ApiFacts) -> Api:
        """The API as this names it."""
        invented = self.names.invented(api.operations)
        calls = invented | {id_: row.call for id_, row in self.names.found(api.operations).items()}
        streams = self.stream_paths.of(api.streams)
        return named.name(api, calls, self.schema_names.names, self.enums.names, invented=invented, streams=streams)

    def dead(self, api: Api) -> list[str]:
        """The rows that speak of what the API does not have, with file and line."""
        of_all = files(self.folder)
        return [line for name, file, _ in of_all for line in loader.dead(file, getattr(self, name), api)]


@functools.cache
def read(folder: Path = FOLDER) -> Decisions:
    """Reads all tables, once, or raises TableError with everything that is wrong in any of them."""
    tables: dict[str, Any] = {}
    problems: list[str] = []
    for name, file, class_ in files(folder):
        try:
            tables[name] = loader.load(file, class_)
        except TableError as error:
            problems += error.problems
    if problems:
        raise TableError(problems)
    return Decisions(folder, **tables)


def files(folder: Path = FOLDER) -> Iterator[tuple[str, Path, type[Table]]]:
    """Each table's name, its file and its class."""
    for name, class_ in get_type_hints(Decisions).items():
        if issubclass(class_, Table):
            suffix = "csv" if class_.columns else "toml"
            yield name, folder / f"{name.replace('_', '-')}.{suffix}", class_
