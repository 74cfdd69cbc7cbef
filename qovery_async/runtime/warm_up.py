"""How are the imports and decoders of a namespace loaded before its first call?"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Sequence

import anyio.lowlevel

from qovery_async.codec.reader import Codec
from qovery_async.errors import ConfigurationError
from qovery_async.runtime.pagination import Items, Page
from qovery_async.runtime.resource import Resource


async def warm_up(root: Resource, codec: Codec, namespaces: Sequence[str]) -> None:
    """Imports the namespaces and builds the decoders of all their operations.

    Raises:
        ConfigurationError: a namespace does not exist.
    """
    for path in namespaces:
        resource = root
        for name in path.split("."):
            found = getattr(resource, name, None)
            if not isinstance(found, Resource):
                raise ConfigurationError(f"namespaces must be paths such as 'jobs.secrets', got {path!r}")
            resource = found
        for name, method in inspect.getmembers(type(resource), inspect.iscoroutinefunction):
            if not name.startswith("_"):
                codec.prepare(_decoded_type(method))
                await anyio.lowlevel.checkpoint()  # lets other tasks run in between


def _decoded_type(method: typing.Callable[..., object]) -> object:
    """The type that a generated method decodes: a page is decoded as a list of its items."""
    returned = typing.get_type_hints(method, include_extras=True)["return"]
    if typing.get_origin(returned) in (Page, Items):
        return list[typing.get_args(returned)[0]]  # type: ignore[misc]  # built at run time
    return returned
