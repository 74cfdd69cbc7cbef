"""What can be configured, from where, and is it right?"""

from __future__ import annotations

import os
import re
import ssl as ssl_module
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import aiohttp
import attrs

from qovery_async.errors import ConfigurationError
from qovery_async.version import __version__

DEFAULT_API_URL = "https://api.qovery.com"
DEFAULT_WS_URL = "wss://ws.qovery.com"


@attrs.frozen
class Timeout:
    """Seconds: for the whole exchange, for connecting, between two reads. None is no limit.

    The official command line client allows 60 s, after 15 s had proved too short.
    """

    total: float | None = 60.0
    connect: float | None = 10.0
    read: float | None = None


NO_TIMEOUT = Timeout(total=None, connect=None, read=None)
"""Waits for ever; leaving `timeout` out means the default."""


@attrs.frozen
class Options:
    """What a client does for each call; `with_options` changes a copy."""

    timeout: Timeout = attrs.Factory(Timeout)
    organization_id: str | None = None
    headers: Mapping[str, str] = attrs.Factory(dict[str, str])

    def changed(
        self,
        *,
        timeout: float | Timeout | None = None,
        organization_id: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Options:
        return Options(
            timeout=self.timeout if timeout is None else read_timeout(timeout),
            organization_id=organization_id or self.organization_id,
            headers={**self.headers, **read_headers(headers)},
        )


def read_timeout(timeout: float | Timeout | None) -> Timeout:
    if timeout is None:
        return Timeout()
    if isinstance(timeout, Timeout):
        return timeout
    # Callers without type checker give texts too.
    if not isinstance(cast("object", timeout), (int, float)) or timeout is True or not timeout > 0:
        raise ConfigurationError(f"timeout must be a positive number of seconds or a Timeout, got {timeout!r}")
    return Timeout(total=float(timeout), connect=min(10.0, float(timeout)))


def read_url(name: str, value: str | None, variable: str, default: str, schemes: tuple[str, ...]) -> str:
    """An address from the argument, else the environment, else the default; no `/` at its end."""
    url = (value if value is not None else os.environ.get(variable) or default).strip()
    try:
        parts = urlsplit(url)
        right = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if not right or re.search(r"[\s?#@]", url):
        kinds = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ConfigurationError(f"{name} ({variable}) must be a {kinds} address without query, got {url!r}")
    return url.rstrip("/")


def read_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    for name, value in (headers or {}).items():
        if name.lower() == "authorization":
            raise ConfigurationError("the Authorization header is made from the token; set that instead")
        if re.search(r"[\r\n\0]", f"{name}{value}"):
            raise ConfigurationError(f"the header {name!r} has a line break in it")
    return dict(headers or {})


def user_agent(prefix: str | None) -> str:
    """Names this SDK: the audit log derives the origin of an event from it."""
    python = ".".join(map(str, sys.version_info[:2]))
    ours = f"qovery-sdk-python/{__version__} Python/{python} aiohttp/{aiohttp.__version__}"
    return f"{prefix} {ours}" if prefix else ours


def find_proxy(proxy: str | None, url: str, *, trust_env: bool) -> str | None:
    """The proxy for the API, resolved once: aiohttp's own look-up for each request costs half the speed."""
    if proxy is not None:
        return read_url("proxy", proxy, "HTTPS_PROXY", proxy, ("http", "https")) if "@" not in proxy else proxy
    parts = urlsplit(url)
    if not trust_env or urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    return urllib.request.getproxies().get(parts.scheme)


def ssl_context(ssl: ssl_module.SSLContext | str | Path | None) -> ssl_module.SSLContext | None:
    """A context as given, or one that trusts the authorities in a file (PEM)."""
    if ssl is None or isinstance(ssl, ssl_module.SSLContext):
        return ssl
    try:
        return ssl_module.create_default_context(cafile=str(ssl))
    except (OSError, ssl_module.SSLError) as error:
        raise ConfigurationError(f"ssl: cannot read certificates from {str(ssl)!r}: {error}") from error


def read_dotenv(path: str | Path) -> dict[str, str]:
    """The `QOVERY_...` lines of a `.env` file: `NAME=value`, `export` and quotes allowed."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"cannot read {str(path)!r}: {error}") from error
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*(?:export\s+)?(QOVERY_\w+|Q_CLI_\w+)\s*=\s*(.*?)\s*", line)
        if match:
            name, value = match.groups()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[name] = value[1:-1] if quoted else re.sub(r"\s+#.*", "", value)
    return found
