"""What does a behaviour get, and what does it give?

A behaviour answers one operation: a plain function from a `Call` to a `Reply`. Those written by
hand stand in a `Behaviours` under the call of the operation, `"environments.deploy"`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from qovery_async.emulator.facts.operations import Operation
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import Caller


@attrs.define
class Call:
    """A request that got through the doors: its parts are checked against the description."""

    operation: Operation
    state: State
    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    entities: Mapping[str, Entity]
    """What the path parameters name, by the parameter's name, as far as they name entities."""

    @property
    def sent(self) -> dict[str, Any]:
        """The body of operations whose body is an object; empty where none came."""
        body: dict[str, Any] = self.body or {}
        return body

    @property
    def target(self) -> Entity:
        """What the last of the path parameters names; the root where none does."""
        return next(reversed([*self.entities.values()]), self.state.root)


@attrs.frozen
class Reply:
    """An answer. Without a status it is the first that the description names."""

    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = attrs.Factory(dict[str, str])


Behaviour = Callable[[Call], Reply]
Behaviours = dict[str, Behaviour]
