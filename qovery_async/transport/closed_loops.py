"""How is a session closed whose loop was closed before it?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp


def close_without_loop(session: aiohttp.ClientSession, loop: asyncio.AbstractEventLoop) -> None:
    """Closes a session and its idle connections; aiohttp leaves those of a closed loop open."""
    connector: Any = session.connector
    idle = [protocol for pool in connector._conns.values() for protocol, _ in pool]  # noqa: SLF001  # no public way
    # A transport closes its socket in a callback of its loop. A closed loop takes none, so each is called at once.
    loop.call_soon = _call  # type: ignore[method-assign,assignment]
    try:
        for protocol in idle:
            protocol.abort()
    finally:
        del loop.call_soon
    with suppress(StopIteration):  # it has nothing left to await
        session.close().send(None)


def _call(callback: Callable[..., object], *args: object, **_: object) -> None:
    callback(*args)
