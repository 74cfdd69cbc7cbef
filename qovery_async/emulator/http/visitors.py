"""Which host names lead to the emulator, and which web pages may talk to it?

A browser sends the requests of any page to any address. A page of another origin shows in `Origin`. A page whose
owner points its name to this machine after it has loaded (DNS rebinding) shows in `Host`. Programs that are no
browsers send no `Origin`.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterable

from aiohttp import web

from qovery_async.emulator.facts.refusals import Refusal

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^:/@\[\]]+)(:\d+)?")
_ORIGIN = re.compile(r"https?://(.+)")
_ADVICE = "add it with Emulator(hosts=...) or --allow-host if it is yours"
_REMEMBERED = 100
"""How many hosts are known as local or not: nearly all requests name the same one."""


class Visitors:
    """Checks requests and handshakes.

    A request must name `localhost`, a loopback address, the address that it came to or one of `hosts`. A web page
    must have come from the same host and port, or from one of `hosts`. An entry of `hosts` without a port allows any.
    """

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)

    def check(self, request: web.Request) -> None:
        """Checks who sent a request, and by which name.

        Raises:
            Refusal: 403 if the name or the page is foreign, or the request is a preflight (CORS).
        """
        hosts = [host.lower() for host in request.headers.getall("Host", [""])]
        for host in hosts:
            if not (_is_local(host) or self._is_known(host) or _came_to(host, request)):
                raise Refusal(403, f"the emulator does not answer for the host {host!r}; {_ADVICE}")
        for origin in request.headers.getall("Origin", []):
            found = _ORIGIN.fullmatch(origin.lower())
            if found is None or (found[1] not in hosts and not self._is_known(found[1])):
                raise Refusal(403, f"web pages of {origin!r} may not talk to the emulator; {_ADVICE}")
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            raise Refusal(403, "the emulator takes no requests from pages of other origins (CORS)")

    def _is_known(self, host: str) -> bool:
        return host in self._hosts or _name(host) in self._hosts


def _name(host: str) -> str:
    """The host without its port and brackets, or nothing if it is not valid."""
    found = _HOST.fullmatch(host)
    return found[1].strip("[]") if found else ""


@functools.lru_cache(_REMEMBERED)
def _is_local(host: str) -> bool:
    """Whether this is `localhost` or a loopback address, with or without a port."""
    name = _name(host)
    address = _address(name)
    return name == "localhost" or (address is not None and address.is_loopback)


def _came_to(host: str, request: web.Request) -> bool:
    """Whether this is the address of this machine that the connection came to."""
    address = _address(_name(host))
    local: tuple[str, int] | None = request.get_extra_info("sockname")  # None: the client has left
    return address is not None and local is not None and address == _address(local[0].partition("%")[0])


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
