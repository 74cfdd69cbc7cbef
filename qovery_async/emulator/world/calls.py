"""What does the handler of an operation receive, and what does it return?

A handler is a plain function from an `ApiCall` to an `ApiResponse`. Handlers written by hand stand in
an `ApiHandlers` under the operation's dotted name, such as `environments.deploy`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from qovery_async.codec.plain import is_object
from qovery_async.emulator.facts.operations import ApiOperation
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import Caller


@attrs.define
class ApiCall:
    """An authenticated request for an operation. Its parameters and body have the declared types."""

    operation: ApiOperation
    state: State
    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    entities: Mapping[str, Entity]
    """The entities that path parameters name, by the parameter's name."""
    user_agent: str = ""

    @property
    def sent(self) -> dict[str, Any]:
        """The body if it is an object, else an empty object."""
        return self.body if is_object(self.body) else {}

    @property
    def target(self) -> Entity:
        """The entity of the last path parameter that names one, else the root of the state."""
        return next(reversed([*self.entities.values()]), self.state.root)


_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@attrs.frozen
class ApiResponse:
    """The response to a call. Without a status, it has the first one that the description declares."""

    body: Any = None
    status: int | None = None
    headers: Mapping[str, str] = _NO_HEADERS
    sample: bool = False
    """Whether the response is made up, or the request has no effect."""


ApiHandler = Callable[[ApiCall], ApiResponse]
ApiHandlers = dict[str, ApiHandler]
