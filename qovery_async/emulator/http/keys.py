"""Which keys of an aiohttp request hold the operation that it is for?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from aiohttp import web

from qovery_async.emulator.facts.operations import ApiOperation
from qovery_async.emulator.world.tokens import Caller


class Route(NamedTuple):
    """The operation that a request is for, its path parameters and its sender."""

    operation: ApiOperation
    path: Mapping[str, str]
    caller: Caller


# aiohttp 3.14 brought `RequestKey` and warns about strings; earlier versions only know strings.
def _key(name: str, type_: type) -> Any:
    key: Any = getattr(web, "RequestKey", None)
    return key(name, type_) if key else name


CALL = _key("call", str)
"""The dotted name of the operation, such as `projects.list`."""
ROUTE = _key("route", Route)
