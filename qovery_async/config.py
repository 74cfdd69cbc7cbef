"""What can be configured, from where, and is it right?"""

from __future__ import annotations

import ipaddress
import os
import re
import ssl as ssl_module
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from qovery_async.errors import ConfigurationError
from qovery_async.pacing.limiter import RateLimiter
from qovery_async.pacing.pace import Mode, Pace
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.options import Options, Timeout
from qovery_async.transport.retry import RetryPolicy
from qovery_async.version import __version__

DEFAULT_API_URL = "https://api.qovery.com"
DEFAULT_WS_URL = "wss://ws.qovery.com"
MAX_RESPONSE_BYTES = 64 * 2**20


def changed(
    options: Options,
    *,
    timeout: float | Timeout | None = None,
    retries: RetryPolicy | None = None,
    pace: Mode | Pace | None = None,
    organization_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Options:
    return Options(
        timeout=options.timeout if timeout is None else read_timeout(timeout),
        retries=options.retries if retries is None else read_retries(retries),
        pace=options.pace if pace is None else read_pace(pace),
        organization_id=organization_id or options.organization_id,
        headers={**options.headers, **read_headers(headers)},
    )


def read_retries(retries: RetryPolicy | None) -> RetryPolicy:
    given = RetryPolicy() if retries is None else retries
    if not isinstance(cast("object", given), RetryPolicy):
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
    if not isinstance(cast("object", size), int) or isinstance(size, bool) or size < 1:
        raise ConfigurationError(f"max_response_bytes must be a number of bytes, 1 or more, got {size!r}")
    return size


def read_url(name: str, value: str | None, variable: str, default: str, scheme: str) -> str:
    """An address from the argument, else the environment, else the default; no `/` at its end."""
    url = (value if value is not None else os.environ.get(variable) or default).strip()
    if not _is_address(url, (f"{scheme}s", scheme)) or "@" in url:
        shown = re.sub(r"//.*@", "//***@", re.sub(r"([?#]).*", r"\1***", url, flags=re.DOTALL))
        raise ConfigurationError(
            f"{name} ({variable}) must be a {scheme}s:// or {scheme}:// address without query or user, got {shown!r}"
        )
    # A name in other letters in its ASCII form, as it will be asked for.
    return (url if url.isascii() else str(URL(url))).rstrip("/")


def refuse_plain(*urls: str) -> None:
    """Over plain HTTP, everyone on the way reads the token.

    Raises:
        ConfigurationError: an address is neither encrypted nor on this machine.
    """
    for url in urls:
        address = URL(url, encoded=True)
        if address.scheme in ("http", "ws") and not _is_loopback(address.raw_host or ""):
            raise ConfigurationError(
                f"{url} would send the token unencrypted; "
                f"use {address.scheme}s://, or allow_plain_http=True if you must"
            )


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # Not what ends in `.localhost`: that is asked of a name server, which may answer anything.
        return host.lower() == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    """Whether aiohttp, which reads it by the same means, will find in it what a reader sees in it."""
    if not re.fullmatch(r"[a-z]+://([^@/]*@)?(\[[0-9A-Fa-f:.]+\]|[^\[\]@:/]+)(:[0-9]+)?(/.*)?", url, re.IGNORECASE):
        return False
    if not url.isprintable() or re.search(r"[\s?#\\]", url):
        return False
    try:
        address = URL(url, encoded=True)
        named = bool((address.raw_host or "").encode("idna"))
    except ValueError:
        return False
    return named and address.scheme in schemes and address.port != 0


_FRAMING = ("content-length", "transfer-encoding", "host")


def hidden_headers(headers: Mapping[str, str] | None) -> dict[str, Secret]:
    return {name: Secret(value) for name, value in (headers or {}).items()}


def read_headers(headers: Mapping[str, str] | None) -> dict[str, Secret]:
    given = hidden_headers(headers)
    flaws = filter(None, (_flaw(name, value.reveal()) for name, value in given.items()))
    for flaw in flaws:
        raise ConfigurationError(flaw)
    return given


def _flaw(name: object, value: Any) -> str | None:
    if not isinstance(name, str) or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        return f"{name!r} cannot be the name of a header"
    if name.lower() == "authorization":
        return "the Authorization header is made from the token; set that instead"
    if name.lower() in _FRAMING:
        return f"the header {name!r} follows from the request and its address (base_url), and cannot be set"
    if not isinstance(value, str) or re.search(r"[\0-\x08\x0a-\x1f\x7f\ud800-\udfff]", value):
        return f"the header {name!r} must be a text without line breaks and other control characters"
    return None


def user_agent(prefix: str | None) -> str:
    """Names this SDK: the audit log derives the origin of an event from it."""
    python = ".".join(map(str, sys.version_info[:2]))
    ours = f"qovery-sdk-python/{__version__} Python/{python} aiohttp/{aiohttp.__version__}"
    return f"{prefix} {ours}" if prefix else ours


def find_proxy(proxy: Secret | None, url: str, *, trust_env: bool) -> Secret | None:
    """The proxy for the API, resolved once: aiohttp's own look-up for each request costs half the speed."""
    found = proxy if proxy is not None else _proxy_of_environment(url) if trust_env else None
    if found is None or not found.reveal():
        return None
    if not _is_address(found.reveal(), ("http", "https")):
        shown = re.sub(r"//.*@", "//***@", found.reveal())
        raise ConfigurationError(f"the proxy must be an http:// or https:// address, got {shown!r}")
    return found


def _proxy_of_environment(url: str) -> Secret | None:
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.netloc):
        return None
    found = urllib.request.getproxies().get(parts.scheme)
    # As curl and git take it.
    return Secret(f"http://{found}" if found and "://" not in found else found) if found else None


