"""How does one call become one answer? The single place where an attempt is decided on and made."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import TypeVar

import attrs

from qovery_async.auth import Credentials
from qovery_async.codec import Codec
from qovery_async.config import Options
from qovery_async.transport.http import HttpTransport
from qovery_async.transport.request import Call, Request, build
from qovery_async.transport.response import Response

E = TypeVar("E")

last_response: ContextVar[list[Response] | None] = ContextVar("qovery_last_response", default=None)
"""Where `with_response` has the answer put that its call got."""


@attrs.frozen
class RequestEvent:
    """A request that is about to be sent; without its headers, so without the token."""

    operation: str
    method: str
    url: str


@attrs.frozen
class ResponseEvent:
    """An answer that has come, whatever its status; `elapsed` is in seconds."""

    operation: str
    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    elapsed: float


RequestHook = Callable[[RequestEvent], Awaitable[None] | None]
ResponseHook = Callable[[ResponseEvent], Awaitable[None] | None]


@attrs.frozen
class Exchange:
    """What the calls of a client share; `changed` makes the copies for `with_options`."""

    base_url: str
    credentials: Credentials
    http: HttpTransport
    codec: Codec
    user_agent: str
    options: Options
    on_request: RequestHook | None = None
    on_response: ResponseHook | None = None

    async def send(self, call: Call, accept: str) -> Response:
        """The answer to a call.

        Raises:
            ConfigurationError: the call cannot be sent as it is.
            TransportError: it was lost on the way.
            ApiError: the API refused it.
        """
        headers = {"User-Agent": self.user_agent, **self.options.headers}
        request = build(call, base_url=self.base_url, accept=accept, headers=headers)
        authorization = await self.credentials.header()
        response = await self._attempt(request, authorization)
        if response.status == 401 and self.credentials.can_renew:
            # Refused before anything was done, so a second time does nothing twice.
            renewed = await self.credentials.header(instead_of=authorization)
            if renewed != authorization:
                response = await self._attempt(request, renewed)
        recorder = last_response.get()
        if recorder is not None:
            recorder.append(response)
        return response.check()

    async def _attempt(self, request: Request, authorization: str) -> Response:
        if self.on_request is not None:
            await _observe(self.on_request, RequestEvent(request.operation, request.method, request.url))
        began = time.monotonic()
        response = await self.http.send(request, authorization, self.options.timeout)
        if self.on_response is not None:
            event = ResponseEvent(
                operation=request.operation,
                method=request.method,
                url=request.url,
                status=response.status,
                headers=response.headers,
                elapsed=time.monotonic() - began,
            )
            await _observe(self.on_response, event)
        return response


async def _observe(hook: Callable[[E], Awaitable[None] | None], event: E) -> None:
    done = hook(event)
    if inspect.isawaitable(done):
        await done
