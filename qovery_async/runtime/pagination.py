"""How do pages become a stream of items?"""

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

    `next` and `previous` are tokens for the neighbouring pages, where the API gives any;
    `limit_reached` says that older items are hidden by the organization's plan.
    """

    items: list[T]
    page: int | None = None
    page_size: int | None = None
    next: str | None = None
    previous: str | None = None
    limit_reached: bool | None = None


def read_page(envelope: dict[str, Any], items: list[T]) -> Page[T]:
    """A page of decoded items, with what its envelope says about its neighbours."""
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
    """The value where it is of the type: what an answer says besides its items is not worth failing for."""
    return value if type(value) is type_ else None


def _token(link: object, name: str) -> str | None:
    """The token inside a link to a neighbouring page, which is all the API tells of it."""
    if not isinstance(link, str):
        return None
    # Split by hand: of an address that does not fit, `urlsplit` wants to know nothing.
    query = link.partition("?")[2].partition("#")[0]
    return next(iter(parse_qs(query).get(name, [])), None)


class Items(Generic[T]):
    """Every item of a list, fetched page by page: `async for item in ...`, or `.pages()`."""

    def __init__(self, pages: Callable[[], AsyncIterator[list[T]]]) -> None:
        self._pages = pages

    def pages(self) -> AsyncIterator[list[T]]:
        """The items of one request at a time."""
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
    """Continues behind the last item until a page brings nothing new."""

    async def pages() -> AsyncIterator[list[T]]:
        seen: set[str] = set()
        cursor = start
        while fresh := _fresh(await fetch(cursor), key, seen):
            yield fresh
            # An item that the codec could not repair may have none.
            keys = [k for k in (getattr(item, key, None) for item in fresh) if isinstance(k, str)]
            if not keys:
                return
            cursor = keys[-1]

    return Items(pages)


def next_token(fetch: Callable[[str | Unset], Awaitable[Page[T]]], start: str | Unset) -> Items[T]:
    """Continues with the token that each page gives for the next, until one gives none."""

    async def pages() -> AsyncIterator[list[T]]:
        seen: set[str | Unset] = {start}
        page = await fetch(start)
        yield page.items
        # A token that comes again would go round for ever.
        while page.next and page.next not in seen:
            seen.add(page.next)
            page = await fetch(page.next)
            yield page.items

    return Items(pages)


def growing(fetch: Callable[[int | Unset], Awaitable[Page[T]]], start: int | Unset, *, key: str) -> Items[T]:
    """Asks for twice as many each time, until fewer come than were asked for."""

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
    """The items that have not been seen: new ones at the top push others onto the next page."""
    fresh: list[T] = []
    for item in page.items if isinstance(page, Page) else page:
        mark = repr(getattr(item, key, item))
        if mark not in seen:
            seen.add(mark)
            fresh.append(item)
    return fresh
