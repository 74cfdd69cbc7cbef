"""How does a table become objects, and which mistakes does it have? Each is reported with file and line."""

from __future__ import annotations

import csv
import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from operator import eq
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar

import attrs
import cattrs
from cattrs import AttributeValidationNote
from cattrs.cols import is_mapping, is_sequence, list_structure_factory, mapping_structure_factory
from cattrs.gen import make_dict_structure_fn

from codegen.decisions.named import Api

# Types of strings that name something of the API.
OperationName = Annotated[str, "operation"]
NamespaceName = Annotated[str, "namespace"]
SchemaName = Annotated[str, "schema"]
ParameterName = Annotated[str, "parameter"]

Place = tuple[str | int, ...]
"""The steps to a place in a table: `("pagers", "events.list", "style")`."""

_Make = Callable[[Any, cattrs.Converter], Callable[[Any, Any], Any]]


class TableError(Exception):
    """Tables that cannot be understood; reports every mistake, one a line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Table:
    """One file of codegen/decisions/; an attrs class with a field for each of its sections."""

    columns: ClassVar[tuple[str, ...]] = ()
    """Those of a file in CSV, whose one section is called `rows`."""

    def idle(self, api: Api) -> Iterable[tuple[Place, str]]:  # noqa: ARG002  # for the tables that need it
        """The rows that match nothing, beyond names that the API does not have."""
        return ()


T = TypeVar("T", bound=Table)


def load(file: Path, table: type[T]) -> T:
    """Reads a table, or raises TableError with everything that is wrong in it."""
    try:
        return _converter().structure(_read(file, table), table)
    except (tomllib.TOMLDecodeError, csv.Error) as error:
        raise TableError([f"codegen/decisions/{file.name}: {error}"]) from None
    except cattrs.BaseValidationError as error:
        raise TableError(_reported(file, _mistakes(error))) from None


def dead(file: Path, table: Table, api: Api) -> list[str]:
    """The rows of a table about operations, schemas and so on that the API does not have."""
    found = list(table.idle(api))
    try:
        _converter(api).structure(_read(file, type(table)), type(table))
    except cattrs.BaseValidationError as error:
        found += _mistakes(error)
    return _reported(file, found)


def _read(file: Path, table: type[Table]) -> dict[str, Any]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".toml":
        return tomllib.loads(text)
    header, *lines = csv.reader(text.splitlines(), strict=True)
    if tuple(header) != table.columns:
        raise csv.Error(f"the columns are {','.join(header)}, expected {','.join(table.columns)}")
    surplus = [f"column {number}" for number in range(len(header) + 1, 2 * len(header))]
    return {"rows": [dict(zip([*header, *surplus], cells, strict=False)) for cells in lines]}


def _reported(file: Path, mistakes: Iterable[tuple[Place, str]]) -> list[str]:
    beginnings = _beginnings(file.read_text(encoding="utf-8")) if file.suffix == ".toml" else []
    lines = sorted((_line(beginnings, place), _spoken(place), text) for place, text in mistakes)
    return [f"codegen/decisions/{file.name}:{line}: {place}{text}" for line, place, text in lines]


def _spoken(place: Place) -> str:
    names = [step for step in place if isinstance(step, str)]
    return f"{'.'.join(names)}: " if names else ""


def _beginnings(text: str) -> list[tuple[int, Any]]:
    """The line that each statement begins on, with all that the table holds once that is read."""
    lines, found, begin = text.splitlines(), [], 1
    for end in range(1, len(lines) + 1):
        try:
            found.append((begin, tomllib.loads("\n".join(lines[:end]))))
        except tomllib.TOMLDecodeError:
            continue  # in the middle of a value of several lines
        begin = end + 1
    return found


def _line(beginnings: list[tuple[int, Any]], place: Place) -> int:
    """The line on which a place of a table begins, or else the row around it."""
    if not beginnings:  # one row a line, below the header
        return int(place[1]) + 2 if len(place) > 1 else 1
    while place and not _holds(beginnings[-1][1], place):
        place = place[:-1]
    return next(begin for begin, table in beginnings if _holds(table, place))


def _holds(table: Any, place: Place) -> bool:
    try:
        for step in place:
            table = table[step]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _mistakes(error: BaseException, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(error, cattrs.ClassValidationError | cattrs.IterableValidationError):
        noted, bare = error.group_exceptions()
        for inner, note in noted:
            step = note.name if isinstance(note, AttributeValidationNote) else note.index
            yield from _mistakes(inner, (*place, step))
        for inner in bare:
            yield from _mistakes(inner, place)
    elif isinstance(error, cattrs.ForbiddenExtraKeysError):
        known = ", ".join(field.name for field in attrs.fields(error.cl))
        yield from (((*place, key), f"unknown key, expected {known}") for key in error.extra_fields)
    else:
        yield place, "missing" if isinstance(error, KeyError) else str(error.args[0])


def _converter(api: Api | None = None) -> cattrs.Converter:
    """Converts no type into another; with `api`, takes only the names that it has."""
    converter = cattrs.Converter()
    for kind in (str, bool):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook_func(
        partial(eq, re.Pattern[str]), lambda value, _: re.compile(_exactly(value, str))
    )
    converter.register_structure_hook_factory(attrs.has, _only(dict, _structure_fields))
    converter.register_structure_hook_factory(is_mapping, _only(dict, mapping_structure_factory))
    converter.register_structure_hook_factory(is_sequence, _only(list, list_structure_factory))
    if api:
        converter.register_structure_hook_func(partial(eq, OperationName), _one_of("operation", api.calls))
        converter.register_structure_hook_func(partial(eq, NamespaceName), _one_of("namespace", api.namespaces))
        converter.register_structure_hook_func(partial(eq, SchemaName), _one_of("schema", api.schemas))
        converter.register_structure_hook_func(partial(eq, ParameterName), _one_of("parameter", api.parameters))
    return converter


def _structure_fields(class_: Any, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    return make_dict_structure_fn(class_, converter, _cattrs_forbid_extra_keys=True)


def _exactly(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"expected {kind.__name__}, got {value!r}")
    return value


def _only(kind: type, make: _Make) -> _Make:
    def factory(type_: Any, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
        structure = make(type_, converter)
        return lambda value, _: structure(_exactly(value, kind), type_)

    return factory


def _one_of(what: str, names: Collection[str]) -> Callable[[Any, Any], str]:
    def structure(value: Any, _: Any) -> str:
        if value in names:
            return str(value)
        near = difflib.get_close_matches(value, names, 1)
        raise ValueError(f"the API has no {what} {value!r}" + (f", is {near[0]!r} meant?" if near else ""))

    return structure
