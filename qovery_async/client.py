"""The asynchronous client."""

from __future__ import annotations

import functools
import os
import re
import ssl as ssl_module
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Self, TypeVar, cast

import attrs

from qovery_async import config
from qovery_async.codec.reader import Codec
from qovery_async.errors import ConfigurationError
from qovery_async.pacing.limiter import LocalRateLimiter, RateLimiter
from qovery_async.pacing.pace import Mode, Pace
from qovery_async.resources import Namespaces
from qovery_async.runtime.organization import DefaultOrganization
from qovery_async.runtime.warm_up import warm_up
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.credentials import Credentials, TokenSource, hidden, read_token, token_in
from qovery_async.transport.events import Hooks, RequestHook, ResponseHook, RetryHook
from qovery_async.transport.exchange import Exchange, last_response
from qovery_async.transport.http import HttpTransport
from qovery_async.transport.options import Options, Timeout
from qovery_async.transport.request import Call
from qovery_async.transport.response import RawResponse, Response, WithResponse, with_response
from qovery_async.transport.retry import RetryPolicy
from qovery_async.vocabulary import UNSET

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
    `timeout` is in seconds, for a whole call with its retries and waits, or a `Timeout` (by default
    60 for each attempt, 10 of them for connecting). `retries` is a `RetryPolicy` (3 attempts, of
    what is safe to send again) or `NO_RETRIES`. `pace="wait"` makes calls wait for their turn when
    the token's hourly requests run out, `"raise"` raises instead of sending; they are counted in
    the client, or by a `rate_limiter` that clients and processes share.

    `organization_id` defaults to `QOVERY_ORGANIZATION_ID`, then to the only organization the token
    sees. `proxy` defaults to the environment's (`trust_env=False`: none). `ssl` is a file or folder
    of authorities to trust, or a context. Plain `http://` goes to this machine only, but for
    `allow_plain_http=True`. `session` is an aiohttp session of your own, which stays open, and which
    sends a GET, PUT or DELETE once more by itself when a connection breaks. `user_agent` goes in
    front of ours. Answers above `max_response_bytes`, packed or unpacked, are refused. `strict=True`
    raises `DecodeError` where an answer does not fit, instead of repairing it with a warning.

    Hooks see each request, answer and retry without the token; they run on the event loop. Each
    request is a line at DEBUG on the logger `qovery.http`, each retry and wait one at INFO.

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
        retries: RetryPolicy | None = None,
        pace: Mode | Pace | None = None,
        rate_limiter: RateLimiter | None = None,
        headers: Mapping[str, str] | None = None,
        user_agent: str | None = None,
        proxy: str | None = None,
        trust_env: bool = True,
        ssl: ssl_module.SSLContext | str | Path | None = None,
        allow_plain_http: bool = False,
        session: aiohttp.ClientSession | None = None,
        max_response_bytes: int = config.MAX_RESPONSE_BYTES,
        strict: bool = False,
        on_request: RequestHook | None = None,
        on_response: ResponseHook | None = None,
        on_retry: RetryHook | None = None,
    ) -> None:
        token, proxy = hidden(token), None if proxy is None else Secret(proxy)
        headers = None if headers is None else config.hidden_headers(headers)
        url = config.read_url("base_url", base_url, "QOVERY_API_URL", config.DEFAULT_API_URL, "http")
        self.ws_url = config.read_url("ws_url", ws_url, "QOVERY_WS_URL", config.DEFAULT_WS_URL, "ws")
        if not allow_plain_http:
            config.refuse_plain(url, self.ws_url)
        agent = config.read_headers({"User-Agent": config.user_agent(user_agent)})["User-Agent"].reveal()
        context = config.ssl_context(ssl)
        config.refuse_unverified(session, context)
        exchange = Exchange(
            base_url=url,
            credentials=Credentials(read_token(token), auth_scheme),
            http=HttpTransport(
                ssl=context,
                proxy=config.find_proxy(proxy, url, trust_env=trust_env),
                session=session,
                max_response_bytes=config.read_size(max_response_bytes),
            ),
            codec=Codec(strict=strict),
            user_agent=agent,
            options=Options(
                timeout=config.read_timeout(timeout),
                retries=config.read_retries(retries),
                pace=config.read_pace(pace, rate_limiter),
                organization_id=organization_id or os.environ.get("QOVERY_ORGANIZATION_ID") or None,
                headers=config.read_headers(headers),
            ),
            hooks=Hooks(on_request, on_response, on_retry),
            limiter=LocalRateLimiter() if rate_limiter is None else rate_limiter,
        )
        super().__init__(exchange, DefaultOrganization())

    @classmethod
    def from_env(cls, dotenv: str | Path | None = None, **arguments: Any) -> Self:
        """A client configured by the environment, and by a `.env` file where one is named.

        The environment wins over the file. Other arguments are those of the class.

        Raises:
            ConfigurationError: the file cannot be read, or no token is found.
        """
        given: Any = Secret(cast("Any", arguments))
        del arguments
        file: Any = Secret(cast("Any", config.read_dotenv(dotenv) if dotenv is not None else {}))
        # The environment wins over the file, the arguments over both.
        found: Any = Secret(cast("Any", {**file.reveal(), **os.environ}))
        names = {
            "base_url": "QOVERY_API_URL", "ws_url": "QOVERY_WS_URL", "organization_id": "QOVERY_ORGANIZATION_ID"
        }  # fmt: skip
        settings: dict[str, Any] = {
            argument: found.reveal()[name] for argument, name in names.items() if file.reveal().get(name)
        }
        if "token" in given.reveal():
            return cls(**{**settings, **given.reveal()})
        token = token_in(found.reveal())
        if not isinstance(token, Secret):
            raise ConfigurationError(token)
        return cls(token, **{**settings, **given.reveal()})

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
        await self._exchange.http.sessions.aclose()

    def with_options(
        self,
        *,
        timeout: float | Timeout | None = None,
        retries: RetryPolicy | None = None,
        pace: Mode | Pace | None = None,
        organization_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncQovery:
        """A light copy with other options; it shares the connections and everything else."""
        headers = None if headers is None else config.hidden_headers(headers)
        options = config.changed(
            self._exchange.options,
            timeout=timeout,
            retries=retries,
            pace=pace,
            organization_id=organization_id,
            headers=headers,
        )
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
