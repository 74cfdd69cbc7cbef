"""What does the first call of a namespace have to wait for? Imports and decoders; have them now."""

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
    """Import the namespaces and build the decoders of what their methods return.

    Raises:
        ConfigurationError: there is no namespace of that name.
    """
    for path in namespaces:
        resource = root
        for name in path.split("."):
            found = getattr(resource, name, None)
            if not isinstance(found, Resource):
                raise ConfigurationError(f"there is no namespace {path!r}")
            resource = found
        for name, method in inspect.getmembers(type(resource), inspect.iscoroutinefunction):
            if not name.startswith("_"):
                codec.prepare(_answer(method))
                await anyio.lowlevel.checkpoint()  # other tasks go on in between


def _answer(method: typing.Callable[..., object]) -> object:
    """What a generated method returns; a page is made of its items."""
    hints = typing.get_type_hints(method, include_extras=True)
    answer = hints["return"]
    if typing.get_origin(answer) in (Page, Items):
        return list[typing.get_args(answer)[0]]  # type: ignore[misc]  # built at run time
    return answer
