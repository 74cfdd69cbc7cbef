"""The blocking client."""

from __future__ import annotations

import functools
import ssl as ssl_module
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from qovery_async import AsyncQovery, RawResponse, Timeout, WithResponse
from qovery_async.config import MAX_RESPONSE_BYTES, hidden_headers
from qovery_async.pacing.limiter import RateLimiter
from qovery_async.pacing.pace import Mode, Pace
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.credentials import TokenSource, hidden
from qovery_async.transport.events import RequestHook, ResponseHook, RetryHook
from qovery_async.transport.exchange import last_response
from qovery_async.transport.response import Response, with_response
from qovery_async.transport.retry import RetryPolicy
from qovery_async.vocabulary import UNSET
from qovery_sync.portal import Portal
from qovery_sync.resources import Namespaces

P = ParamSpec("P")
T = TypeVar("T")


class Qovery(Namespaces):
    """The Qovery API as blocking calls.

    Takes the arguments of `AsyncQovery`, less `session`, and runs it on an event loop in a background
    thread, which starts with the first call and ends with `close()`, with the client or with the
    program; `with` and `close()` are welcome but not needed. Threads may share a client, a forked
    child gets a loop of its own. Hooks run on the background loop, one after another.

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
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        strict: bool = False,
        on_request: RequestHook | None = None,
        on_response: ResponseHook | None = None,
        on_retry: RetryHook | None = None,
    ) -> None:
        token, proxy = hidden(token), None if proxy is None else Secret(proxy)
        headers = None if headers is None else hidden_headers(headers)
        client = AsyncQovery(
            token,
            base_url=base_url,
            ws_url=ws_url,
            auth_scheme=auth_scheme,
            organization_id=organization_id,
            timeout=timeout,
            retries=retries,
            pace=pace,
            rate_limiter=rate_limiter,
            headers=headers,
            user_agent=user_agent,
            proxy=proxy,
            trust_env=trust_env,
            ssl=ssl,
            allow_plain_http=allow_plain_http,
            max_response_bytes=max_response_bytes,
            strict=strict,
            on_request=on_request,
            on_response=on_response,
            on_retry=on_retry,
        )
        super().__init__(client, Portal(client.aclose))
        self._client = client

    @classmethod
    def from_env(cls, dotenv: str | Path | None = None, **arguments: Any) -> Self:
        """A client configured by the environment, and by a `.env` file where one is named.

        The environment wins over the file. Other arguments are those of the class.

        Raises:
            ConfigurationError: the file cannot be read, or no token is found.
        """
        given: Any = Secret(cast("Any", arguments))
        del arguments
        client = AsyncQovery.from_env(dotenv, **given.reveal())
        return cls._of(client, Portal(client.aclose))

    @classmethod
    def _of(cls, client: AsyncQovery, portal: Portal) -> Self:
        made = object.__new__(cls)
        Namespaces.__init__(made, client, portal)
        made._client = client
        return made

    @property
    def base_url(self) -> str:
        return self._client.base_url

    @property
    def ws_url(self) -> str:
        return self._client.ws_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r}, token=***)"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections and ends the background loop, also for `with_options` copies."""
        self._portal.close()

    def with_options(
        self,
        *,
        timeout: float | Timeout | None = None,
        retries: RetryPolicy | None = None,
        pace: Mode | Pace | None = None,
        organization_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Qovery:
        """A light copy with other options; it shares the connections and everything else."""
        headers = None if headers is None else hidden_headers(headers)
        client = self._client.with_options(
            timeout=timeout, retries=retries, pace=pace, organization_id=organization_id, headers=headers
        )
        return Qovery._of(client, self._portal)

    def with_response(self, method: Callable[P, T]) -> Callable[P, WithResponse[T]]:
        """The same method, but with status, headers and request id beside the result.

        `answer = client.with_response(client.projects.list)(); answer.result, answer.status`
        """

        @functools.wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> WithResponse[T]:
            responses: list[Response] = []
            reset = last_response.set(responses)
            try:
                result = method(*args, **kwargs)
            finally:
                last_response.reset(reset)
            return with_response(result, responses)

        return call

    def request(
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
        return self._call(self._client.request, method, path, params=params, json=json)

    def warm_up(self, *namespaces: str) -> None:
        """Imports and builds what the named namespaces need (`"projects"`, `"jobs.secrets"`).

        For services that mind how long their first request takes. Sends nothing.
        """
        self._call(self._client.warm_up, *namespaces)
