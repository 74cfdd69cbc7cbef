"""What does a page say, and when is the next one asked for?"""

from __future__ import annotations

import pytest

from qovery_async import AsyncQovery, Page
from qovery_sync import Qovery
from tests.support.server import TOKEN, Answer, Ask, in_thread, serve

pytestmark = pytest.mark.anyio


class TestPages:
    async def test_a_page_tells_of_its_neighbours(self, ask: Ask) -> None:
        links = {
            "next": "https://api.qovery.com/organization/o1/events?pageSize=2&continueToken=a%2Fb%3D",
            "previous": "/organization/o1/events?stepBackToken=c",
        }
        answer = {"links": links, "organization_max_limit_reached": True, "events": [{"id": "e1"}, {"id": "e2"}]}
        history = {"page": 1, "page_size": 20, "results": []}
        async with serve(Answer(answer), Answer({"events": []}), Answer(history)) as server:
            page = await ask(server.url, lambda client: client.events.list(organization_id="o1"))
            assert [event.id for event in page.items] == ["e1", "e2"]
            assert (page.next, page.previous, page.limit_reached) == ("a/b=", "c", True)
            assert await ask(server.url, lambda client: client.events.list(organization_id="o1")) == Page([])
            page = await ask(server.url, lambda client: client.databases.list_deployment_history("d1"))
            assert page == Page([], page=1, page_size=20)

    async def test_a_page_is_iterable_and_sized(self, ask: Ask) -> None:
        answer = {"links": {"next": "?continueToken=t"}, "events": [{"id": "e1"}, {"id": "e2"}]}
        async with serve(Answer(answer), Answer({"events": []})) as server:
            page = await ask(server.url, lambda client: client.events.list(organization_id="o1"))
            assert [event.id for event in page] == [event.id for event in page] == ["e1", "e2"]
            assert len(page) == 2
            assert page.items[0] in page
            page = await ask(server.url, lambda client: client.events.list(organization_id="o1"))
            assert (list(page), len(page)) == ([], 0)

    async def test_an_iteration_left_early_asks_for_no_more(self) -> None:
        page = Answer({"links": {"next": "?continueToken=t"}, "events": [{"id": "e1"}, {"id": "e2"}]})
        async with serve(page) as server, AsyncQovery(TOKEN, base_url=server.url, organization_id="o1") as client:
            async for event in client.events.iterate():
                assert event.id == "e1"
                break
            async for events in client.events.iterate().pages():
                assert len(events) == 2
                break
            assert len(server.requests) == 2
            assert (await client.events.list()).items

    def test_a_blocking_iteration_left_early_asks_for_no_more(self) -> None:
        page = Answer({"links": {"next": "?continueToken=t"}, "events": [{"id": "e1"}, {"id": "e2"}]})
        with in_thread(serve(page)) as server, Qovery(TOKEN, base_url=server.url, organization_id="o1") as client:
            assert next(event.id for event in client.events.iterate()) == "e1"
            assert len(server.requests) == 1
            assert client.events.list().items
