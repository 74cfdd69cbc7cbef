"""The asynchronous client."""

from __future__ import annotations

import functools
import os
import re
import ssl as ssl_module
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar

import attrs

from qovery_async import config
from qovery_async.auth import Credentials, TokenSource, token_from
from qovery_async.codec import Codec
from qovery_async.config import Options, Timeout
from qovery_async.errors import ConfigurationError
from qovery_async.organization import DefaultOrganization
from qovery_async.resources import Namespaces
from qovery_async.transport.exchange import Exchange, RequestHook, ResponseHook, last_response
from qovery_async.transport.http import HttpTransport
from qovery_async.transport.request import Call
from qovery_async.transport.response import RawResponse, Response, WithResponse, with_response
from qovery_async.vocabulary import UNSET
from qovery_async.warm_up import warm_up

if TYPE_CHECKING:
    import aiohttp

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

P = ParamSpec("P")
T = TypeVar("T")


class AsyncQovery(Namespaces):
    """The Qovery API on asyncio.

    Every argument is optional. `token` is a text or a function (plain or async) that returns
    one and is asked again after a 401; without it the token comes from `QOVERY_API_TOKEN`,
    the file named by `QOVERY_API_TOKEN_FILE`, `QOVERY_CLI_ACCESS_TOKEN` or `Q_CLI_ACCESS_TOKEN`.
    A JWT is sent as `Bearer`, everything else as `Token`; `auth_scheme` overrides that.

    `base_url` and `ws_url` default to `QOVERY_API_URL` and `QOVERY_WS_URL`, then to Qovery's own.
    `timeout` is in seconds, for the whole exchange (default 60, 10 of them for connecting), or a
    `Timeout`. `organization_id` defaults to `QOVERY_ORGANIZATION_ID`, then to the only
    organization the token sees. `proxy` defaults to the environment's (`trust_env=False`: none).
    `ssl` is a context, or a file of authorities to trust. `session` is an aiohttp session of
    your own, which stays open. `user_agent` goes in front of ours. `strict=True` raises
    `DecodeError` where an answer does not fit, instead of repairing it with a warning.

    Hooks see each request and each answer without the token; they run on the event loop.

    Raises:
        ConfigurationError: there is no token, or an argument cannot be right.
    """

    def __init__(
        self,
        token: TokenSource | None = None,
        *,
        base_url: str | None = None,
        ws_url: str | None = None,
        auth_scheme: str | None = None,
        organization_id: str | None = None,
        timeout: float | Timeout | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str | None = None,
        proxy: str | None = None,
        trust_env: bool = True,
        ssl: ssl_module.SSLContext | str | Path | None = None,
        session: aiohttp.ClientSession | None = None,
        strict: bool = False,
        on_request: RequestHook | None = None,
        on_response: ResponseHook | None = None,
    ) -> None:
        url = config.read_url("base_url", base_url, "QOVERY_API_URL", config.DEFAULT_API_URL, ("https", "http"))
        self.ws_url = config.read_url("ws_url", ws_url, "QOVERY_WS_URL", config.DEFAULT_WS_URL, ("wss", "ws"))
        agent = config.read_headers({"User-Agent": config.user_agent(user_agent)})["User-Agent"]
        exchange = Exchange(
            base_url=url,
            credentials=Credentials(token, auth_scheme),
            http=HttpTransport(
                ssl=config.ssl_context(ssl),
                proxy=config.find_proxy(proxy, url, trust_env=trust_env),
                session=session,
            ),
            codec=Codec(strict=strict),
            user_agent=agent,
            options=Options(
                timeout=config.read_timeout(timeout),
                organization_id=organization_id or os.environ.get("QOVERY_ORGANIZATION_ID") or None,
                headers=config.read_headers(headers),
            ),
            on_request=on_request,
            on_response=on_response,
        )
        super().__init__(exchange, DefaultOrganization())

    @classmethod
    def from_env(cls, dotenv: str | Path | None = None, **arguments: Any) -> Self:
        """A client configured by the environment, and by a `.env` file where one is named.

        The environment wins over the file. Other arguments are those of the class.

        Raises:
            ConfigurationError: the file cannot be read, or no token is found.
        """
        found = config.read_dotenv(dotenv) if dotenv is not None else {}
        found = {name: os.environ.get(name, value) for name, value in found.items()}
        names = {
            "base_url": "QOVERY_API_URL", "ws_url": "QOVERY_WS_URL", "organization_id": "QOVERY_ORGANIZATION_ID"
        }  # fmt: skip
        given: dict[str, Any] = {argument: found[name] for argument, name in names.items() if found.get(name)}
        if "token" not in arguments:
            environ = {**found, **os.environ}
            given["token"] = token_from(environ)
        return cls(**{**given, **arguments})

    @property
    def base_url(self) -> str:
        return self._exchange.base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, token=***)"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes the connections, of this client and of its `with_options` copies."""
        await self._exchange.http.aclose()

    def with_options(
        self,
        *,
        timeout: float | Timeout | None = None,
        organization_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncQovery:
        """A light copy with other options; it shares the connections and everything else."""
        options = self._exchange.options.changed(timeout=timeout, organization_id=organization_id, headers=headers)
        copy = object.__new__(AsyncQovery)
        copy.ws_url = self.ws_url
        Namespaces.__init__(copy, attrs.evolve(self._exchange, options=options), self._organization)
        return copy

    def with_response(self, method: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[WithResponse[T]]]:
        """The same method, but with status, headers and request id beside the result.

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

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        json: object = UNSET,
    ) -> RawResponse:
        """Reaches what has no name yet: any method and path, relative to the base URL.

        `json` may hold models. Raises what every operation raises.
        """
        if not re.fullmatch(r"/[!-~]*", path) or re.search(r"[?#{}]", path):
            raise ConfigurationError(f"path must begin with /, be percent-encoded and hold no query, got {path!r}")
        if method.upper() not in _METHODS:
            raise ConfigurationError(f"method must be one of {', '.join(_METHODS)}, got {method!r}")
        call = Call("request", method.upper(), path, query=params, body=json)
        response = await self._exchange.send(call, "application/json, */*;q=0.5")
        return RawResponse(response.status, response.headers, response.data())

    async def warm_up(self, *namespaces: str) -> None:
        """Imports and builds what the named namespaces need (`"projects"`, `"jobs.secrets"`).

        For services that mind how long their first request takes. Sends nothing.
        """
        await warm_up(self, self._exchange.codec, namespaces)
