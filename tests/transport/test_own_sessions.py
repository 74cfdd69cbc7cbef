"""What does the client do with an aiohttp session that the user brings along?"""

from __future__ import annotations

import aiohttp
import pytest

from qovery_async import AsyncQovery, ConfigurationError, NotFound
from tests.support.server import LIST, TOKEN, Answer, serve

pytestmark = pytest.mark.anyio


async def list_projects(client: AsyncQovery) -> None:
    await client.projects.list(organization_id="o1")


async def test_a_session_of_ones_own_stays_open() -> None:
    async with serve(LIST) as server, aiohttp.ClientSession() as session:
        async with AsyncQovery(TOKEN, base_url=server.url, session=session) as client:
            await list_projects(client)
        assert not session.closed
        async with session.get(server.url) as answer:
            assert answer.status == 200


async def test_a_session_of_ones_own_that_is_closed_says_so() -> None:
    async with aiohttp.ClientSession() as session:
        pass
    async with AsyncQovery(TOKEN, session=session) as client:
        with pytest.raises(ConfigurationError, match="session"):
            await list_projects(client)


async def test_a_session_that_raises_for_status_does_not_hide_what_the_api_says() -> None:
    gone = Answer({"status": 404, "detail": "no such project"}, status=404)
    async with serve(gone) as server, aiohttp.ClientSession(raise_for_status=True) as session:
        client = AsyncQovery(TOKEN, base_url=server.url, session=session)
        with pytest.raises(NotFound, match="no such project"):
            await list_projects(client)
