"""Which objects that only Qovery creates follow from the world, and need not be made up?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qovery_async.emulator.world import billing
from qovery_async.emulator.world.state import Entity, State

Json = dict[str, Any]


def is_known(kind: str) -> bool:
    """Whether objects of this kind are not made up."""
    return kind in _MAKERS


def add_missing(state: State, kind: str, parent: Entity) -> None:
    """Adds the objects of a kind that have come to be since they were last read."""
    there = parent.children.setdefault(kind, {})
    for value in _MAKERS[kind](state, parent):
        if value["id"] not in there:
            state.add(kind, parent, value)


def connection(domain: str) -> Json:
    """A connection to the single sign-on of a company, as new ones are."""
    return {
        "connection_name": domain.replace(".", "-"),
        "default_role": "viewer",
        "enforce_group_sync": False,
        "group_mappings": {},
    }


_MAKERS: Mapping[str, Callable[[State, Entity], list[Json]]] = {
    "invoice": billing.invoices,
    # Qovery's support creates them, so an organization has those of its world.
    "enterpriseconnection": lambda _, __: [],
}
