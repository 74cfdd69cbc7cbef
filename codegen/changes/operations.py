"""What changed in the operations?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codegen.changes.change import Change
from codegen.decisions.named import Api, Operation
from codegen.facts import Body, Parameter, ResponseFacts


def changes(before: Api, after: Api) -> Iterator[Change]:
    was = _predecessors(before.operations, after.operations)
    kept = [operation.id for operation in was.values()]
    for operation in before.operations:
        if operation.id not in kept:
            yield Change(f"Removed `{operation.call}`.", breaking=True)
    for operation in after.operations:
        if operation.id not in was:
            yield Change(f"Added `{operation.call}` (`{_http(operation)}`).")
    for operation in after.operations:
        if operation.id in was:
            yield from _operation(was[operation.id], operation)


def _predecessors(before: Iterable[Operation], after: Iterable[Operation]) -> dict[str, Operation]:
    """The former state of each operation, by its id; a new id is matched by method and path."""
    ids = {operation.id for operation in after}
    by_id = {operation.id: operation for operation in before}
    by_route = {operation.route: operation for operation in before if operation.id not in ids}
    found = {operation.id: by_id.get(operation.id) or by_route.get(operation.route) for operation in after}
    return {id_: operation for id_, operation in found.items() if operation}


def _operation(old: Operation, new: Operation) -> Iterator[Change]:
    where = f"`{new.call}`"
    if old.call != new.call:
        yield Change(f"Renamed `{old.call}` to {where}.", breaking=True)
    if old.id != new.id:
        yield Change(f"{where} has the id `{new.id}`, was `{old.id}`.")
    if _http(old) != _http(new):
        yield Change(f"{where} is now `{_http(new)}`, was `{_http(old)}`.")
    if old.deprecated != new.deprecated:
        yield Change(f"{'Deprecated' if new.deprecated else 'No longer deprecated:'} {where}.")
    yield from parameters(where, "path parameter", old.path_parameters, new.path_parameters)
    yield from parameters(where, "parameter", old.query, new.query)
    yield from _body(where, old.body, new.body)
    yield from _responses(where, old.responses, new.responses)
    if old.errors != new.errors:
        yield Change(f"{where} fails with {_listed(new.errors)}, was {_listed(old.errors)}.")


def parameters(where: str, what: str, old: list[Parameter], new: list[Parameter]) -> Iterator[Change]:
    was, now = ({parameter.name: parameter for parameter in parameters} for parameters in (old, new))
    for name in [name for name in was if name not in now]:
        yield Change(f"{where} lost the {what} `{name}`.", breaking=True)
    for name, parameter in now.items():
        if name not in was:
            needed = "required " if parameter.required else ""
            yield Change(f"{where} gained the {needed}{what} `{name}`.", breaking=parameter.required)
        else:
            yield from _parameter(f"{where}: the {what} `{name}`", was[name], parameter)
    if [*was] != [*now] and {*was} == {*now}:
        # Those of the path may be given by position.
        yield Change(f"{where} has the same {what}s in another order: {_listed(now)}.", breaking=what != "parameter")


def _parameter(where: str, old: Parameter, new: Parameter) -> Iterator[Change]:
    if old.type != new.type:
        yield Change(f"{where} is now {new.type}, was {old.type}.", breaking=True)
    if old.required != new.required:
        yield Change(f"{where} is {'now' if new.required else 'no longer'} required.", breaking=new.required)
    if old.deprecated != new.deprecated:
        yield Change(f"{where} is {'now' if new.deprecated else 'no longer'} deprecated.")
    if old.wire != new.wire:
        yield Change(f"{where} is sent as `{new.wire}`, was `{old.wire}`.")


def _body(where: str, old: Body | None, new: Body | None) -> Iterator[Change]:
    if _spoken(old) != _spoken(new):
        loosened = old is not None and new is not None and old.type == new.type
        yield Change(
            f"{where} takes the body {_spoken(new)}, was {_spoken(old)}.",
            breaking=new is None or new.required or (old is not None and not loosened),
        )
    if old and new and old.media_type != new.media_type:
        yield Change(f"{where} sends {new.media_type}, was {old.media_type}.")


def _spoken(body: Body | None) -> str:
    return f"`{body.type}`{'' if body.required else ' (optional)'}" if body else "nothing"


def _responses(where: str, old: list[ResponseFacts], new: list[ResponseFacts]) -> Iterator[Change]:
    if _returned(old) != _returned(new):
        yield Change(f"{where} returns {_returned(new)}, was {_returned(old)}.", breaking=True)
    was, now = (_listed(dict.fromkeys(str(response.media_type) for response in found)) for found in (old, new))
    if was != now:
        yield Change(f"{where} responds with {now}, was {was}.")
    elif old != new and _returned(old) == _returned(new):
        yield Change(f"{where} responds with {_listed(map(_in_full, new))}, was {_listed(map(_in_full, old))}.")


def _returned(responses: Iterable[ResponseFacts]) -> str:
    """What a caller gets."""
    shapes = {
        f"`{'Page' if response.paged else 'list'}[{response.type}]`" if response.items else f"`{response.type}`"
        for response in responses
    }
    return " or ".join(sorted(shapes))


def _in_full(response: ResponseFacts) -> str:
    envelope = f" under `{response.items}`" if response.items else ""
    return f"{response.status} {response.media_type} `{response.type}`{envelope}{', paged' if response.paged else ''}"


def _listed(things: Iterable[object]) -> str:
    return ", ".join(str(thing) for thing in things) or "nothing"


def _http(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"