def refuse_unverified(session: aiohttp.ClientSession | None, ssl: ssl_module.SSLContext | None) -> None:
    """A session may have been made for something else, where certificates did not matter.

    Raises:
        ConfigurationError: it does not verify them, and no `ssl` says otherwise.
    """
    # There is no public way to ask.
    if ssl is None and getattr(getattr(session, "connector", None), "_ssl", True) is False:
        raise ConfigurationError(
            "the session that was given does not verify certificates; give ssl=... the file of the authority to trust"
        )


def ssl_context(ssl: ssl_module.SSLContext | str | Path | None) -> ssl_module.SSLContext | None:
    """A context as given, or one that trusts the authorities in a file (PEM) or folder (as OpenSSL names them)."""
    if ssl is None or isinstance(ssl, ssl_module.SSLContext):
        return ssl
    if not isinstance(cast("object", ssl), (str, Path)) or not str(ssl):
        raise ConfigurationError(
            f"ssl takes a file or folder of authorities to trust, or an SSLContext, got {ssl!r}; "
            "certificates are always verified"
        )
    try:
        if Path(ssl).is_dir():
            return ssl_module.create_default_context(capath=str(ssl))
        return ssl_module.create_default_context(cafile=str(ssl))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"ssl: cannot read certificates from {str(ssl)!r}: {error}") from error


def read_dotenv(path: str | Path) -> dict[str, str]:
    """The `QOVERY_...` lines of a `.env` file: `NAME=value`, `export` and quotes allowed."""
    text, flaw = "", None
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        flaw = str(error)
    # Out here, since an error of decoding holds the whole file.
    if flaw is not None:
        raise ConfigurationError(f"cannot read {str(path)!r}: {flaw}")
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*(?:export\s+)?(QOVERY_\w+|Q_CLI_\w+)\s*=\s*(.*?)\s*", line)
        if match:
            name, value = match.groups()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[name] = value[1:-1] if quoted else re.sub(r"\s+#.*", "", value)
    return found
