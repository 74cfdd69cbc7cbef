"""What do all namespaces have in common? How they call, and how they read what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from qovery_async.codec.plain import is_object, kind
from qovery_async.errors import DecodeError
from qovery_async.runtime.organization import DefaultOrganization
from qovery_async.runtime.pagination import Page, read_page
from qovery_async.secrecy.masking import SecretText
from qovery_async.secrecy.secret import not_pickled
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.request import Call
from qovery_async.transport.response import Response

if TYPE_CHECKING:
    from typing_extensions import TypeForm

T = TypeVar("T")
R = TypeVar("R", bound="Resource")

JSON = "application/json"


class Resource:
    """A namespace of operations."""

    def __init__(self, exchange: Exchange, organization: DefaultOrganization) -> None:
        self._exchange = exchange
        self._organization = organization

    __reduce__ = not_pickled

    def _nest(self, class_: type[R], name: str) -> R:  # noqa: ARG002  # the blocking twin needs the name
        return class_(self._exchange, self._organization)

    async def _json(self, call: Call, type_: TypeForm[T]) -> T:
        response = await self._exchange.send(call, JSON)
        if not response.body and _allows_none(type_):
            return None  # type: ignore[return-value]  # which is what the type allows
        decode, hide = self._exchange.codec.decode, response.authorization.hidden_in
        try:
            return decode(response.json(), type_, operation=call.operation, source=response.request, hide=hide)
        except DecodeError as error:
            failure = response.undecodable(error)
        raise failure

    async def _list(self, call: Call, item: TypeForm[T]) -> list[T]:
        return (await self._envelope(call, item, "results"))[1]

    async def _page(self, call: Call, item: TypeForm[T], *, items: str = "results") -> Page[T]:
        envelope, found = await self._envelope(call, item, items)
        return read_page(envelope, found)

    async def _envelope(self, call: Call, item: TypeForm[T], key: str) -> tuple[dict[str, Any], list[T]]:
        response = await self._exchange.send(call, JSON)
        if not response.body:
            return {}, []
        try:
            return self._read_envelope(response, call.operation, item, key)
        except DecodeError as error:
            failure = response.undecodable(error)
        raise failure

    def _read_envelope(
        self, response: Response, operation: str, item: TypeForm[T], key: str
    ) -> tuple[dict[str, Any], list[T]]:
        envelope = response.json()
        if not is_object(envelope):
            raise DecodeError(f"{response.request}: expected an object with {key!r}, got {kind(envelope)}")
        decode, hide = self._exchange.codec.decode_items, response.authorization.hidden_in
        return envelope, decode(envelope, key, item, operation=operation, source=response.request, hide=hide)

    async def _text(self, call: Call, *, accept: str) -> str:
        return (await self._exchange.send(call, accept)).no_page().text()

    async def _secret_text(self, call: Call, *, accept: str) -> str:
        """Text that must not be shown by accident: a kubeconfig, say."""
        return SecretText(await self._text(call, accept=accept))

    async def _bytes(self, call: Call, *, accept: str) -> bytes:
        return (await self._exchange.send(call, accept)).no_page().body

    async def _nothing(self, call: Call) -> None:
        """No answer is promised; one that comes all the same is left alone, but for a web page."""
        (await self._exchange.send(call, JSON)).no_page()

    async def _organization_id(self, given: str | None) -> str:
        return given if given is not None else await self._organization.id(self._exchange)


def _allows_none(type_: object) -> bool:
    return type(None) in getattr(type_, "__args__", ())
