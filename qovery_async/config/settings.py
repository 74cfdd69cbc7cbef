"""What can a user set?

Each argument of a client stands here once: the constructors, `from_env` and `with_options` of both clients take their
keywords from these types. `None` is the default unless the text says otherwise.
"""

# Without `from __future__ import annotations`: `inspect.signature` shows these annotations as they are.

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from ssl import SSLContext
from typing import Any, TypedDict

import aiohttp

from qovery_async.pacing.limiter import RateLimiter
from qovery_async.pacing.pace import Mode, Pace
from qovery_async.transport.events import RequestHook, ResponseHook, RetryHook
from qovery_async.transport.options import Timeout
from qovery_async.transport.retry import RetryPolicy

TokenSource = str | Callable[[], str | Awaitable[str]]
"""A token, or a function that returns one."""

Headers = Mapping[str, str]


class CallOptions(TypedDict, total=False):
    """What `with_options` changes for the calls of a copy: the arguments that a client takes for each call."""

    timeout: float | Timeout | None
    """Seconds for a whole call with its retries, waits and decoding, or a `Timeout`. Default: `Timeout()`, which
    allows each attempt 60 s, 10 of them to connect, and has no limit for the whole."""

    retries: RetryPolicy | None
    """Which calls are retried, how often and how long. Default: `RetryPolicy()`, 3 attempts of what is safe to repeat;
    `NO_RETRIES` for none."""

    pace: Mode | Pace | None
    """What happens when the token's hourly requests run out: `"wait"` waits for the next turn, `"raise"` raises
    `RateBudgetExhausted`; a `Pace` also limits the wait. Default: neither, the API answers 429. With a `rate_limiter`
    the default is `"wait"`."""

    organization_id: str | None
    """The organization that a call without `organization_id` means. Default: `QOVERY_ORGANIZATION_ID`, else the only
    one that the token sees."""

    headers: Headers | None
    """Headers for every request, treated as secrets; `with_options` adds to them. `Authorization`, `Host`,
    `Expect` and the headers that say where a request ends are refused."""


class ClientSettings(CallOptions, total=False):
    """What `Qovery` takes beside the token."""

    base_url: str | None
    """The address of the API. Default: `QOVERY_API_URL`, else `https://api.qovery.com`."""

    ws_url: str | None
    """The address of the WebSockets. Default: `QOVERY_WS_URL`, else `wss://ws.qovery.com`."""

    auth_scheme: str | None
    """`"Token"` or `"Bearer"`. Default: `Bearer` for a JWT, `Token` for anything else."""

    rate_limiter: RateLimiter | None
    """Counts the token's requests; clients and processes may share one. Default: one of the client's own."""

    user_agent: str | None
    """Stands before the SDK's own `User-Agent`."""

    proxy: str | None
    """An `http://` or `https://` address, treated as a secret. Default: the proxy of the environment, none for an
    address of this machine."""

    trust_env: bool
    """Whether the environment may name a proxy. Default: True."""

    ssl: SSLContext | str | Path | None
    """A file or folder of authorities to trust, or a context. Default: the authorities of the system."""

    allow_plain_http: bool
    """Whether the token may be sent unencrypted to another machine or a proxy. Default: False."""

    max_response_bytes: int
    """The largest response that is read, in bytes, as sent and as unpacked; the values of its JSON may
    take as much memory again, and 64 MiB in any case. Default: 64 MiB."""

    strict: bool
    """Whether a response that does not fit raises `DecodeError`; otherwise it is repaired with a warning.
    Default: False."""

    on_request: RequestHook | None
    """Called before each attempt with a `RequestEvent`; may be async."""

    on_response: ResponseHook | None
    """Called after each response with a `ResponseEvent`; may be async."""

    on_retry: RetryHook | None
    """Called before the wait for each retry with a `RetryEvent`; may be async."""


class AsyncClientSettings(ClientSettings, total=False):
    """What `AsyncQovery` takes beside the token."""

    session: aiohttp.ClientSession | None
    """An aiohttp session to send with, which stays open and belongs to one event loop. Default: a session of the
    client's own for each loop. aiohttp repeats a GET, PUT or DELETE by itself when the connection of a given session
    breaks."""


DEFAULTS: dict[str, Any] = dict.fromkeys(AsyncClientSettings.__annotations__) | {
    "trust_env": True,
    "allow_plain_http": False,
    "max_response_bytes": 64 * 2**20,
    "strict": False,
}
