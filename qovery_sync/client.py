"""The blocking client."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar, Unpack

from qovery_async import AsyncQovery, WithResponse
from qovery_async.config.arguments import mask, mask_token, refuse_unknown, spelled_out
from qovery_async.config.environment import with_file
from qovery_async.config.settings import CallOptions, ClientSettings, TokenSource
from qovery_async.transport.exchange import last_response
from qovery_async.transport.response import Response, with_response
from qovery_sync.namespaces import Namespaces
from qovery_sync.portal import Portal

P = ParamSpec("P")
T = TypeVar("T")


class Qovery(Namespaces):
    """The Qovery API as blocking calls.

    The arguments are those of `AsyncQovery` without `session`: see `help(AsyncQovery)`. An `AsyncQovery` sends the
    calls, on an event loop in a background thread, which starts with the first call and ends with `close()`, with the
    client or with the program; `with` and `close()` are welcome but not needed. Threads may share a client, a forked
    child gets a loop of its own. Hooks run on the background loop, one after another.

    Raises:
        ConfigurationError: there is no token, or an argument cannot be right.
    """

    _async: AsyncQovery  # pyright: ignore[reportIncompatibleVariableOverride]  # set once, by the base

    @spelled_out(ClientSettings)
    def __init__(self, token: TokenSource | None = None, **settings: Unpack[ClientSettings]) -> None:
        token, settings = mask_token(token), mask(settings)
        refuse_unknown(type(self).__name__, settings, ClientSettings)
        client = AsyncQovery(token, **settings)
        super().__init__(client, Portal(client.aclose))

    @classmethod
    @spelled_out(ClientSettings)
    def from_env(
        cls, dotenv: str | Path | None = None, *, token: TokenSource | None = None, **settings: Unpack[ClientSettings]
    ) -> Self:
        """A client configured by the environment, and by a `.env` file where one is named.

        The environment wins over the file, and an argument over both. Other arguments are those of the class.

        Raises:
            ConfigurationError: the file cannot be read, or no token is found.
        """
        token, settings = mask_token(token), mask(settings)
        if dotenv is not None:
            token, settings = with_file(dotenv, token, settings)
        return cls(token, **settings)

    def __repr__(self) -> str:
        made = hasattr(self, "_async")  # not in the frames of a constructor that fails
        return f"{type(self).__name__}({f'base_url={self.base_url!r}, ' if made else ''}token=***)"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections and ends the background loop, also for `with_options` copies."""
        self._portal.close()

    @spelled_out(CallOptions)
    def with_options(self, **options: Unpack[CallOptions]) -> Qovery:
        """A light copy with other options; it shares the connections and everything else.

        The options are described at `AsyncQovery`. One that is None changes nothing; `headers` are added.

        Raises:
            ConfigurationError: an option cannot be right.
        """
        options = mask(options)
        refuse_unknown(f"{type(self).__name__}.with_options", options, CallOptions)
        copy = object.__new__(Qovery)
        Namespaces.__init__(copy, self._async.with_options(**options), self._portal)
        return copy

    def with_response(self, method: Callable[P, T]) -> Callable[P, WithResponse[T]]:
        """The same method, but with status, headers, request id and body beside the result.

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
