"""What can be configured, from where, and is it right?"""

from __future__ import annotations

import ipaddress
import math
import os
import re
import ssl as ssl_module
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

import aiohttp
import attrs

from qovery_async.errors import ConfigurationError
from qovery_async.pacing import Mode, Pace, RateLimiter
from qovery_async.transport.retry import RetryPolicy
from qovery_async.version import __version__

DEFAULT_API_URL = "https://api.qovery.com"
DEFAULT_WS_URL = "wss://ws.qovery.com"
MAX_RESPONSE_BYTES = 64 * 2**20


def _seconds(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is not None and not (number and math.isfinite(value) and value > 0):
        raise ConfigurationError(f"timeout: {attribute.name} must be a positive number of seconds, got {value!r}")


@attrs.frozen
class Timeout:
    """Seconds; None is no limit.

    `total` is for a whole call, with all its attempts and with what it waits between them;
    `attempt` for one request and its answer; `connect` for connecting; `read` for the silence
    between two reads. The official command line client allows 60 s for an attempt, after 15 s
    had proved too short.
    """

    total: float | None = attrs.field(default=None, validator=_seconds)
    attempt: float | None = attrs.field(default=60.0, validator=_seconds)
    connect: float | None = attrs.field(default=10.0, validator=_seconds)
    read: float | None = attrs.field(default=None, validator=_seconds)


NO_TIMEOUT = Timeout(total=None, attempt=None, connect=None, read=None)
"""Waits for ever; leaving `timeout` out means the default."""


@attrs.frozen
class Options:
    """What a client does for each call; `with_options` changes a copy."""

    timeout: Timeout = attrs.Factory(Timeout)
    retries: RetryPolicy = attrs.Factory(RetryPolicy)
    pace: Pace | None = None
    organization_id: str | None = None
    headers: Mapping[str, str] = attrs.Factory(dict[str, str])

    def changed(
        self,
        *,
        timeout: float | Timeout | None = None,
        retries: RetryPolicy | None = None,
        pace: Mode | Pace | None = None,
        organization_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Options:
        return Options(
            timeout=self.timeout if timeout is None else read_timeout(timeout),
            retries=self.retries if retries is None else read_retries(retries),
            pace=self.pace if pace is None else read_pace(pace),
            organization_id=organization_id or self.organization_id,
            headers={**self.headers, **read_headers(headers)},
        )


def read_retries(retries: RetryPolicy | None) -> RetryPolicy:
    given: object = RetryPolicy() if retries is None else retries
    if not isinstance(given, RetryPolicy):
        raise ConfigurationError(f"retries must be a RetryPolicy, or NO_RETRIES for none, got {given!r}")
    return given


def read_pace(pace: Mode | Pace | None, limiter: RateLimiter | None = None) -> Pace | None:
    """Who brings a limiter wants it heeded."""
    if pace is None:
        return None if limiter is None else Pace()
    return pace if isinstance(pace, Pace) else Pace(pace)


def read_timeout(timeout: float | Timeout | None) -> Timeout:
    if timeout is None:
        return Timeout()
    return timeout if isinstance(timeout, Timeout) else Timeout(total=timeout)


def read_size(size: int) -> int:
    given: object = size
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise ConfigurationError(f"max_response_bytes must be a number of bytes, 1 or more, got {given!r}")
    return given


def read_url(name: str, value: str | None, variable: str, default: str, scheme: str) -> str:
    """An address from the argument, else the environment, else the default; no `/` at its end."""
    url = (value if value is not None else os.environ.get(variable) or default).strip()
    if not _is_address(url, (f"{scheme}s", scheme)) or "@" in url:
        shown = re.sub(r"//.*@", "//***@", url)
        raise ConfigurationError(
            f"{name} ({variable}) must be a {scheme}s:// or {scheme}:// address without query or user, got {shown!r}"
        )
    return url.rstrip("/")


def refuse_plain(*urls: str) -> None:
    """Over plain HTTP, everyone on the way reads the token.

    Raises:
        ConfigurationError: an address is neither encrypted nor on this machine.
    """
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme in ("http", "ws") and not _is_loopback(parts.hostname or ""):
            raise ConfigurationError(
                f"{url} would send the token unencrypted; use {parts.scheme}s://, or allow_plain_http=True if you must"
            )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
    except ValueError:
        return False
    return parts.scheme in schemes and bool(host) and not re.search(r"[\s?#\\]", url) and _has_port(parts)


def _has_port(parts: SplitResult) -> bool:
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def read_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    given = dict(headers or {})
    for name, value in given.items():
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ConfigurationError(f"{name!r} cannot be the name of a header")
        if name.lower() == "authorization":
            raise ConfigurationError("the Authorization header is made from the token; set that instead")
        if not isinstance(cast("object", value), str) or re.search(r"[\r\n\0]", value):
            raise ConfigurationError(f"the header {name!r} must be a text without line breaks")
    return given


def user_agent(prefix: str | None) -> str:
    """Names this SDK: the audit log derives the origin of an event from it."""
    python = ".".join(map(str, sys.version_info[:2]))
    ours = f"qovery-sdk-python/{__version__} Python/{python} aiohttp/{aiohttp.__version__}"
    return f"{prefix} {ours}" if prefix else ours


def find_proxy(proxy: str | None, url: str, *, trust_env: bool) -> str | None:
    """The proxy for the API, resolved once: aiohttp's own look-up for each request costs half the speed."""
    found = proxy
    if found is None:
        parts = urlsplit(url)
        if not trust_env or urllib.request.proxy_bypass(parts.netloc):
            return None
        found = urllib.request.getproxies().get(parts.scheme)
        # As curl and git take it.
        found = f"http://{found}" if found and "://" not in found else found
    if not found:
        return None
    if not _is_address(found, ("http", "https")):
        # A proxy's address may hold a password.
        shown = re.sub(r"//.*@", "//***@", found)
        raise ConfigurationError(f"the proxy must be an http:// or https:// address, got {shown!r}")
    return found


def ssl_context(ssl: ssl_module.SSLContext | str | Path | None) -> ssl_module.SSLContext | None:
    """A context as given, or one that trusts the authorities in a file (PEM) or folder (as OpenSSL names them)."""
    if ssl is None or isinstance(ssl, ssl_module.SSLContext):
        return ssl
    given: object = ssl
    if not isinstance(given, (str, Path)):
        raise ConfigurationError(
            f"ssl takes a file or folder of authorities to trust, or an SSLContext, got {given!r}; "
            "certificates are always verified"
        )
    try:
        if Path(given).is_dir():
            return ssl_module.create_default_context(capath=str(given))
        return ssl_module.create_default_context(cafile=str(given))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"ssl: cannot read certificates from {str(given)!r}: {error}") from error


def read_dotenv(path: str | Path) -> dict[str, str]:
    """The `QOVERY_...` lines of a `.env` file: `NAME=value`, `export` and quotes allowed."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {str(path)!r}: {error}") from error
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*(?:export\s+)?(QOVERY_\w+|Q_CLI_\w+)\s*=\s*(.*?)\s*", line)
        if match:
            name, value = match.groups()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[name] = value[1:-1] if quoted else re.sub(r"\s+#.*", "", value)
    return found
