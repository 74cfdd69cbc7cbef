"""How do pages become a stream of items?"""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

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

    async def test_events_go_on_with_the_token_of_each_page(self, ask: Ask) -> None:
        def page(number: int, following: str | None) -> Answer:
            link = f"/organization/o1/events?continueToken={following}" if following else following
            return Answer({"links": {"next": link}, "events": [{"id": f"e{number}"}] if number != 2 else []})

        async with serve(page(1, "t2"), page(2, "t3"), page(3, "")) as server:
            events = await ask(
                server.url, lambda client: collected(client.events.iterate(organization_id="o1", page_size=1))
            )
            assert [event.id for event in events] == ["e1", "e3"]
            assert [seen.query for seen in server.requests] == [
                "pageSize=1",
                "pageSize=1&continueToken=t2",
                "pageSize=1&continueToken=t3",
            ]

    async def test_a_token_that_comes_again_does_not_go_round_for_ever(self, ask: Ask) -> None:
        same = Answer({"links": {"next": "?continueToken=same"}, "events": [{"id": "e"}]})
        async with serve(same) as server:
            await ask(server.url, lambda client: collected(client.events.iterate(organization_id="o1")))
            assert len(server.requests) == 2

    async def test_history_goes_on_behind_the_last_item(self, ask: Ask) -> None:
        everything = [{"id": f"h{number}", "created_at": "2026-01-02T03:04:05Z"} for number in range(5)]

        def answer(request: web.BaseRequest) -> web.Response:
            start = request.query.get("startId")
            first = int(start[1:]) + 1 if start else 0
            return Answer({"page": 1, "page_size": 2, "results": everything[first : first + 2]}).response()

        async with serve(answer) as server:
            found = await ask(server.url, lambda client: collected(client.databases.iterate_deployment_history("d1")))
            assert [item.id for item in found] == ["h0", "h1", "h2", "h3", "h4"]
            assert [seen.query for seen in server.requests] == ["", "startId=h1", "startId=h3", "startId=h4"]

    async def test_history_of_version_2_asks_for_ever_larger_pages(self, ask: Ask) -> None:
        everything = [history_entry(number) for number in range(7)]

        def answer(request: web.BaseRequest) -> web.Response:
            return Answer({"results": everything[: int(request.query["pageSize"])]}).response()

        async with serve(answer) as server:
            found = await ask(
                server.url,
                lambda client: collected(client.environments.iterate_deployment_history_v2("e1", page_size=2)),
            )
            assert [item.identifier.execution_id for item in found] == [f"x{number}" for number in range(7)]
            assert [seen.query for seen in server.requests] == ["pageSize=2", "pageSize=4", "pageSize=8"]

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


def collected(items: Any) -> Any:
    """All that is iterated over, in either face."""

    async def collect() -> list[Any]:
        return [item async for item in items]

    return collect() if hasattr(items, "__aiter__") else list(items)


def history_entry(number: int) -> dict[str, Any]:
    return {
        "identifier": {"execution_id": f"x{number}", "environment_id": "e1"},
        "auditing_data": {
            "created_at": "2026-01-02T03:04:05Z",
            "updated_at": "2026-01-02T03:04:05Z",
            "triggered_by": "me",
            "origin": "API",
        },
        "status": "DEPLOYED",
        "trigger_action": "DEPLOY",
        "total_duration": "PT1M",
        "stages": [],
        "action_status": "SUCCESS",
    }
