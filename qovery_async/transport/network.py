"""Which session, TLS and proxy settings does a connection use?"""

from __future__ import annotations

import base64
import ssl as ssl_module
from typing import Any

import aiohttp
import attrs
from yarl import URL

from qovery_async.secrecy.secret import Secret, not_pickled, revealed
from qovery_async.transport.sessions import Sessions


@attrs.frozen
class Network:
    """The sessions of a client, and the TLS and proxy settings of their connections."""

    sessions: Sessions
    ssl: ssl_module.SSLContext | None
    proxy: URL | None
    proxy_headers: dict[str, Secret]

    __reduce__ = not_pickled

    @classmethod
    def of(
        cls, *, ssl: ssl_module.SSLContext | None, proxy: Secret | None, session: aiohttp.ClientSession | None
    ) -> Network:
        """`session` replaces the client's own sessions."""
        address, headers = _split(proxy)
        return cls(Sessions(session), ssl, address, headers)

    def headers_for(self, url: str) -> dict[str, str]:
        """The proxy headers to send with the request: the proxy reads them only if the URL is unencrypted."""
        return {} if _is_encrypted(url) else revealed(self.proxy_headers)

    def connection_to(self, url: str) -> dict[str, Any]:
        """The connection arguments for aiohttp. An encrypted connection tunnels through the proxy."""
        return {
            "proxy": self.proxy,
            "proxy_headers": revealed(self.proxy_headers) if _is_encrypted(url) else None,
            "ssl": self.ssl or True,
        }


def _is_encrypted(url: str) -> bool:
    return url.startswith(("https:", "wss:"))


def _split(proxy: Secret | None) -> tuple[URL | None, dict[str, Secret]]:
    """A proxy's URL without user and password, which aiohttp would show in errors, and the header that replaces them."""
    address = URL(proxy.reveal()) if proxy else None
    if address is None or address.user is None:
        return address, {}
    key = base64.b64encode(f"{address.user}:{address.password or ''}".encode()).decode()
    return address.with_user(None), {"Proxy-Authorization": Secret(f"Basic {key}")}
