"""Which addresses does a client ask, and through which proxy?"""

from __future__ import annotations

import ipaddress
import os
import re
import urllib.request
from typing import cast
from urllib.parse import urlsplit

from yarl import URL

from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.secret import Secret


def read_url(name: str, value: str | None, variable: str, default: str, scheme: str) -> str:
    """The address that was passed, else the environment's, else the default; without a `/` at its end."""
    url = (value if value is not None else os.environ.get(variable) or default).strip()
    if not _is_address(url, (f"{scheme}s", scheme)) or "@" in url:
        shown = re.sub(r"//.*@", "//***@", re.sub(r"([?#]).*", r"\1***", url, flags=re.DOTALL))
        raise ConfigurationError(
            f"{name} ({variable}) must be a {scheme}s:// or {scheme}:// address without query or user, got {shown!r}"
        )
    # A host outside ASCII in the form that is looked up.
    return (url if url.isascii() else str(URL(url))).rstrip("/")


def refuse_plain(*urls: str) -> None:
    """Refuses to send the token unencrypted, unless it stays on this machine.

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


def find_proxy(proxy: Secret | None, url: str, *, trust_env: bool) -> Secret | None:
    """The proxy for an address, found once: aiohttp's own look-up for each request costs half the speed."""
    found = proxy if proxy is not None else _proxy_of_environment(url) if trust_env else None
    if found is None or found.reveal() == "":
        return None
    if not isinstance(cast("object", found.reveal()), str):
        raise ConfigurationError(f"proxy must be a string, got {type(found.reveal()).__name__}")
    if not _is_address(found.reveal(), ("http", "https")):
        shown = re.sub(r"//.*@", "//***@", found.reveal())
        raise ConfigurationError(f"the proxy must be an http:// or https:// address, got {shown!r}")
    return found


def _proxy_of_environment(url: str) -> Secret | None:
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.netloc):
        return None
    found = urllib.request.getproxies().get(parts.scheme)
    # Without a scheme it is http, as for curl and git.
    return Secret(f"http://{found}" if found and "://" not in found else found) if found else None


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # A name below `.localhost` is not: a name server is asked for it, which may say anything.
        return host.lower() == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    """Whether aiohttp, which reads it by the same means, finds in an address what a reader sees in it."""
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
