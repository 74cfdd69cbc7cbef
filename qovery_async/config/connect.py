"""How do settings become what the transport needs?"""

from __future__ import annotations

import os
from typing import Any, cast

from qovery_async.codec.reader import Codec
from qovery_async.config.addresses import find_proxy, read_url, refuse_detour, refuse_plain
from qovery_async.config.certificates import read_ssl, refuse_unverified
from qovery_async.config.environment import API_URL, ORGANIZATION_ID, WS_URL, read_token
from qovery_async.config.headers import read_headers, read_user_agent
from qovery_async.config.settings import DEFAULTS, AsyncClientSettings, CallOptions, TokenSource
from qovery_async.errors import ConfigurationError
from qovery_async.pacing.limiter import LocalRateLimiter, RateLimiter
from qovery_async.pacing.pace import Mode, Pace
from qovery_async.secrecy.secret import Secret
from qovery_async.transport import exchange
from qovery_async.transport.credentials import Credentials
from qovery_async.transport.events import Hooks
from qovery_async.transport.exchange import Exchange
from qovery_async.transport.http import HttpTransport
from qovery_async.transport.network import Network
from qovery_async.transport.options import Options, Timeout
from qovery_async.transport.retry import RetryPolicy
from qovery_async.transport.websocket import WebSocketTransport


def connect(token: TokenSource | None, settings: AsyncClientSettings) -> Exchange:
    """What the calls of a client share; nothing is sent yet.

    Raises:
        ConfigurationError: there is no token, or a setting cannot be right.
    """
    given: dict[str, Any] = {**DEFAULTS, **settings}
    base_url = read_url("base_url", given["base_url"], API_URL, exchange.BASE_URL, "http")
    ws_url = read_url("ws_url", given["ws_url"], WS_URL, exchange.WS_URL, "ws")
    ssl, session, limiter = read_ssl(given["ssl"]), given["session"], given["rate_limiter"]
    refuse_unverified(session, ssl)
    if not given["allow_plain_http"]:
        refuse_plain(base_url=base_url, ws_url=ws_url)
        refuse_detour(given["proxy"], session, base_url=base_url, ws_url=ws_url)
    proxy, ws_proxy = [find_proxy(given["proxy"], url, trust_env=given["trust_env"]) for url in (base_url, ws_url)]
    size = _read_size(given["max_response_bytes"])
    network = Network.of(ssl=ssl, proxy=proxy, ws_proxy=ws_proxy, session=session)
    return Exchange(
        base_url=base_url,
        ws_url=ws_url,
        credentials=Credentials(read_token(token), _read_scheme(given["auth_scheme"]), network.secrets),
        network=network,
        http=HttpTransport(network, max_response_bytes=size),
        websocket=WebSocketTransport(network, max_frame_bytes=size),
        codec=Codec(strict=given["strict"]),
        user_agent=read_user_agent(given["user_agent"]),
        options=Options(
            timeout=_read_timeout(given["timeout"]),
            retries=_read_retries(given["retries"]),
            pace=_read_pace(given["pace"], limiter),
            organization_id=given["organization_id"] or os.environ.get(ORGANIZATION_ID) or None,
            headers=read_headers(given["headers"]),
        ),
        hooks=Hooks(given["on_request"], given["on_response"], given["on_retry"]),
        limiter=LocalRateLimiter() if limiter is None else limiter,
    )


def changed(options: Options, changes: CallOptions) -> Options:
    """The options of a copy; a change that is None changes nothing.

    Raises:
        ConfigurationError: a change cannot be right.
    """
    given: dict[str, Any] = {**DEFAULTS, **changes}
    return Options(
        timeout=options.timeout if given["timeout"] is None else _read_timeout(given["timeout"]),
        retries=options.retries if given["retries"] is None else _read_retries(given["retries"]),
        pace=options.pace if given["pace"] is None else _read_pace(given["pace"]),
        organization_id=given["organization_id"] or options.organization_id,
        headers={**options.headers, **read_headers(given["headers"])},
    )


def _read_timeout(timeout: float | Timeout | None) -> Timeout:
    if timeout is None:
        return Timeout()
    return timeout if isinstance(timeout, Timeout) else Timeout(total=timeout)


def _read_retries(retries: RetryPolicy | None) -> RetryPolicy:
    given = RetryPolicy() if retries is None else retries
    if not isinstance(cast("object", given), RetryPolicy):
        raise ConfigurationError(f"retries must be a RetryPolicy, or NO_RETRIES for none, got {given!r}")
    return given


def _read_pace(pace: Mode | Pace | None, limiter: RateLimiter | None = None) -> Pace | None:
    """A `rate_limiter` without `pace` means `pace="wait"`."""
    if pace is None:
        return None if limiter is None else Pace()
    return pace if isinstance(pace, Pace) else Pace(pace)


def _read_scheme(scheme: Secret | None) -> str | None:
    if scheme is None:
        return None
    if scheme.reveal() not in ("Token", "Bearer"):
        # Not shown: people pass the whole header.
        raise ConfigurationError("auth_scheme must be 'Token' or 'Bearer', without the token")
    return scheme.reveal()


def _read_size(size: int) -> int:
    if not isinstance(cast("object", size), int) or isinstance(size, bool) or size < 1:
        raise ConfigurationError(f"max_response_bytes must be a number of bytes, 1 or more, got {size!r}")
    return size
