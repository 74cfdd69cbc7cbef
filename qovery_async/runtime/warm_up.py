"""How does a client prepare imports and decoders before the first call?"""

from __future__ import annotations

import asyncio
import inspect
import typing
from collections.abc import Sequence

from qovery_async.codec.reader import Codec
from qovery_async.errors import ConfigurationError
from qovery_async.runtime.pagination import Items, Page
from qovery_async.runtime.resource import Resource

_OPERATIONS = "qovery_async.resources."


async def warm_up(root: Resource, codec: Codec, namespaces: Sequence[str]) -> None:
    """Imports `namespaces` (paths such as "projects.secrets") and builds the decoders of their operations.

    Raises:
        ConfigurationError: a path names no namespace.
    """
    for path in namespaces:
        resource = root
        for name in path.split("."):
            found = getattr(resource, name, None)
            if not isinstance(found, Resource):
                raise ConfigurationError(
                    f"namespaces must be names such as 'projects' or 'projects.secrets', got {path!r}"
                )
            resource = found
        for name, method in inspect.getmembers(type(resource), inspect.iscoroutinefunction):
            # What capabilities return is made of what their operations return.
            if not name.startswith("_") and method.__module__.startswith(_OPERATIONS):
                codec.prepare(_result(method))
                await asyncio.sleep(0)  # lets other tasks run


def _result(method: typing.Callable[..., object]) -> object:
    """The type that a generated method returns. For pages it is the list of items, which is what gets decoded."""
    hints = typing.get_type_hints(method, include_extras=True)
    result = hints["return"]
    if typing.get_origin(result) in (Page, Items):
        return list[typing.get_args(result)[0]]  # type: ignore[misc]  # built at run time
    return result
