"""How do pages become one stream of items?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs

import attrs

from qovery_async.codec.plain import is_object
from qovery_async.vocabulary import Unset

T = TypeVar("T")

_FIRST_SIZE = 20

BESIDE = ("page", "page_size", "links", "organization_max_limit_reached")
"""The keys of an envelope that say which page it is."""


@attrs.frozen
class Page(Generic[T]):
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
    fetch: Callable[[str | Unset], Awaitable[Page[T] | list[T]]],
    start: str | Unset,
    *,
    key: str,
) -> Items[T]:
    """Items of a list whose next page starts after the last item, fetched until a page has nothing new."""

    async def pages() -> AsyncIterator[list[T]]:
        seen: set[str] = set()
        cursor = start
        while fresh := _fresh(await fetch(cursor), key, seen):
            yield fresh
            # An item that does not fit its model may have no key.
            keys = [k for k in (getattr(item, key, None) for item in fresh) if isinstance(k, str)]
            if not keys:
                return
            cursor = keys[-1]

    return Items(pages)


def next_token(fetch: Callable[[str | Unset], Awaitable[Page[T]]], start: str | Unset) -> Items[T]:
    """Items of a list whose pages name the next one, fetched until a page names none."""

    async def pages() -> AsyncIterator[list[T]]:
        seen: set[str | Unset] = {start}
        page = await fetch(start)
        yield page.items
        # A repeated token would start an endless loop.
        while page.next and page.next not in seen:
            seen.add(page.next)
            page = await fetch(page.next)
            yield page.items

    return Items(pages)


def growing(fetch: Callable[[int | Unset], Awaitable[Page[T]]], start: int | Unset, *, key: str) -> Items[T]:
    """Items of a list that only takes a size, which doubles until a response has fewer items."""

    async def pages() -> AsyncIterator[list[T]]:
        seen: set[str] = set()
        size = start if isinstance(start, int) else _FIRST_SIZE
        while True:
            page = await fetch(size)
            fresh = _fresh(page, key, seen)
            if fresh:
                yield fresh
            if len(page.items) < size or not fresh:
                return
            size *= 2

    return Items(pages)


def _fresh(page: Page[T] | list[T], key: str, seen: set[str]) -> list[T]:
    """The items not seen before. Pages overlap when new items push others onto the next page."""
    fresh: list[T] = []
    for item in page.items if isinstance(page, Page) else page:
        mark = repr(getattr(item, key, item))
        if mark not in seen:
            seen.add(mark)
            fresh.append(item)
    return fresh
