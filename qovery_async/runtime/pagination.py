"""How do pages become one stream of items?"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib import import_module
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs

from qovery_async.codec.plain import is_object
from qovery_async.errors import DecodeError
from qovery_async.vocabulary import Unset
from qovery_async.vocabulary.displayed import Displayed
from qovery_async.vocabulary.values import frozen

T = TypeVar("T")

_FIRST_SIZE = 20
_MOST_EMPTY = 100
"""Pages without items that may follow each other: a tenth of what a token may ask for in an hour."""

_logger = logging.getLogger("qovery")

BESIDE = ("page", "page_size", "links", "organization_max_limit_reached")
"""The keys of an envelope that say which page it is."""


@frozen
class Page(Displayed, Generic[T]):
    """One page of a list: `for item in page`, `len(page)`. An attribute is None if the response does not have it.

    A page without items is false, and may have a `next` one all the same. `page.items` is the list to index:
    `page[0]` would look like the first item of all pages.
    """

    items: list[T]
    page: int | None = None
    """The number of this page, as the API counts it."""
    page_size: int | None = None
    """The size of this page in items, as the API gives it."""
    next: str | None = None
    """The token of the next page, for the `continue_token` of another call."""
    previous: str | None = None
    """The token of the previous page, for the `step_back_token` of another call."""
    limit_reached: bool | None = None
    """Whether the organization's plan hides older items."""

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def _table(self) -> Any:
        return import_module("qovery_async.tables").table(self.items)


def read_page(value: Any, items: list[T]) -> Page[T]:
    """The page of decoded `items` that came in the JSON `value`."""
    envelope = value if is_object(value) else {}
    links = envelope.get("links")
    links = links if is_object(links) else {}
    return Page(
        items,
        page=_if(int, envelope.get("page")),
        page_size=_if(int, envelope.get("page_size")),
        next=_token(links.get("next"), "continueToken"),
        previous=_token(links.get("previous"), "stepBackToken"),
        limit_reached=_if(bool, envelope.get("organization_max_limit_reached")),
    )


def _if(type_: type[T], value: object) -> T | None:
    """The value if it has the type, otherwise None: wrong details of a page must not make its items fail."""
    return value if type(value) is type_ else None


def _token(link: object, name: str) -> str | None:
    """The token in the query of a link to another page; the API gives it nowhere else."""
    if not isinstance(link, str):
        return None
    # Not `urlsplit`, which raises for a malformed URL.
    query = link.partition("?")[2].partition("#")[0]
    return next(iter(parse_qs(query).get(name, [])), None)


class Items(Generic[T]):
    """Every item of a list, fetched page by page while you iterate: `async for item in client...`.

    Each iteration sends its requests anew and raises their errors.
    """

    def __init__(self, pages: Callable[[], AsyncIterator[list[T]]]) -> None:
        self._pages = pages

    def pages(self) -> AsyncIterator[list[T]]:
        """Iterates over the pages: one list of new items for each request."""
        return self._pages()

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self._pages():
            for item in page:
                yield item


def after_last(
    operation: str,
    fetch: Callable[[str | Unset], Awaitable[Page[T] | list[T]]],
    start: str | Unset,
    *,
    key: str,
    page_size: int | None = None,
) -> Items[T]:
    """Items of a list whose next page starts after the last item.

    Ends with a page that is empty, shorter than its size, or without a new item. `page_size` is the size where
    the page does not say it.
    """

    async def pages() -> AsyncIterator[list[T]]:
        seen: set[str] = set()
        cursor = start
        while True:
            page = await fetch(cursor)
            fresh = _fresh(page, key, seen)
            if fresh:
                yield fresh
            if len(page) < max(1, _size(page) or page_size or 1):
                return
            # An item that does not fit its model may have no key.
            keys = [k for k in (getattr(item, key, None) for item in fresh) if isinstance(k, str)]
            if not keys:
                # A page may begin with the item that it was asked to start after.
                if any(getattr(item, key, None) != cursor for item in page):
                    _cut_short(operation, len(seen))
                return
            cursor = keys[-1]

    return Items(pages)


def growing(
    operation: str, fetch: Callable[[int | Unset], Awaitable[Page[T]]], start: int | Unset, *, key: str
) -> Items[T]:
    """Items of a list that only takes a size, which doubles until a response has fewer items."""

    async def pages() -> AsyncIterator[list[T]]:
        seen: set[str] = set()
        size = start if isinstance(start, int) else _FIRST_SIZE
        while True:
            page = await fetch(size)
            fresh = _fresh(page, key, seen)
            if fresh:
                yield fresh
            if len(page) < max(1, size):
                return
            if not fresh:
                _cut_short(operation, len(seen))
                return
            # A server may return more than was asked for.
            size = 2 * max(size, len(page))

    return Items(pages)


def next_token(
    operation: str, fetch: Callable[[str | Unset], Awaitable[Page[T]]], start: str | Unset, *, key: str
) -> Items[T]:
    """Items of a list whose pages name the next one, fetched until a page names none.

    Remembers a token and a number for each page, but no items: the list may be of any length.
    """

    async def pages() -> AsyncIterator[list[T]]:
        tokens: set[str | Unset] = {start}
        contents: set[int] = set()
        empty = 0
        cursor = start
        while True:
            page = await fetch(cursor)
            if page.items:
                content = hash(tuple(_mark(item, key) for item in page))
                if content in contents:
                    raise _endless(operation, "returned the same page again")
                contents.add(content)
                yield page.items
            empty = 0 if page.items else empty + 1
            if not page.next:
                return
            if page.next in tokens:
                raise _endless(operation, "named the same next page again")
            if empty == _MOST_EMPTY:
                raise _endless(operation, f"returned {empty} pages without items, one after the other")
            cursor = page.next
            tokens.add(cursor)

    return Items(pages)


def _size(page: Page[T] | list[T]) -> int | None:
    return page.page_size if isinstance(page, Page) else None


def _fresh(page: Page[T] | list[T], key: str, seen: set[str]) -> list[T]:
    """The items of no earlier page. Pages overlap when new items push others onto the next page."""
    marked = [(_mark(item, key), item) for item in page]
    fresh = [item for mark, item in marked if mark not in seen]
    seen.update(mark for mark, _ in marked)
    return fresh


def _mark(item: object, key: str) -> str:
    """What tells an item from others: its key, or all that it holds if it has none."""
    value = getattr(item, key, None)
    return repr(item if value is None else value)


def _cut_short(operation: str, count: int) -> None:
    """Says that a list has ended in the one way that may have lost the rest of it."""
    _logger.warning(
        "%s: the list was read up to item %d; the next page brought no new item although it was full, so there "
        "may be more that the API does not return",
        operation,
        count,
    )


def _endless(operation: str, what: str) -> DecodeError:
    return DecodeError(
        f"{operation}: the API {what}, so the list has no end that can be read. The items so far are right but "
        "may not be all; ask for fewer, such as those of a shorter time"
    )
