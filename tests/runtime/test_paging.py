"""Does every operation with pages go through all of them, and end as docs/paging.md says?"""

from __future__ import annotations

import random
import weakref
from operator import attrgetter
from typing import Any

import pytest
from aiohttp import web

from qovery_async import AsyncQovery, Page
from qovery_sync import Qovery
from tests.support.answers import Answers
from tests.support.descriptions import PRECISE
from tests.support.paging import PAGERS, SINGLE, body, items, iterate, keys, pager_calls
from tests.support.samples import Sample
from tests.support.server import Answer, Ask, Handler, serve

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _clean_ends(caplog: pytest.LogCaptureFixture) -> Any:
    """The end of a list is nothing to warn of."""
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.name == "qovery"] == []


def after_last(call: str, everything: list[dict[str, Any]], size: int) -> Handler:
    """A server whose pages start after the item `startId`."""
    ids = [item[PAGERS[call].key] for item in everything]

    def answer(request: web.BaseRequest) -> web.Response:
        start = request.query.get("startId")
        first = ids.index(start) + 1 if start else 0
        return Answer(body(call, everything[first : first + size], size)).response()

    return answer


@pytest.mark.parametrize("call", pager_calls("after_last"))
@pytest.mark.parametrize("over", [-1, 0, 1], ids=["a short last page", "an empty last page", "a last page of one"])
async def test_a_list_with_a_start_ends_with_a_page_that_is_not_full(call: str, over: int, ask: Ask) -> None:
    size = PAGERS[call].page_size or 3
    everything = items(call, 2 * size + over)
    found: list[Any] = []
    async with serve(after_last(call, everything, size)) as server:
        await ask(server.url, iterate(call, found))
        assert keys(call, found) == [f"k{number}" for number in range(2 * size + over)]
        first, second = f"startId=k{size - 1}", f"startId=k{2 * size - 1}"
        assert [seen.query for seen in server.requests] == ["", first, second][: 2 if over < 0 else 3]


@pytest.mark.parametrize("call", pager_calls("after_last"))
async def test_a_list_with_a_start_may_be_empty_or_repeat_the_start(call: str, ask: Ask) -> None:
    size = PAGERS[call].page_size or 2
    everything = items(call, size + 1)
    found: list[Any] = []
    async with serve(Answer(body(call, [], size))) as server:
        await ask(server.url, iterate(call, found))
        assert (found, len(server.requests)) == ([], 1)
    pages = [everything[:size], everything[size - 1 :], everything[size:]]
    async with serve(*(Answer({PAGERS[call].items: page}) for page in pages)) as server:
        await ask(server.url, iterate(call, found))
        assert keys(call, found) == [f"k{number}" for number in range(size + 1)]


@pytest.mark.parametrize("call", pager_calls("growing"))
@pytest.mark.parametrize("count", [0, 7, 8])
async def test_a_list_with_a_size_only_is_asked_for_ever_larger_pages(call: str, count: int, ask: Ask) -> None:
    everything = items(call, count)

    def answer(request: web.BaseRequest) -> web.Response:
        return Answer(body(call, everything[: int(request.query["pageSize"])], 20)).response()

    found: list[Any] = []
    async with serve(answer) as server:
        await ask(server.url, iterate(call, found, page_size=2))
        assert keys(call, found) == [f"x{number}" for number in range(count)]
        sizes = {0: [2], 7: [2, 4, 8], 8: [2, 4, 8, 16]}[count]
        assert [seen.query for seen in server.requests] == [f"pageSize={size}" for size in sizes]


@pytest.mark.parametrize("call", pager_calls("growing"))
async def test_a_server_may_return_more_than_was_asked_for(call: str, ask: Ask) -> None:
    """It has a least size of 20, so asking for twice the own size would bring nothing new."""
    everything = items(call, 30)

    def answer(request: web.BaseRequest) -> web.Response:
        return Answer(body(call, everything[: max(20, int(request.query["pageSize"]))], 20)).response()

    found: list[Any] = []
    async with serve(answer) as server:
        await ask(server.url, iterate(call, found, page_size=5))
        assert keys(call, found) == [f"x{number}" for number in range(30)]
        assert [seen.query for seen in server.requests] == ["pageSize=5", "pageSize=40"]


