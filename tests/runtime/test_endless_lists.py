"""Does an iteration come to an end where the server has none, and does it say so without losing an item?"""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from aiohttp import web

from qovery_async import DecodeError
from tests.support.paging import body, items, iterate, keys, pager_calls
from tests.support.server import Answer, Ask, serve

pytestmark = pytest.mark.anyio

BACKUPS, EVENTS, HISTORY = "databases.backups.list", "events.list", "helms.list_deployment_history_v2"


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "qovery"]


@pytest.mark.parametrize("call", pager_calls("after_last"))
async def test_the_same_page_for_ever_ends_with_one_warning(
    call: str, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[Any] = []
    async with serve(Answer(body(call, items(call, 100), 100))) as server:
        await ask(server.url, iterate(call, found))
        assert keys(call, found) == [f"k{number}" for number in range(100)]
        assert len(server.requests) == 2
    (line,) = told(caplog)
    assert line.startswith(f"{call}: the list was read up to item 100; the next page brought no new item although")


async def test_pages_that_overlap_give_each_item_once(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    everything = items(BACKUPS, 5)
    pages = [everything[:2], everything[1:3], everything[2:4], everything[3:]]
    found: list[Any] = []
    async with serve(*(Answer(body(BACKUPS, page, 2)) for page in pages), Answer(body(BACKUPS, [], 2))) as server:
        await ask(server.url, iterate(BACKUPS, found))
        assert keys(BACKUPS, found) == ["k0", "k1", "k2", "k3", "k4"]
        assert [seen.query for seen in server.requests][1:] == [f"startId=k{number}" for number in (1, 2, 3, 4)]
    assert told(caplog) == []


async def test_items_without_a_key_are_not_taken_for_each_other(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """Also not where they are alike: a page may hold both."""
    named, *others = items(BACKUPS, 4)
    unnamed = [{key: value for key, value in item.items() if key != "id"} for item in others]
    unnamed[0]["name"] = "other"
    found: list[Any] = []
    pages = [[named, *unnamed], [*unnamed[1:], named]]
    async with serve(*(Answer({"results": page}) for page in pages)) as server:
        await ask(server.url, iterate(BACKUPS, found))
        assert [item.id for item in found] == ["k0", None, None, None]
        assert [seen.query for seen in server.requests] == ["", "startId=k0"]
    assert any("read up to item 3" in line for line in told(caplog))


async def test_a_full_page_without_any_key_ends_with_a_warning(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    unnamed = [{key: value for key, value in item.items() if key != "id"} for item in items(BACKUPS, 2)]
    found: list[Any] = []
    async with serve(Answer(body(BACKUPS, unnamed, 2))) as server:
        await ask(server.url, iterate(BACKUPS, found))
        assert (len(found), len(server.requests)) == (2, 1)
    assert any(line.startswith(f"{BACKUPS}: the list was read up to item") for line in told(caplog))


@pytest.mark.parametrize("length", [1, 2, 3])
async def test_a_token_that_comes_again_is_an_error_after_all_items(length: int, ask: Ask) -> None:
    """The pages go round in a circle of this length."""
    numbers = count()

    def answer(request: web.BaseRequest) -> web.Response:
        number = next(numbers)
        page = [{"id": f"k{number}"}]
        return Answer({"links": {"next": f"?continueToken=secret-{number % length}"}, "events": page}).response()

    found: list[Any] = []
    async with serve(answer) as server:
        with pytest.raises(DecodeError) as caught:
            await ask(server.url, iterate(EVENTS, found))
        assert keys(EVENTS, found) == [f"k{number}" for number in range(length + 1)]
        assert len(server.requests) == length + 1
    message = str(caught.value)
    assert message.startswith("events.list: the API named the same next page again, so the list has no end")
    assert "secret" not in message


@pytest.mark.parametrize("length", [1, 2])
async def test_pages_that_come_again_under_other_tokens_are_an_error(length: int, ask: Ask) -> None:
    numbers = count()

    def answer(request: web.BaseRequest) -> web.Response:
        number = next(numbers)
        page = [{"id": f"k{number % length}"}]
        return Answer({"links": {"next": f"?continueToken={number}"}, "events": page}).response()

    found: list[Any] = []
    async with serve(answer) as server:
        with pytest.raises(DecodeError, match="the API returned the same page again"):
            await ask(server.url, iterate(EVENTS, found))
        assert keys(EVENTS, found) == [f"k{number}" for number in range(length)]
        assert len(server.requests) == length + 1


async def test_empty_pages_may_come_in_between_but_not_for_ever(ask: Ask) -> None:
    numbers = count()

    def answer(request: web.BaseRequest) -> web.Response:
        number = next(numbers)
        page = [{"id": f"k{number}"}] if number in (0, 99, 100, 200) else []
        return Answer({"links": {"next": f"?continueToken={number}"}, "events": page}).response()

    found: list[Any] = []
    async with serve(answer) as server:
        with pytest.raises(DecodeError, match="returned 100 pages without items, one after the other"):
            await ask(server.url, iterate(EVENTS, found))
        assert keys(EVENTS, found) == ["k0", "k99", "k100", "k200"]
        assert len(server.requests) == 301


@pytest.mark.parametrize("call", pager_calls("growing"))
async def test_a_size_that_the_server_does_not_heed_ends_the_list(
    call: str, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    found: list[Any] = []
    async with serve(Answer(body(call, items(call, 20), 20))) as server:
        await ask(server.url, iterate(call, found))
        assert keys(call, found) == [f"x{number}" for number in range(20)]
        assert [seen.query for seen in server.requests] == ["pageSize=20", "pageSize=40"]
    assert told(caplog) == []


async def test_a_page_that_grows_by_repeating_its_items_ends_with_one_warning(
    ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    everything = items(HISTORY, 2)

    def answer(request: web.BaseRequest) -> web.Response:
        return Answer(body(HISTORY, everything * (int(request.query["pageSize"]) // 2), 20)).response()

    found: list[Any] = []
    async with serve(answer) as server:
        await ask(server.url, iterate(HISTORY, found, page_size=2))
        assert keys(HISTORY, found) == ["x0", "x1"]
        assert [seen.query for seen in server.requests] == ["pageSize=2", "pageSize=4"]
    assert [line.partition(";")[0] for line in told(caplog)] == [f"{HISTORY}: the list was read up to item 2"]
