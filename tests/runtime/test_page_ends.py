"""Which page is asked for next, and when does a list end? With pages from functions instead of a server."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import attrs
import pytest

from qovery_async import UNSET, DecodeError, Page
from qovery_async.runtime.pagination import Items, after_last, growing, next_token, read_page
from qovery_async.vocabulary import Unset

pytestmark = pytest.mark.anyio


@attrs.frozen
class Item:
    id: str | None
    text: str = ""


def items(*ids: str) -> list[Item]:
    return [Item(id_) for id_ in ids]


class Asked:
    """Returns the given pages in turn, and keeps what it was asked for. The last one is returned for ever."""

    def __init__(self, *pages: Any) -> None:
        self.pages = pages
        self.of: list[Any] = []

    async def __call__(self, cursor: Any) -> Any:
        self.of.append(cursor)
        return self.pages[min(len(self.of), len(self.pages)) - 1]


async def ids(listed: Items[Item]) -> list[str | None]:
    return [item.id async for item in listed]


def after(asked: Asked, start: str | Unset = UNSET, **more: Any) -> Items[Item]:
    fetch: Callable[[str | Unset], Awaitable[list[Item]]] = asked
    return after_last("x.y", fetch, start, key="id", **more)


class TestAfterTheLastItem:
    async def test_the_next_page_starts_after_the_last_new_item(self) -> None:
        asked = Asked(Page(items("a", "b"), page_size=2), Page(items("c", "b"), page_size=2), Page([], page_size=2))
        assert await ids(after(asked)) == ["a", "b", "c"]
        assert asked.of == [UNSET, "b", "c"]

    async def test_a_page_shorter_than_its_size_is_the_last(self) -> None:
        for page in (Page(items("a"), page_size=2), items("a")):
            asked = Asked(page, items())
            assert await ids(after(asked, "z", page_size=2)) == ["a"]
            assert asked.of == ["z"]

    async def test_the_size_that_a_page_says_counts_more_than_the_usual_one(self) -> None:
        asked = Asked(Page(items("a"), page_size=1), Page([], page_size=1))
        assert await ids(after(asked, page_size=50)) == ["a"]
        assert asked.of == [UNSET, "a"]

    async def test_without_a_size_an_empty_page_is_the_last(self) -> None:
        asked = Asked(items("a"), items("b"), items())
        assert await ids(after(asked)) == ["a", "b"]
        assert asked.of == [UNSET, "a", "b"]

    async def test_a_size_of_nothing_is_none(self) -> None:
        asked = Asked(Page(items("a"), page_size=0), Page([], page_size=0))
        assert await ids(after(asked, page_size=0)) == ["a"]
        assert len(asked.of) == 2

    async def test_a_full_page_without_a_new_item_ends_it_with_a_warning(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        asked = Asked(items("a", "b"), items("b", "a"))
        assert await ids(after(asked)) == ["a", "b"]
        (record,) = caplog.records
        assert record.getMessage() == (
            "x.y: the list was read up to item 2; the next page brought no new item although it was full, so there "
            "may be more that the API does not return"
        )
        assert (record.name, record.levelno) == ("qovery", logging.WARNING)

    async def test_a_page_that_begins_where_it_was_asked_to_is_no_loss(self, caplog: pytest.LogCaptureFixture) -> None:
        asked = Asked(items("a"), items("a"))
        assert await ids(after(asked)) == ["a"]
        assert caplog.records == []

    async def test_items_without_a_key_are_told_apart_by_what_they_hold(self, caplog: pytest.LogCaptureFixture) -> None:
        nameless = [Item(None, "one"), Item(None, "two")]
        assert [item.text async for item in after(Asked(nameless, nameless))] == ["one", "two"]
        assert len(caplog.records) == 1

    async def test_an_item_that_changed_in_between_is_no_new_one(self) -> None:
        asked = Asked([Item("a", "queued"), Item("b")], [Item("a", "done"), Item("c")], items())
        assert [item.text async for item in after(asked)] == ["queued", "", ""]

    async def test_items_that_are_no_models_have_no_key(self, caplog: pytest.LogCaptureFixture) -> None:
        asked = Asked(["odd", Item("a")], ["even"])
        assert [item async for item in after(asked)] == ["odd", Item("a"), "even"]
        assert asked.of == [UNSET, "a"]
        assert len(caplog.records) == 1

    async def test_the_last_item_that_has_a_key_is_the_next_start(self) -> None:
        asked = Asked([Item("a"), Item(None, "odd")], items())
        assert [item.text async for item in after(asked)] == ["", "odd"]
        assert asked.of == [UNSET, "a"]

    async def test_pages_can_be_had_as_such(self) -> None:
        listed = after(Asked(items("a", "b"), items("b", "c"), items()))
        assert [[item.id for item in page] async for page in listed.pages()] == [["a", "b"], ["c"]]


class TestGrowing:
    async def test_the_size_doubles_until_fewer_come(self) -> None:
        names = [str(number) for number in range(50)]
        asked = Asked(*(Page(items(*names[:size])) for size in (20, 40, 50)))
        assert await ids(growing("x.y", asked, UNSET, key="id")) == names
        assert asked.of == [20, 40, 80]

    async def test_the_first_size_can_be_given(self) -> None:
        asked = Asked(Page(items("a", "b")), Page(items("a", "b", "c")))
        assert await ids(growing("x.y", asked, 2, key="id")) == ["a", "b", "c"]
        assert asked.of == [2, 4]

    async def test_more_than_was_asked_for_makes_the_next_one_larger(self) -> None:
        asked = Asked(Page(items("a", "b", "c")), Page(items("a", "b", "c", "d")))
        await ids(growing("x.y", asked, 1, key="id"))
        assert asked.of == [1, 6]

    async def test_a_full_response_without_a_new_item_ends_it(self, caplog: pytest.LogCaptureFixture) -> None:
        asked = Asked(Page(items("a")), Page(items(*"aa")))
        assert await ids(growing("x.y", asked, 1, key="id")) == ["a"]
        assert len(caplog.records) == 1
        assert "x.y: the list was read up to item 1;" in caplog.text

    async def test_a_size_of_nothing_ends_with_nothing(self) -> None:
        asked = Asked(Page([]))
        assert await ids(growing("x.y", asked, 0, key="id")) == []
        assert asked.of == [0]


class TestTokens:
    async def test_each_page_names_the_next(self) -> None:
        asked = Asked(Page(items("a"), next="2"), Page([], next="3"), Page(items("b")))
        assert await ids(next_token("x.y", asked, "1", key="id")) == ["a", "b"]
        assert asked.of == ["1", "2", "3"]

    @pytest.mark.parametrize("start", [UNSET, "1"])
    async def test_a_page_that_came_before_is_an_error(self, start: str | Unset) -> None:
        asked = Asked(Page(items("a"), next="2"), Page(items("a"), next="3"))
        with pytest.raises(DecodeError, match=r"^x\.y: the API returned the same page again, so the list has no end"):
            await ids(next_token("x.y", asked, start, key="id"))

    @pytest.mark.parametrize(("start", "next_"), [("1", "1"), (UNSET, "2")])
    async def test_a_token_that_came_before_is_an_error(self, start: str | Unset, next_: str) -> None:
        asked = Asked(Page(items("a"), next=next_), Page(items("b"), next=next_))
        with pytest.raises(DecodeError, match=r"x\.y: the API named the same next page again, so"):
            await ids(next_token("x.y", asked, start, key="id"))

    async def test_a_hundred_empty_pages_in_a_row_are_an_error(self) -> None:
        pages = [Page(items(), next=str(number)) for number in range(99)]
        enough = Asked(*pages, Page(items("a"), next="x"), *[Page(items(), next=f"y{n}") for n in range(99)], Page([]))
        assert await ids(next_token("x.y", enough, UNSET, key="id")) == ["a"]
        with pytest.raises(DecodeError) as caught:
            await ids(next_token("x.y", Asked(*pages, Page([], next="x"), Page([])), UNSET, key="id"))
        assert str(caught.value) == (
            "x.y: the API returned 100 pages without items, one after the other, so the list has no end that can be "
            "read. The items so far are right but may not be all; ask for fewer, such as those of a shorter time"
        )


class TestWhatAPageSays:
    def test_is_read_from_its_envelope(self) -> None:
        links = {"next": "/x?a=1&continueToken=c%2F1#end", "previous": "/x?stepBackToken=b"}
        value = {"page": 2, "page_size": 50, "links": links, "organization_max_limit_reached": True}
        assert read_page(value, [1]) == Page([1], 2, 50, "c/1", "b", limit_reached=True)

    @pytest.mark.parametrize("value", [None, [], "x", {}, {"links": None}, {"links": []}, {"links": {}}])
    def test_is_nothing_where_it_says_nothing(self, value: object) -> None:
        assert read_page(value, []) == Page([])

    def test_of_the_wrong_type_is_left_out(self) -> None:
        value = {"page": "2", "page_size": True, "links": {"next": 5, "previous": "?stepBackToken"}}
        assert read_page(value | {"organization_max_limit_reached": 1}, []) == Page([])

    @pytest.mark.parametrize("link", ["", "/x", "/x#continueToken=a", "?other=a", "http://[?x=1", "/x?continueToken="])
    def test_has_no_token_where_the_link_has_none(self, link: str) -> None:
        assert read_page({"links": {"next": link}}, []).next is None

    def test_has_the_first_token_of_several(self) -> None:
        assert read_page({"links": {"next": "//?continueToken=a?b&continueToken=c"}}, []).next == "a?b"

    def test_is_sized_and_false_without_items(self) -> None:
        assert len(Page([1, 2])) == 2
        assert [*Page([1, 2])] == [1, 2]
        assert not Page(list[int](), next="more")

    def test_is_shown_as_a_table_of_its_items(self) -> None:
        shown: Any = Page(items("a"))
        assert "<td>a</td>" in shown._repr_html_()
