"""Which public name does an operation have? Data: names.csv."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from codegen.decisions.convention import Convention
from codegen.decisions.loader import Place, Table
from codegen.decisions.named import Api
from codegen.facts import OperationFacts, shape

_DOTTED = attrs.validators.matches_re(r"[a-z]\w*(\.[a-z]\w*){1,2}")
_METHOD = attrs.validators.in_(("GET", "POST", "PUT", "PATCH", "DELETE"))


@attrs.frozen
class Row:
    operation_id: str
    call: str = attrs.field(validator=_DOTTED)
    http_method: str = attrs.field(validator=_METHOD)
    path: str = attrs.field(validator=attrs.validators.matches_re("/.+"))

    @property
    def route(self) -> tuple[str, tuple[str, ...]]:
        return self.http_method, shape(self.path)


@attrs.frozen
class Names(Table):
    columns = tuple(field.name for field in attrs.fields(Row))

    rows: list[Row] = attrs.field()

    @rows.validator
    def _once_each(self, _: object, rows: list[Row]) -> None:
        for what in ("operation_id", "call"):
            times = Counter(getattr(row, what) for row in rows)
            if twice := [value for value, count in times.items() if count > 1]:
                raise ValueError(f"more than one row has the {what} {', '.join(twice)}")

    def found(self, operations: Iterable[OperationFacts]) -> dict[str, Row]:
        """The row of each operation, by its id; one whose id is new is known by its method and path."""
        operations = list(operations)
        ids = {operation.id for operation in operations}
        by_id = {row.operation_id: row for row in self.rows}
        by_route = {row.route: row for row in self.rows if row.operation_id not in ids}
        found = {o.id: by_id.get(o.id) or by_route.get(o.route) for o in operations}
        return {id_: row for id_, row in found.items() if row}

    def invented(self, operations: Sequence[OperationFacts]) -> dict[str, str]:
        """The names of operations without a row, as the convention has them."""
        found = self.found(operations)
        routes = [(operation.method, operation.path) for operation in operations]
        taken = {row.call for row in found.values()}
        convention = Convention(self.rows)
        invented: dict[str, str] = {}
        for operation in operations:
            if operation.id not in found:
                call = convention.call(
                    operation.method, operation.path, lists=operation.lists, routes=routes, taken=taken
                )
                invented[operation.id] = call
                taken.add(call)
        return invented

    def idle(self, api: Api) -> Iterator[tuple[Place, str]]:
        found = [*self.found(api.operations).values()]
        for number, row in enumerate(self.rows):
            if row not in found:
                yield (("rows", number), f"the API has no operation {row.operation_id!r}, no {_http(row)}")

    def outdated(self, api: Api) -> Iterator[str]:
        """The rows whose operation has another id or path by now: one more change would lose the name."""
        found = self.found(api.operations)
        for operation in api.operations:
            if (row := found.get(operation.id)) is not None:
                now = Row(operation.id, row.call, operation.method, operation.path)
                if now != row:
                    yield f"{row.call}: {row.operation_id}, {_http(row)} is now {now.operation_id}, {_http(now)}"


def _http(row: Row) -> str:
    return f"{row.http_method} {row.path}"
