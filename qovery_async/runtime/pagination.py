"""How does a paged list become one sequence of items?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs

import attrs

from qovery_async.codec.plain import is_object
from qovery_async.vocabulary import Unset

T = TypeVar("T")

_FIRST_SIZE = 20


@attrs.frozen
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: The items of the page.
        page: The number of the page. None if the API does not say.
        page_size: The number of items that a full page has. None if the API does not say.
        next: The token of the next page. None if there is none, or if the API gives no tokens.
        previous: The token of the previous page, or None.
        limit_reached: True if the organization's plan hides older items. None if the API does not say.
    """

    items: list[T]
    page: int | None = None
    page_size: int | None = None
    next: str | None = None
    previous: str | None = None
    limit_reached: bool | None = None


def read_page(envelope: dict[str, Any], items: list[T]) -> Page[T]:
    """A page from the JSON object around the items of a response."""
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
    """The value if it has the type, else None: a wrong page number is no reason to fail."""
    return value if type(value) is type_ else None


def _token(link: object, name: str) -> str | None:
    """The token in a link to another page. The API gives no other form of it."""
    if not isinstance(link, str):
        return None
    # Split by hand, because `urlsplit` raises for a malformed address.
    query = link.partition("?")[2].partition("#")[0]
    return next(iter(parse_qs(query).get(name, [])), None)


class Items(Generic[T]):
    """All items of a paged list, as an async iterable.

    `async for item in items` sends a request for each page when it is needed. Each iteration starts
    from the beginning. It raises what the paged operation raises.
    """

    def __init__(self, pages: Callable[[], AsyncIterator[list[T]]]) -> None:
        self._pages = pages

    def pages(self) -> AsyncIterator[list[T]]:
        """Iterate over the pages: `async for page in items.pages()` gives the items of each as a list."""
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
    """Requests the items after the last one, until a page has no new item."""

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
    """Requests the page that the token of the last page names, until a page has no token."""

    async def pages() -> AsyncIterator[list[T]]:
        seen: set[str | Unset] = {start}
        page = await fetch(start)
        yield page.items
        # A repeated token would never end.
        while page.next and page.next not in seen:
            seen.add(page.next)
            page = await fetch(page.next)
            yield page.items

    return Items(pages)


def growing(fetch: Callable[[int | Unset], Awaitable[Page[T]]], start: int | Unset, *, key: str) -> Items[T]:
    """Requests twice as many items each time, until a page has fewer items than requested."""

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
    """The items that are new. An item created meanwhile moves others to the next page, which then repeat."""
    fresh: list[T] = []
    for item in page.items if isinstance(page, Page) else page:
        mark = repr(getattr(item, key, item))
        if mark not in seen:
            seen.add(mark)
            fresh.append(item)
    return fresh