@pytest.mark.parametrize("call", pager_calls("next_token"))
async def test_a_list_that_names_its_next_page_ends_where_none_is_named(call: str, ask: Ask) -> None:
    ends: list[Any] = [{"links": {"next": ""}}, {"links": {"next": None}}, {"links": {}}, {"links": None}, {}]
    for end in ends:
        everything = items(call, 3)
        pages = [
            {**body(call, everything[:1], 1), "links": {"next": "/events?continueToken=t%2F2&pageSize=1"}},
            {**body(call, [], 1), "links": {"next": "https://api.qovery.com/events?continueToken=t3"}},
            {**body(call, everything[1:], 1), **end},
        ]
        found: list[Any] = []
        async with serve(*map(Answer, pages)) as server:
            await ask(server.url, iterate(call, found, page_size=1, triggered_by="me"))
            assert keys(call, found) == ["k0", "k1", "k2"]
            assert [seen.query for seen in server.requests] == [
                "pageSize=1&triggeredBy=me",
                "pageSize=1&continueToken=t%2F2&triggeredBy=me",
                "pageSize=1&continueToken=t3&triggeredBy=me",
            ]


async def test_an_iteration_over_events_keeps_none_of_them(ask: Ask) -> None:
    """Its memory stays flat: never more than two pages are alive, however many have been read."""
    size, pages = 50, 40

    def answer(request: web.BaseRequest) -> web.Response:
        number = int(request.query.get("continueToken", 0))
        events = [{"id": f"e{number}-{place}"} for place in range(size)]
        return Answer(
            {"links": {"next": f"?continueToken={number + 1}"} if number < pages else {}, "events": events}
        ).response()

    class Counted:
        """Counts what is put in, and how much of it was alive at once."""

        def __init__(self) -> None:
            self.count = self.most = 0
            self._alive = weakref.WeakValueDictionary[int, Any]()

        def append(self, event: Any) -> None:
            self.count += 1
            self._alive[self.count] = event
            self.most = max(self.most, len(self._alive))

        def extend(self, events: Any) -> None:
            for event in events:
                self.append(event)

    found: Any = Counted()
    async with serve(answer) as server:
        await ask(server.url, iterate("events.list", found))
    assert found.count == size * (pages + 1)
    assert found.most <= 2 * size + 1


@pytest.mark.parametrize("call", SINGLE)
async def test_what_has_one_page_does_not_pretend_to_have_more(call: str, ask: Ask) -> None:
    operation = PRECISE.calls[call]
    sample = Sample()
    given = sample.path_values(operation) | {p.name: value for p, value in sample.query(operation).items()}
    for seed in range(3):
        made = Answers(PRECISE, random.Random(seed)).to(operation)
        async with serve(Answer(made)) as server:
            result = await ask(server.url, lambda client: attrgetter(call)(client)(**given))
            assert not isinstance(result, Page)
            assert len(server.requests) == 1
    for client in (AsyncQovery("x"), Qovery("x")):
        namespace, _, name = call.rpartition(".")
        assert not hasattr(attrgetter(namespace)(client), f"iterate{name.removeprefix('list')}")


async def test_logs_and_metrics_come_as_the_string_that_the_cluster_gave(ask: Ask) -> None:
    loki = '{"status": "success", "data": {"result": [{"values": [["1767322445000000000", "ready"]]}]}}'
    async with serve(Answer({"response": loki}), Answer({"metrics": "[1, 2]"})) as server:
        logs = await ask(
            server.url,
            lambda client: client.clusters.query_logs("c1", endpoint="query_range", query="{}", start="1", end="2"),
        )
        assert logs.response == loki
        metrics = await ask(
            server.url, lambda client: client.clusters.query_metrics("c1", endpoint="query", query="up")
        )
        assert metrics.metrics == "[1, 2]"
        assert [seen.query for seen in server.requests] == [
            "endpoint=query_range&query=%7B%7D&start=1&end=2",
            "endpoint=query&query=up",
        ]
