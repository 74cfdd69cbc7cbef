"""The asynchronous client."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar, Unpack

from qovery_async.config.arguments import mask, mask_token, refuse_unknown, spelled_out
from qovery_async.config.connect import changed, connect
from qovery_async.config.environment import with_file
from qovery_async.config.settings import AsyncClientSettings, CallOptions, TokenSource
from qovery_async.namespaces import Namespaces
from qovery_async.runtime.core import Core
from qovery_async.transport.exchange import last_response
from qovery_async.transport.response import Response, WithResponse, with_response

P = ParamSpec("P")
T = TypeVar("T")


class AsyncQovery(Namespaces):
    """The Qovery API on asyncio.

    Every argument is optional. Hooks see each attempt without the token; they run on the event loop. Each request is a
    line at DEBUG on the logger `qovery.http`, each retry and each wait one at INFO.

    Args:
        token: A string, or a function (plain or async) that returns one and is called again after a 401. Default:
            `QOVERY_API_TOKEN`, the content of the file that `QOVERY_API_TOKEN_FILE` names, `QOVERY_CLI_ACCESS_TOKEN`
            or `Q_CLI_ACCESS_TOKEN`.
        timeout: Seconds for a whole call with its retries, waits and decoding, or a `Timeout`. Default: 60 s for each attempt,
            10 of them to connect, no limit for the whole; `NO_TIMEOUT` for none at all.
        retries: A `RetryPolicy`, or `NO_RETRIES`. Default: 3 attempts of what is safe to repeat.
        pace: What happens when the token's hourly requests run out: `"wait"` waits for the next turn, `"raise"` raises
            `RateBudgetExhausted`, a `Pace` also limits the wait. Default: neither; `"wait"` with a `rate_limiter`.
        organization_id: The organization that a call without one means. Default: `QOVERY_ORGANIZATION_ID`, else the
            only one that the token sees.
        headers: Headers for every request, treated as secrets. Default: none.
        base_url: The address of the API. Default: `QOVERY_API_URL`, else `https://api.qovery.com`.
        ws_url: The address of the WebSockets. Default: `QOVERY_WS_URL`, else `wss://ws.qovery.com`.
        auth_scheme: `"Token"` or `"Bearer"`. Default: `Bearer` for a JWT, `Token` for anything else.
        rate_limiter: Counts the token's requests; clients and processes may share one. Default: one for this client.
        user_agent: Stands before the SDK's own `User-Agent`. Default: nothing.
        proxy: An `http://` or `https://` address. Default: the proxy of the environment, none for this machine.
        trust_env: Whether the environment may name a proxy. Default: True.
        ssl: A file or folder of authorities to trust, or an `SSLContext`. Default: the system's authorities.
        allow_plain_http: Whether the token may be sent unencrypted to another machine or a proxy. Default: False.
        max_response_bytes: The largest response that is read, in bytes, as sent and as unpacked. Default: 64 MiB.
            The values of its JSON may take as much memory again, and 64 MiB in any case.
        strict: Whether a response that does not fit raises `DecodeError`; otherwise it is repaired with a warning.
            Default: False.
        on_request: A function (plain or async) that is called before each attempt with a `RequestEvent`.
        on_response: The same after each response, with a `ResponseEvent`.
        on_retry: The same before the wait for each retry, with a `RetryEvent`.
        session: An aiohttp session to send with, which stays open and belongs to one event loop; aiohttp repeats a
            GET, PUT or DELETE by itself when its connection breaks. Default: a session of the client's own.

    Raises:
        ConfigurationError: there is no token, or an argument cannot be right.
    """

    @spelled_out(AsyncClientSettings)
    def __init__(self, token: TokenSource | None = None, **settings: Unpack[AsyncClientSettings]) -> None:
        token, settings = mask_token(token), mask(settings)
        refuse_unknown(type(self).__name__, settings, AsyncClientSettings)
        super().__init__(Core(connect(token, settings)))

    @classmethod
    @spelled_out(AsyncClientSettings)
    def from_env(
        cls,
        dotenv: str | Path | None = None,
        *,
        token: TokenSource | None = None,
        **settings: Unpack[AsyncClientSettings],
    ) -> Self:
        """A client configured by the environment, and by a `.env` file where one is named.

        The environment wins over the file, and an argument over both. The file is read as python-dotenv does. Other
        arguments are those of the class.

        Raises:
            ConfigurationError: the file cannot be read, or no token is found.
        """
        token, settings = mask_token(token), mask(settings)
        if dotenv is not None:
            token, settings = with_file(dotenv, token, settings)
        return cls(token, **settings)

    def __repr__(self) -> str:
        made = hasattr(self, "_core")  # not in the frames of a constructor that fails
        return f"{type(self).__name__}({f'base_url={self.base_url!r}, ' if made else ''}token=***)"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections, of this client and of its `with_options` copies."""
        await self._core.exchange.network.sessions.aclose()

    @spelled_out(CallOptions)
    def with_options(self, **options: Unpack[CallOptions]) -> AsyncQovery:
        """A light copy with other options; it shares the connections and everything else.

        The options are described at the class. One that is None changes nothing; `headers` are added.

        Raises:
            ConfigurationError: an option cannot be right.
        """
        options = mask(options)
        refuse_unknown(f"{type(self).__name__}.with_options", options, CallOptions)
        copy = object.__new__(AsyncQovery)
        Namespaces.__init__(copy, self._core.with_options(changed(self._core.exchange.options, options)))
        return copy

    def with_response(self, method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[WithResponse[T]]]:
        """The same method, but with status, headers, request id and body beside the result.

        `answer = await client.with_response(client.projects.list)(); answer.result, answer.status`
        """

        @functools.wraps(method)
        async def call(*args: P.args, **kwargs: P.kwargs) -> WithResponse[T]:
            responses: list[Response] = []
            reset = last_response.set(responses)
            try:
                result = await method(*args, **kwargs)
            finally:
                last_response.reset(reset)
            return with_response(result, responses)

        return call
