"""What tests of forwarded ports share: an open port in both faces."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from typing import Any

import anyio
import anyio.to_thread
import pytest

from qovery_async import AsyncQovery, RetryPolicy
from qovery_async.port_forward.address import ForwardedPort
from qovery_sync import Qovery
from tests.support.forwarding import WHERE
from tests.support.server import TOKEN

AT_ONCE = RetryPolicy(base=0.001, cap=0.002)

OpenPort = Callable[..., AbstractAsyncContextManager[ForwardedPort]]
"""`async with port(server, host="::1", timeout=...) as address:` leads to port 5432 of service s1."""


@pytest.fixture(params=["async", "sync"])
def port(request: pytest.FixtureRequest) -> OpenPort:
    def opened(client: Any, more: dict[str, Any]) -> Any:
        return client.port_forward("s1", 5432, **WHERE, **more)

    @asynccontextmanager
    async def in_async(
        server: Any, *, given: dict[str, Any] | None = None, **options: Any
    ) -> AsyncGenerator[ForwardedPort]:
        options = {"token": TOKEN, "retries": AT_ONCE, **server.options, **options}
        with anyio.fail_after(30):
            async with AsyncQovery(**options) as client, opened(client, given or {}) as address:
                yield address

    @asynccontextmanager
    async def in_sync(
        server: Any, *, given: dict[str, Any] | None = None, **options: Any
    ) -> AsyncGenerator[ForwardedPort]:
        options = {"token": TOKEN, "retries": AT_ONCE, **server.options, **options}

        def enter() -> ForwardedPort:
            address: ForwardedPort = stack.enter_context(
                opened(stack.enter_context(Qovery(**options)), given or {}),
            )
            return address

        stack = ExitStack()
        with anyio.fail_after(30):
            try:
                yield await anyio.to_thread.run_sync(enter)
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(stack.__exit__, *sys.exc_info())

    return in_async if request.param == "async" else in_sync
