"""How does a namespace send a request and read its response?"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, Unpack

from qovery_async.runtime.core import Core
from qovery_async.runtime.pagination import BESIDE, Page, read_page
from qovery_async.runtime.reading import read_items, read_result
from qovery_async.secrecy.masking import SecretText
from qovery_async.secrecy.secret import not_pickled
from qovery_async.transport.request import Call, Given

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")
R = TypeVar("R", bound="Resource")

JSON = "application/json"


class Resource:
    """A namespace: methods for the operations of one part of the API."""

    def __init__(self, core: Core) -> None:
        self._core = core

    __reduce__ = not_pickled

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _nest(self, class_: type[R], name: str) -> R:  # noqa: ARG002  # the blocking twin needs the name
        return class_(self._core)

    async def _json(self, type_: TypeForm[T], operation: str, route: str, *values: str, **given: Unpack[Given]) -> T:
        exchange = self._core.exchange
        response = await exchange.send(Call(operation, route, *values, **given), JSON)
        return await read_result(exchange.codec, response, type_)

    async def _list(
        self,
        item: TypeForm[T],
        operation: str,
        route: str,
        *values: str,
        items: str = "results",
        **given: Unpack[Given],
    ) -> list[T]:
        """The list under `items` of the response; with an empty key, the response itself is the list."""
        exchange = self._core.exchange
        response = await exchange.send(Call(operation, route, *values, **given), JSON)
        return (await read_items(exchange.codec, response, item, items))[1]

    async def _page(
        self,
        item: TypeForm[T],
        operation: str,
        route: str,
        *values: str,
        items: str = "results",
        **given: Unpack[Given],
    ) -> Page[T]:
        exchange = self._core.exchange
        response = await exchange.send(Call(operation, route, *values, **given), JSON)
        return read_page(*await read_items(exchange.codec, response, item, items, BESIDE))

    async def _only_page(
        self, item: TypeForm[T], operation: str, route: str, *values: str, **given: Unpack[Given]
    ) -> list[T]:
        """A list that says which page it is, and has no other."""
        return (await self._page(item, operation, route, *values, **given)).items

    async def _text(self, accept: str, operation: str, route: str, *values: str, **given: Unpack[Given]) -> str:
        return (await self._core.exchange.send(Call(operation, route, *values, **given), accept)).no_page().text()

    async def _secret_text(self, accept: str, operation: str, route: str, *values: str, **given: Unpack[Given]) -> str:
        """A string that messages and logs do not show, such as a kubeconfig."""
        return SecretText(await self._text(accept, operation, route, *values, **given))

    async def _bytes(self, accept: str, operation: str, route: str, *values: str, **given: Unpack[Given]) -> bytes:
        return (await self._core.exchange.send(Call(operation, route, *values, **given), accept)).no_page().body

    async def _nothing(self, operation: str, route: str, *values: str, **given: Unpack[Given]) -> None:
        """Ignores the body, but raises if it is a web page: then another server has responded."""
        (await self._core.exchange.send(Call(operation, route, *values, **given), JSON)).no_page()

    async def _organization_id(self, given: str | None) -> str:
        exchange = self._core.exchange
        if given is None:
            given = exchange.options.organization_id
        return given if given is not None else await self._core.organization.id(exchange)
