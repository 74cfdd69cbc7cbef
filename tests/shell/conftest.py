"""What tests of shells share: a shell in both faces."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest

from qovery_sync import Qovery
from tests.support.both_faces import awaited, blocking
from tests.support.pushing import IDS
from tests.support.server import Ask

Talk = Callable[..., Awaitable[Any]]
"""`await talk(server, script)`: a script of an open shell, `data = yield shell.read()`."""


def opened(client: Any) -> Any:
    return client.shell("s1", **IDS)


@pytest.fixture
def talk(ask: Ask) -> Talk:
    async def talk(
        server: Any,
        script: Callable[[Any], Generator[Any, Any, Any]],
        opening: Callable[[Any], Any] = opened,
        **options: Any,
    ) -> Any:
        async def call_async(client: Any) -> Any:
            async with opening(client) as shell:
                return await awaited(script(shell))

        def call(client: Any) -> Any:
            if not isinstance(client, Qovery):
                return call_async(client)
            with opening(client) as shell:
                return blocking(script(shell))

        settings = {**server.options, **options}
        return await ask(settings.pop("base_url"), call, **settings)

    return talk


def everything(shell: Any) -> Generator[Any, Any, bytes]:
    """All that is printed until the end."""
    printed = b""
    while data := (yield shell.read()):
        printed += data
    return printed


def until(shell: Any, end: bytes) -> Generator[Any, Any, bytes]:
    printed = b""
    while end not in printed:
        data = yield shell.read()
        assert data, printed
        printed += data
    return printed
