"""How does a request leave in the turn of the loop in which its connection was looked at?

aiohttp writes a request that has a body in a task of its own. Before Python 3.12 such a task begins one
turn later, and meanwhile the server may have closed the connection, or other tasks may take their time.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Coroutine, Generator
from typing import Any

import aiohttp


class EagerRequest(aiohttp.ClientRequest):
    """A request that begins to write its body at once."""

    def write_bytes(self, *args: Any, **kwargs: Any) -> Any:
        """What is left to write; usually nothing."""
        writing = super().write_bytes(*args, **kwargs)
        try:
            waits_for = writing.send(None)
        except StopIteration:
            return _nothing()
        return _rest(writing, waits_for)


REQUEST_CLASS: type[aiohttp.ClientRequest] = aiohttp.ClientRequest if sys.version_info >= (3, 12) else EagerRequest


async def _nothing() -> None:
    pass


async def _rest(writing: Coroutine[Any, Any, None], waits_for: object) -> None:
    await _resumed(writing, waits_for)


@types.coroutine
def _resumed(writing: Coroutine[Any, Any, None], waits_for: object) -> Generator[Any, Any, None]:
    """Goes on with a coroutine that has been run to its first wait."""
    try:
        yield waits_for
    except BaseException as error:  # noqa: BLE001  # a cancellation, which is the coroutine's
        try:
            waits_for = writing.throw(error)
        except StopIteration:
            return
        yield waits_for
    yield from writing.__await__()
