"""Which module does each schema live in?

By what it is about (modules.toml), else with the one namespace that uses it, else in `common`.
Modules import each other for real, so they must not do so in a circle: what closes one moves
to the module of the model that needs it most basically, `common`.
"""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

import attrs

from codegen.decisions import tables
from codegen.decisions.named import Api, Operation
from codegen.facts import EnumSchema, ObjectSchema, Schema, references


@attrs.frozen
class Layout:
    module_of: dict[str, str]
    in_order: dict[str, list[str]]
    """The schemas of each module, each after those it refers to."""
    sendable: set[str]
    """Models that a request can contain."""
    returned: set[str]
    """Models that a response can contain."""
    part_of: dict[str, list[str]]
    """For each schema the schemas that refer to it."""


def arrange(api: Api) -> Layout:
    refers = {name: _references(schema) for name, schema in api.schemas.items()}
    reach = {operation.call: _closure(_named(operation), refers) for operation in api.operations}
    module_of = _by_subject(api, reach)
    _break_circles(module_of, refers)
    bodies = [name for o in api.operations if o.body for name in references(o.body.type)]
    responses = [name for o in api.operations for response in o.responses for name in references(response.type)]
    responses += [name for stream in api.streams for name in references(stream.frame)]
    order = list(TopologicalSorter(_acyclic(refers, api.schemas)).static_order())
    in_order: dict[str, list[str]] = {}
    for name in order:
        in_order.setdefault(module_of[name], []).append(name)
    return Layout(
        module_of=module_of,
        in_order=dict(sorted(in_order.items())),
        sendable=_closure(bodies, refers),
        returned=_closure(responses, refers),
        part_of={
            name: [other for other, names in refers.items() if name in names and other != name] for name in api.schemas
        },
    )


def _references(schema: Schema) -> list[str]:
    if isinstance(schema, EnumSchema):
        return []
    types = (
        [field.type for field in schema.fields]
        if isinstance(schema, ObjectSchema)
        else [*schema.branches, *schema.mapping.values()]
    )
    return list(dict.fromkeys(name for type_ in types for name in references(type_)))


def _named(operation: Operation) -> list[str]:
    types = [p.type for p in (*operation.path_parameters, *operation.query)]
    types += [response.type for response in operation.responses if response.type]
    types += [operation.body.type] if operation.body else []
    return [name for type_ in types for name in references(type_)]


def _closure(names: list[str], refers: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += refers[name]
    return found


def _by_subject(api: Api, reach: dict[str, set[str]]) -> dict[str, str]:
    subjects = tables.read().modules
    module_of = {}
    for name in api.schemas:
        namespaces = {call.split(".")[0] for call, names in reach.items() if name in names}
        module_of[name] = subjects.of(name) or (namespaces.pop() if len(namespaces) == 1 else "common")
    return module_of


def _break_circles(module_of: dict[str, str], refers: dict[str, list[str]]) -> None:
    """Moves models to `common` until no module needs itself."""
    while True:
        graph: dict[str, set[str]] = {module: set() for module in module_of.values()}
        for name, names in refers.items():
            graph[module_of[name]] |= {module_of[n] for n in names} - {module_of[name]}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = error.args[1]
            # What `common` has cannot move there.
            pairs = {(b, a) for a, b in pairwise(circle) if a != "common"}
            # The edge of the circle that fewest models carry is the cheapest to cut.
            cuts = {
                (user, used): {
                    n
                    for name, names in refers.items()
                    if module_of[name] == user
                    for n in names
                    if module_of[n] == used
                }
                for user, used in pairs
            }
            cheapest = min(cuts.values(), key=lambda names: (len(_closure([*names], refers)), sorted(names)))
            for name in cheapest:
                module_of[name] = "common"
        else:
            return


def _acyclic(refers: dict[str, list[str]], schemas: Mapping[str, Schema]) -> dict[str, list[str]]:
    """The references less those by which models contain themselves; those are written as text.

    The alias of a union cannot be postponed, so what leads out of one always stays.
    """
    return {
        name: [
            other
            for other in names
            if not isinstance(schemas[name], ObjectSchema) or name not in _closure([other], refers)
        ]
        for name, names in refers.items()
    }
