"""How is a response decoded without holding up the loop, and within the timeout of its call?"""

from __future__ import annotations

import asyncio
import time
from typing import TypeVar

from qovery_async.codec.collector import pause, resume
from qovery_async.codec.reader import Steps
from qovery_async.errors import RequestTimeout
from qovery_async.transport.response import Response

T = TypeVar("T")

_TURN = 0.01
"""Seconds after which the loop turns."""


async def in_turns(steps: Steps[T], response: Response) -> T:
    """The result of the last step. Every few milliseconds the loop turns.

    Raises:
        RequestTimeout: the timeout of the call is over.
    """
    turned = time.monotonic()
    pause()
    try:
        while True:
            try:
                next(steps)
            except StopIteration as done:
                result: T = done.value
                return result
            now = time.monotonic()
            if now > response.ends:
                break
            if now - turned > _TURN:
                resume()
                await asyncio.sleep(0)
                pause()
                turned = time.monotonic()
    finally:
        resume()
    raise _late(response)


def _late(response: Response) -> RequestTimeout:
    request = response.request
    error = RequestTimeout(
        f"{request}: the response came, but was not decoded within the timeout of the call{request.doubt}"
    )
    error.attempts = response.attempts
    return error
