"""Which session, TLS and proxy settings does a connection use?"""

from __future__ import annotations

import base64
import ssl as ssl_module
from typing import Any

import aiohttp
from yarl import URL

from qovery_async.secrecy.secret import Secret, not_pickled, revealed
from qovery_async.transport.sessions import Sessions
from qovery_async.vocabulary.values import frozen


@frozen
class Proxy:
    """The address of a proxy without user and password, which aiohttp would show in errors, and what replaces them."""

    address: URL
    headers: dict[str, Secret]

    @classmethod
    def at(cls, address: Secret | None) -> Proxy | None:
        """The proxy at an address, which may have a user and a password."""
        if address is None:
            return None
        url = URL(address.reveal())
        user, password = url.user or "", url.password or ""
        if not user and not password:
            return cls(url.with_user(None), {})
        key = base64.b64encode(f"{user}:{password}".encode()).decode()
        # A user without a password is a key.
        header = Secret(f"Basic {key}", Secret(key), Secret(f"{user}:{password}"), Secret(password or user))
        return cls(url.with_user(None), {"Proxy-Authorization": header})


@frozen
class Network:
    """The sessions of a client, and the TLS and proxy settings of their connections.

    WebSockets have an address of their own, and perhaps another proxy or none.
    """

    sessions: Sessions
    ssl: ssl_module.SSLContext | None
    proxy: Proxy | None
    ws_proxy: Proxy | None

    __reduce__ = not_pickled

    @classmethod
    def of(
        cls,
        *,
        ssl: ssl_module.SSLContext | None,
        proxy: Secret | None,
        ws_proxy: Secret | None,
        session: aiohttp.ClientSession | None,
    ) -> Network:
        """`session` replaces the client's own sessions."""
        return cls(Sessions(session), ssl, Proxy.at(proxy), Proxy.at(ws_proxy))

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What the proxies get to know, and must not bring into errors."""
        return tuple(header for proxy in (self.proxy, self.ws_proxy) if proxy for header in proxy.headers.values())

    def headers_for(self, url: str) -> dict[str, str]:
        """The proxy headers to send with the request: the proxy reads them only if the URL is unencrypted."""
        proxy = self._proxy_to(url)
        return {} if proxy is None or _is_encrypted(url) else revealed(proxy.headers)

    def connection_to(self, url: str) -> dict[str, Any]:
        """The connection arguments for aiohttp. An encrypted connection tunnels through the proxy."""
        proxy = self._proxy_to(url)
        return {
            "proxy": proxy and proxy.address,
            "proxy_headers": revealed(proxy.headers) if proxy and _is_encrypted(url) else None,
            "ssl": self.ssl or True,
        }

    def _proxy_to(self, url: str) -> Proxy | None:
        return self.ws_proxy if url.startswith("ws") else self.proxy


def _is_encrypted(url: str) -> bool:
    return url.startswith(("https:", "wss:"))
