"""Does a request to this machine stay on it? A proxy would read the token, and then ask its own `localhost`."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from qovery_async import AsyncQovery, ConfigurationError
from qovery_async.transport.network import Network
from qovery_sync import Qovery
from tests.support.server import LIST, TOKEN, Ask, Server, closed_port, serve

pytestmark = pytest.mark.anyio

FACES = pytest.mark.parametrize("face", [AsyncQovery, Qovery])
HERE = ["localhost", "LocalHost", "127.0.0.1"]
VARIABLES = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"]
BY_HAND = r"^proxy would get the token unencrypted, since {} is an address of this machine.*allow_plain_http=True"


def list_projects(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


def at(host: str, server: Server) -> str:
    return server.url.replace("127.0.0.1", host)


def network(client: Any) -> Network:
    core = client._core if isinstance(client, AsyncQovery) else client._async._core
    found: Network = core.exchange.network
    return found


@pytest.mark.parametrize("host", HERE)
async def test_a_proxy_of_the_environment_is_not_asked(ask: Ask, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(LIST) as server, serve(LIST) as proxy:
        for variable in VARIABLES:
            monkeypatch.setenv(variable, proxy.url)
        await ask(at(host, server), list_projects)
        assert (len(server.requests), proxy.connections) == (1, 0)


@FACES
@pytest.mark.parametrize("host", [*HERE, "127.8.9.1", "[::1]", "[::1]:8080", "[::ffff:127.0.0.1]", "localhost:1/path"])
def test_nor_for_any_spelling_of_this_machine_encrypted_or_not(
    face: type[Any], host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, "http://proxy.example:3128")
    for s in ("", "s"):
        made = network(face(TOKEN, base_url=f"http{s}://{host}", ws_url=f"ws{s}://{host}"))
        assert (made.proxy, made.ws_proxy) == (None, None)


@FACES
def test_web_sockets_take_the_proxy_of_their_own_address(face: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:password@proxy.example:3128")

    def proxies(**addresses: str) -> list[tuple[Any, Any]]:
        client = face(TOKEN, **addresses)
        asked = [network(client).connection_to(f"{url}/x") for url in (client.base_url, client.ws_url)]
        return [(made["proxy"] and str(made["proxy"]), made["proxy_headers"]) for made in asked]

    there = ("http://proxy.example:3128", {"Proxy-Authorization": "Basic bWU6cGFzc3dvcmQ="})
    assert proxies() == [there, there]
    assert proxies(base_url="http://localhost:1") == [(None, None), there]
    assert proxies(ws_url="ws://localhost:1") == [there, (None, None)]
    monkeypatch.setenv("NO_PROXY", "ws.qovery.com")
    assert proxies() == [there, (None, None)]


@pytest.mark.parametrize("host", HERE)
async def test_a_proxy_by_hand_has_to_be_allowed(ask: Ask, host: str) -> None:
    async with serve(LIST) as server, serve(LIST) as proxy:
        with pytest.raises(ConfigurationError, match=BY_HAND.format("base_url")):
            await ask(at(host, server), list_projects, proxy=proxy.url)
        assert (server.connections, proxy.connections) == (0, 0)
        await ask(at(host, server), list_projects, proxy=proxy.url, allow_plain_http=True)
        assert proxy.only.headers["Authorization"] == f"Token {TOKEN}"
        assert server.connections == 0


@FACES
def test_a_proxy_by_hand_has_to_be_allowed_for_web_sockets_too(face: type[Any]) -> None:
    with pytest.raises(ConfigurationError, match=BY_HAND.format("ws_url")):
        face(TOKEN, ws_url="ws://localhost:1", proxy="http://proxy.example")
    face(TOKEN, ws_url="ws://localhost:1", proxy="http://proxy.example", allow_plain_http=True)
    face(TOKEN, base_url="https://localhost", ws_url="wss://localhost", proxy="http://proxy.example")
    face(TOKEN, base_url="http://localhost", ws_url="ws://localhost", proxy="")


async def test_the_proxy_of_a_session_has_to_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve(LIST) as server, serve(LIST) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        for through in ({"proxy": proxy.url}, {"trust_env": True}):
            async with aiohttp.ClientSession(**through) as session:
                with pytest.raises(ConfigurationError, match=r"^the proxy of the session would get the token"):
                    AsyncQovery(TOKEN, base_url=server.url, session=session)
        assert (server.connections, proxy.connections) == (0, 0)
        async with aiohttp.ClientSession() as session:
            await list_projects(AsyncQovery(TOKEN, base_url=server.url, session=session))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        async with aiohttp.ClientSession(trust_env=True) as session:
            await list_projects(AsyncQovery(TOKEN, base_url=server.url, session=session))
        assert (len(server.requests), proxy.connections) == (2, 0)


@FACES
def test_other_addresses_go_through_the_proxy_of_the_environment(
    face: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", closed_port())
    for host in ("0.0.0.0", "localhost.", "evil.localhost", "10.0.0.1", "[::2]"):
        made = network(face(TOKEN, base_url=f"http://{host}", ws_url=f"ws://{host}", allow_plain_http=True))
        assert made.proxy == made.ws_proxy
        assert made.proxy is not None
