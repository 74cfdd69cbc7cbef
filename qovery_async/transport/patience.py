"""How long may a call wait for a function of the user's: the token's, a hook, a rate limiter?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from qovery_async.errors import RequestTimeout
from qovery_async.transport.options import Timeout

T = TypeVar("T")


async def patiently(function: str, awaited: Awaitable[T], limit: Timeout) -> T:
    """What `awaited` results in; `function` is what messages call it, after the request.

    Raises:
        RequestTimeout: it takes longer than one attempt may.
    """
    within = asyncio.timeout(limit.attempt)
    try:
        async with within:
            return await awaited
    except TimeoutError:
        if not within.expired():
            raise  # the function's own
    raise RequestTimeout(f"{function} did not return within {limit.attempt} s (Timeout.attempt)")
