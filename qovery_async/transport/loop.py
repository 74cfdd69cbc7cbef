"""Is there a loop for a call to run on?"""

from __future__ import annotations

import asyncio

from qovery_async.errors import ConfigurationError


def running_loop() -> asyncio.AbstractEventLoop:
    """The running loop.

    Raises:
        ConfigurationError: none of asyncio runs here, but perhaps one of trio.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        pass
    raise ConfigurationError(
        "AsyncQovery needs a running asyncio loop, and none runs here: start one with asyncio.run(...) or "
        "anyio.run(...); under trio, use qovery_sync.Qovery in a thread (trio.to_thread.run_sync)"
    )
