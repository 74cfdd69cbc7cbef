"""What does an async call say where no asyncio loop runs, under trio for example?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest
import trio
from anyio.from_thread import start_blocking_portal

from qovery_async import AsyncQovery, ConfigurationError, LocalRateLimiter
from qovery_sync import Qovery
from tests.support.server import LIST, TOKEN, in_thread, serve

ADVICE = r"needs a running asyncio loop.*asyncio\.run.*under trio, use qovery_sync\.Qovery in a thread"


async def token() -> str:
    return TOKEN


async def lists(client: AsyncQovery) -> object:
    return await client.projects.list()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"organization_id": "o1"},
        {"organization_id": "o1", "timeout": 5},
        {"organization_id": "o1", "token": token},
        {"organization_id": "o1", "rate_limiter": LocalRateLimiter()},
    ],
    ids=["organization", "plain", "timeout", "token function", "limiter"],
)
class TestUnderAnotherLoop:
    """The call sends nothing and hangs nowhere, and leaving the client hides nothing."""

    def test_of_trio_a_call_says_what_to_do(self, options: dict[str, Any]) -> None:
        async def main(url: str) -> None:
            with trio.fail_after(10):
                async with AsyncQovery(**{"token": TOKEN, "base_url": url, **options}) as client:
                    await lists(client)

        with in_thread(serve(LIST)) as server:
            with pytest.raises(ConfigurationError, match=ADVICE) as refused:
                trio.run(main, server.url)
            assert server.requests == []
        assert refused.value.__context__ is None

    def test_that_is_none_a_call_says_what_to_do(self, options: dict[str, Any]) -> None:
        client = AsyncQovery(**{"token": TOKEN, **options})
        with pytest.raises(ConfigurationError, match=ADVICE):
            lists(client).__await__().send(None)


def test_a_client_can_be_closed_under_trio() -> None:
    async def is_closed(client: AsyncQovery) -> None:
        with anyio.fail_after(10):
            while client._core.exchange.network.sessions.current() is not None:
                await anyio.sleep(0.01)

    with in_thread(serve(LIST)) as server, start_blocking_portal() as portal:
        client = AsyncQovery(TOKEN, base_url=server.url, organization_id="o1")
        portal.call(lists, client)
        trio.run(client.aclose)
        portal.call(is_closed, client)


@pytest.mark.parametrize("run", [trio.to_thread.run_sync, None], ids=["in a thread", "directly"])
def test_the_blocking_face_works_under_trio(run: Callable[..., Any] | None) -> None:
    async def main(url: str) -> object:
        with Qovery(TOKEN, base_url=url, organization_id="o1") as client:
            return client.projects.list() if run is None else await run(client.projects.list)

    with in_thread(serve(LIST)) as server:
        assert trio.run(main, server.url) == []
