"""How often is an environment looked at, and how long may looking fail?"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from itertools import chain
from typing import Final, TypeVar

from qovery_async.errors import DecodeError, RateLimited, ServerError, TransportError

T = TypeVar("T")

log = logging.getLogger("qovery.deployments")

FIRST: Final = 1.0
GROWTH: Final = 1.25
SLOWEST: Final = 15.0
"""Seconds between two looks: quick at first, then slower. The first hour has 250 of them, each later one 240."""
PASSING: Final = (TransportError, ServerError, RateLimited, DecodeError)
"""The errors after which another look may succeed."""
PATIENCE: Final = 120.0
"""Seconds for which looking may fail, one time after the other, before its error is raised."""

_CLOSED = "the client was closed while it followed a deployment, which goes on"


def intervals() -> Iterator[float]:
    """The seconds before each look."""
    seconds = FIRST
    while True:
        yield seconds
        seconds = min(seconds * GROWTH, SLOWEST)


async def looks(
    look: Callable[[], Awaitable[T]],
    is_closed: Callable[[], bool],
    *,
    at_once: bool = False,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[T, None]:
    """What one look after the other finds, quick at first and then slower. It never ends by itself.

    `pause` waits for so many seconds, or longer. `is_closed` tells whether the client was closed meanwhile.

    Raises:
        TransportError: the client was closed.
        QoveryError: a look failed in a way that does not pass, or looking has failed for too long.
    """
    loop = asyncio.get_running_loop()
    failing_until: float | None = None
    for seconds in chain((0.0,) if at_once else (), intervals()):
        await pause(seconds)
        if is_closed():
            raise TransportError(_CLOSED)  # another look would open its connections again
        try:
            found = await look()
        except PASSING as error:
            if is_closed():
                raise TransportError(_CLOSED) from None
            failing_until = failing_until or loop.time() + PATIENCE
            if loop.time() > failing_until:
                raise
            log.warning("Cannot see the state, and look again: %s", error)
            wait: float = getattr(error, "retry_after", None) or 0.0
            failing_until += wait
            await asyncio.sleep(wait)
        else:
            failing_until = None
            yield found
