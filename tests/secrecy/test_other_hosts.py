"""Does the token go to the API's address only, whatever a server responds and whatever stands in between?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from qovery_async import AsyncQovery, QoveryError, TransportError
from tests.support.server import Answer, Ask, serve
from tests.support.sight import TOKEN, Needle
from tests.support.tunnel import authority_file, certificates, encrypted, proxying

pytestmark = pytest.mark.anyio

EMPTY = Answer({"results": []})
LOCATIONS = [
    "http://127.0.0.1:{other}/x",
    "//127.0.0.1:{other}/x",
    "http://localhost:{other}/x",
    "http://user:password@127.0.0.1:{other}/",
    "/elsewhere/on/the/same/server",
]


def list_projects(client: Any) -> Any:
    return client.projects.list(organization_id="o1")


@pytest.mark.parametrize("location", LOCATIONS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(ask: Ask, status: int, location: str) -> None:
    async with serve(EMPTY) as other:
        target = location.format(other=other.url.rpartition(":")[2])
        async with serve(Answer(status=status, headers={"Location": target})) as server:
            with pytest.raises(TransportError, match=f"{status}.*redirect"):
                await ask(server.url, list_projects)
            assert len(server.requests) == 1
        assert (other.connections, other.requests) == (0, [])


async def test_a_redirect_from_encrypted_to_plain_is_not_followed(ask: Ask, tmp_path: Path) -> None:
    authority, context = certificates("127.0.0.1")
    async with serve(EMPTY) as plain:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: {plain.url}\r\nContent-Length: 0\r\n\r\n".encode()
        async with encrypted(context, moved) as server:
            url = f"https://127.0.0.1:{server.port}"
            with pytest.raises(TransportError, match="redirect"):
                await ask(url, list_projects, token=TOKEN, ssl=authority_file(authority, tmp_path))
        assert server.data.count(TOKEN.encode()) == 1
        assert plain.connections == 0


async def test_links_between_pages_lead_back_to_the_api(ask: Ask) -> None:
    """Of a link to the next page, only the token for that page is taken."""
    async with serve(EMPTY) as other:
        links = {"next": f"{other.url}/x?continueToken=t2&organizationId=o2", "previous": f"{other.url}/y"}
        first = Answer({"links": links, "events": [{"id": "e1"}]})
        last = Answer({"links": {}, "events": []})

        async def collect(client: Any) -> int:
            return len([event async for event in client.events.iterate(organization_id="o1")])

        def count(client: Any) -> Any:
            if isinstance(client, AsyncQovery):
                return collect(client)
            return len(list(client.events.iterate(organization_id="o1")))

        async with serve(first, last) as server:
            await ask(server.url, count)
            assert [request.path for request in server.requests] == ["/organization/o1/events"] * 2
            assert "continueToken=t2" in server.requests[1].query
        assert other.connections == 0


@pytest.mark.parametrize(
    "path",
    [
        "//{}",
        "//{}/x",
        "/\\{}",
        "/@{}",
        "/x@{}",
        "/:@{}",
        "/%2e%2e/{}",
        "/../{}",
        "/http://{}",
        "/;//{}",
        "/.{}",
        "/%00@{}",
    ],
)
async def test_a_path_of_ones_own_stays_at_the_api(ask: Ask, path: str) -> None:
    async with serve(EMPTY) as other, serve(EMPTY) as server:
        path = path.format(other.url.removeprefix("http://"))
        await ask(server.url, lambda client: client.request("GET", path))
        assert server.only.target == path
        assert other.connections == 0


@pytest.mark.parametrize(
    "path", ["@evil.example/", ":80@evil.example/", ".evil.example/", "", "http://evil.example/", "\\evil"]
)
async def test_a_path_that_would_change_the_host_is_refused(ask: Ask, path: str) -> None:
    async with serve(EMPTY) as server:
        with pytest.raises(QoveryError, match="path"):
            await ask(server.url, lambda client: client.request("GET", path))
        assert server.connections == 0


@pytest.mark.parametrize(
    "id_", ["../..", "..", "//evil.example", "@evil.example", "a/../../b", "a?b=c", "a#b", "%2e%2e", "\\evil"]
)
async def test_an_id_stays_one_segment_of_the_path(ask: Ask, id_: str) -> None:
    async with serve(EMPTY) as server:
        await ask(server.url, lambda client: client.projects.list(organization_id=id_))
        assert re.fullmatch(r"/organization/[A-Za-z0-9%._-]+/project", server.only.target)
        assert "/../" not in server.only.target


class TestProxy:
    @pytest.mark.parametrize("variable", [None, "https_proxy", "HTTPS_PROXY"])
    async def test_sees_a_tunnel_and_nothing_of_what_is_in_it(
        self, ask: Ask, tmp_path: Path, variable: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority, context = certificates("api.qovery.invalid")
        async with encrypted(context) as server, proxying() as proxy:
            address = f"http://me:hid%2Fden@127.0.0.1:{proxy.port}"
            if variable is not None:
                monkeypatch.setenv(variable, address)
            options = {"proxy": address} if variable is None else {}
            url = f"https://api.qovery.invalid:{server.port}"
            await ask(url, list_projects, token=TOKEN, ssl=authority_file(authority, tmp_path), **options)
        assert f"Authorization: Token {TOKEN}".encode() in server.data
        assert b"bWU6" not in server.data
        assert b"Proxy-Authorization" not in server.data
        seen = proxy.data.decode("latin1")
        assert seen.startswith(f"CONNECT api.qovery.invalid:{server.port} HTTP/1.1\r\n")
        assert "\r\nProxy-Authorization: Basic bWU6aGlkL2Rlbg==\r\n" in seen
        assert not Needle(TOKEN).stands_in(seen)
        assert "\r\nauthorization:" not in seen.lower()

    async def test_that_is_encrypted_itself_sees_no_more(self, ask: Ask, tmp_path: Path) -> None:
        authority, context = certificates("api.qovery.invalid", "127.0.0.1")
        async with encrypted(context) as server, proxying(context) as proxy:
            url, address = f"https://api.qovery.invalid:{server.port}", f"https://127.0.0.1:{proxy.port}"
            await ask(url, list_projects, token=TOKEN, ssl=authority_file(authority, tmp_path), proxy=address)
        assert TOKEN.encode() in server.data
        assert proxy.data.startswith(b"CONNECT ")
        assert not Needle(TOKEN).stands_in(proxy.data.decode("latin1"))

    async def test_that_ends_the_tunnel_itself_is_not_taken_for_the_api(self, ask: Ask, tmp_path: Path) -> None:
        _, impostor = certificates("api.qovery.invalid")
        authority, _ = certificates("api.qovery.invalid")
        async with encrypted(impostor) as server, proxying() as proxy:
            with pytest.raises(TransportError, match="ssl="):
                await ask(
                    f"https://api.qovery.invalid:{server.port}",
                    list_projects,
                    ssl=authority_file(authority, tmp_path),
                    proxy=f"http://127.0.0.1:{proxy.port}",
                )
        assert server.data == b""

    @pytest.mark.parametrize("no_proxy", ["*", "0.0.0.0", "example.com,0.0.0.0"])
    async def test_is_passed_by_for_what_no_proxy_names(
        self, ask: Ask, tmp_path: Path, no_proxy: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority, context = certificates("0.0.0.0")
        async with encrypted(context) as server, proxying() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            monkeypatch.setenv("NO_PROXY", no_proxy)
            url = f"https://0.0.0.0:{server.port}"  # this machine, but not by one of the names that take no proxy
            await ask(url, list_projects, ssl=authority_file(authority, tmp_path))
        assert b"Authorization" in server.data
        assert proxy.data == b""
