"""Which addresses does a client ask, and through which proxy?"""

from __future__ import annotations

import ipaddress
import os
import re
import urllib.request
from typing import cast
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.secret import Secret


def read_url(name: str, value: Secret | None, variable: str, default: str, scheme: str) -> str:
    """The address that was passed, else the environment's, else the default; without a `/` at its end.

    Raises:
        ConfigurationError: it is no address. The message does not show it, since a password may stand in it.
    """
    if value is None and not os.environ.get(variable):
        return default
    found = value if value is not None else Secret(os.environ[variable])
    _refuse_other_types(name, found)
    if not _is_address(found.reveal().strip(), (f"{scheme}s", scheme)) or "@" in found.reveal():
        raise ConfigurationError(
            f"{name} ({variable}) must be a {scheme}s:// or {scheme}:// address such as {default}, without user, "
            "query or spaces; the value is not shown, since it may contain a password"
        )
    url = found.reveal().strip()
    # A host outside ASCII in the form that is looked up.
    return (url if url.isascii() else str(URL(url))).rstrip("/")


def refuse_plain(**urls: str) -> None:
    """Refuses to send the token unencrypted, unless it stays on this machine.

    Raises:
        ConfigurationError: an address is neither encrypted nor on this machine.
    """
    for name, url in urls.items():
        if _is_plain(url) and not _is_here(url):
            raise ConfigurationError(
                f"{name} would send the token unencrypted to another machine; "
                f"use {urlsplit(url).scheme}s://, or allow_plain_http=True if you must"
            )


def refuse_detour(proxy: Secret | None, session: aiohttp.ClientSession | None, **urls: str) -> None:
    """Refuses to send the token unencrypted to a proxy, on its way from this machine to this machine.

    Raises:
        ConfigurationError: `proxy`, or the session, takes an address of this machine through a proxy.
    """
    for name, url in urls.items():
        chosen = _chosen_by_hand(proxy, session, url) if _is_plain(url) and _is_here(url) else None
        if chosen is not None:
            raise ConfigurationError(
                f"{chosen} would get the token unencrypted, since {name} is an address of this machine without "
                "encryption; leave the proxy out, or pass allow_plain_http=True if you must"
            )


def find_proxy(proxy: Secret | None, url: str, *, trust_env: bool) -> Secret | None:
    """The proxy for an address, found once: aiohttp's own look-up for each request costs half the speed.

    As in Go, an address of this machine takes no proxy from the environment, which would ask its own `localhost`.

    Raises:
        ConfigurationError: it is no address. The message does not show it, since a password may stand in it.
    """
    of_environment = None if not trust_env or _is_here(url) else _named_proxy(url)
    found = proxy if proxy is not None else of_environment
    if found is None or found.reveal() == "":
        return None
    _refuse_other_types("proxy", found)
    if not _is_address(found.reveal(), ("http", "https")) or not _ends_with_the_host(found.reveal()):
        name = "proxy" if proxy is not None else f"the proxy of the environment ({_variable(url)})"
        raise ConfigurationError(
            f"{name} must be an http:// or https:// address such as http://user:password@host:3128, with the special "
            "characters of the password percent-encoded; the value is not shown"
        )
    return found


def _chosen_by_hand(proxy: Secret | None, session: aiohttp.ClientSession | None, url: str) -> str | None:
    if proxy is not None and proxy.reveal() != "":
        return "proxy"
    # aiohttp has no public way to ask for the proxy of a session.
    through = getattr(session, "_default_proxy", None) or (getattr(session, "trust_env", False) and _named_proxy(url))
    return "the proxy of the session" if through else None


def _named_proxy(url: str) -> Secret | None:
    """The proxy that the environment names for an address, WebSockets included."""
    found = Secret(urllib.request.getproxies().get(_variable(url).removesuffix("_PROXY").lower(), ""))
    if not found.reveal() or urllib.request.proxy_bypass(urlsplit(url).netloc):
        return None
    # Without a scheme it is http, as for curl and git.
    return found if "://" in found.reveal() else Secret(f"http://{found.reveal()}")


def _variable(url: str) -> str:
    return "HTTP_PROXY" if _is_plain(url) else "HTTPS_PROXY"


def _is_plain(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "ws")


def _is_here(url: str) -> bool:
    host = URL(url, encoded=True).raw_host or ""
    number = _number(host)
    if number is None:
        # A name below `.localhost` is not: a name server is asked for it, which may say anything.
        return host.lower() == "localhost"
    return (getattr(number, "ipv4_mapped", None) or number).is_loopback


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The number that stands in an address in place of a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refuse_other_types(name: str, value: Secret) -> None:
    if not isinstance(cast("object", value.reveal()), str):
        raise ConfigurationError(f"{name} must be a string, got {type(value.reveal()).__name__}")


def _ends_with_the_host(url: str) -> bool:
    """Whether nothing follows it: in `http://me:12/34@host`, the rest of a password would."""
    return url.rstrip("/").count("/") == 2


def _is_address(url: str, schemes: tuple[str, ...]) -> bool:
    """Whether aiohttp, which reads it by the same means, finds in an address what a reader sees in it."""
    # Without a flag, which would double the time to compile it.
    if not re.fullmatch(r"[A-Za-z]+://([^@/]*@)?(\[[0-9A-Fa-f:.]+\]|[^\[\]@:/]+)(:[0-9]+)?(/.*)?", url):
        return False
    if not url.isprintable() or re.search(r"[\s?#\\]", url):
        return False
    try:
        address = URL(url, encoded=True)
        host = address.raw_host or ""
        # The first name loads the tables of the codec: 2 million instructions, which the client of an emulator spares.
        named = bool(_number(host) or host.encode("idna")) and bool(URL(url).host)
    except ValueError:
        return False
    return named and address.scheme in schemes and address.port != 0
