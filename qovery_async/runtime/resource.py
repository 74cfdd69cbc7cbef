"""How does a namespace send a request and read its response?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from qovery_async.codec.plain import is_object, kind
from qovery_async.errors import DecodeError, QoveryError, RequestTimeout
from qovery_async.runtime.core import Core
from qovery_async.runtime.pagination import Page, read_page
from qovery_async.secrecy.masking import SecretText
from qovery_async.secrecy.secret import not_pickled
from qovery_async.transport.decoding import in_turns
from qovery_async.transport.request import Call, Given
from qovery_async.transport.response import Response

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
        response = await self._core.exchange.send(Call(operation, route, *values, **given), JSON)
        if not response.body and _allows_none(type_):
            return None  # type: ignore[return-value]  # the type allows None
        steps, hide = self._core.exchange.codec.steps, response.authorization.hidden_in
        try:
            coming = steps(response.json(), type_, operation=operation, source=response.request, hide=hide)
            return await in_turns(coming, response)
        except DecodeError as error:
            failure = response.undecodable(error)
        raise failure

    async def _list(
        self, item: TypeForm[T], operation: str, route: str, *values: str, **given: Unpack[Given]
    ) -> list[T]:
        return (await self._envelope(item, "results", Call(operation, route, *values, **given)))[1]

    async def _page(
        self,
        item: TypeForm[T],
        operation: str,
        route: str,
        *values: str,
        items: str = "results",
        **given: Unpack[Given],
    ) -> Page[T]:
        envelope, found = await self._envelope(item, items, Call(operation, route, *values, **given))
        return read_page(envelope, found)

    async def _envelope(self, item: TypeForm[T], key: str, call: Call) -> tuple[dict[str, Any], list[T]]:
        response = await self._core.exchange.send(call, JSON)
        if not response.body:
            return {}, []
        try:
            return await self._read_envelope(response, call.operation, item, key)
        except DecodeError as error:
            failure: QoveryError = response.undecodable(error)
        except RequestTimeout as error:
            failure = error.with_traceback(None)  # its frames hold the whole body
        raise failure

    async def _read_envelope(
        self, response: Response, operation: str, item: TypeForm[T], key: str
    ) -> tuple[dict[str, Any], list[T]]:
        envelope = response.json()
        if not is_object(envelope):
            raise DecodeError(f"{response.request}: expected an object with {key!r}, got {kind(envelope)}")
        steps, hide = self._core.exchange.codec.steps_of_items, response.authorization.hidden_in
        return envelope, await in_turns(
            steps(envelope, key, item, operation=operation, source=response.request, hide=hide), response
        )

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
        return given if given is not None else await self._core.organization.id(self._core.exchange)


def _allows_none(type_: object) -> bool:
    return type(None) in getattr(type_, "__args__", ())
