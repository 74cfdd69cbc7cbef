"""Under which keys does a request carry what the doors found out about it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from aiohttp import web

from qovery_async.emulator.facts.operations import Operation
from qovery_async.emulator.world.tokens import Caller


@attrs.frozen
class Route:
    """Which operation a request means, with which path parameters, and who sent it."""

    operation: Operation
    path: Mapping[str, str]
    caller: Caller


# aiohttp warns about plain texts from 3.14 on, and knows no others before.
def _key(name: str, type_: type) -> Any:
    made: Any = getattr(web, "RequestKey", None)
    return made(name, type_) if made else name


CALL = _key("call", str)
"""The dotted name of the operation, such as `projects.list`."""
ROUTE = _key("route", Route)
