"""What tests of streams share: a reader in both faces."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.to_thread
import pytest

from qovery_async import AsyncQovery, RetryPolicy
from qovery_sync import Qovery
from tests.support.server import TOKEN

AT_ONCE = RetryPolicy(base=0.001, cap=0.002)
"""Reconnects without a wait that a test would notice."""

ReadStream = Callable[..., Awaitable[list[Any]]]
"""`items = await read(server, lambda client: client.streams..., 3)`: so many items, or all to the end."""


@pytest.fixture(params=["async", "sync"])
def read(request: pytest.FixtureRequest) -> ReadStream:
    async def read_async(server: Any, opened: Callable[[Any], Any], count: int | None = None, **options: Any) -> Any:
        options = {"token": TOKEN, "retries": AT_ONCE, **server.options, **options}
        found: list[Any] = []
        with anyio.fail_after(20):
            async with AsyncQovery(**options) as client, opened(client) as stream:
                async for item in stream:
                    found.append(item)
                    if len(found) == count:
                        break
        return found

    def read_blocking(server: Any, opened: Callable[[Any], Any], count: int | None, options: Any) -> Any:
        options = {"token": TOKEN, "retries": AT_ONCE, **server.options, **options}
        found: list[Any] = []
        with Qovery(**options) as client, opened(client) as stream:
            for item in stream:
                found.append(item)
                if len(found) == count:
                    break
        return found

    async def read_sync(server: Any, opened: Callable[[Any], Any], count: int | None = None, **options: Any) -> Any:
        with anyio.fail_after(20):
            return await anyio.to_thread.run_sync(read_blocking, server, opened, count, options, abandon_on_cancel=True)

    return read_async if request.param == "async" else read_sync
