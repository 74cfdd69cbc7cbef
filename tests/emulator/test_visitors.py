"""Which host names lead to the emulator, and which web pages may talk to it? Asked with raw bytes."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Mapping

import anyio
import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.emulator.__main__ import options
from tests.support.server import SECONDS

pytestmark = pytest.mark.anyio

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


async def ask(
    emulator: Emulator, headers: Mapping[str, str], *, method: str = "GET", path: str = "/organization"
) -> tuple[int, str]:
    """The status and the rest of the response to a request with just these headers and a good token."""
    host, _, port = emulator.url.removeprefix("http://").rpartition(":")
    with anyio.fail_after(SECONDS):
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        lines = [f"{name}: {value}" for name, value in {**headers, "Authorization": f"Token {emulator.token}"}.items()]
        writer.write("\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode())
        status = int((await reader.readline()).split()[1])
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        body = await reader.readexactly(int(length[1])) if length else b""
        writer.close()
        await writer.wait_closed()
    return status, (head + body).decode()


async def stream(emulator: Emulator) -> str:
    """The path of a shell that the emulator's token may open."""
    state = emulator.state
    service = next(iter(state.every("application")))
    ids = {entity.kind: entity.id for entity in service.ancestors()}
    ids |= {"service": ids.pop("application"), "cluster": state.every("cluster")[0].id}
    query = "&".join(f"{name}={value}" for name, value in {**ids, "tty_width": 80, "tty_height": 24}.items())
    return f"/shell/exec?{query}"


def port_of(emulator: Emulator) -> str:
    return emulator.url.rpartition(":")[2]


OWN = ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"]
FOREIGN = ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.1.2.3", "", "x@localhost", "[evil]"]


@pytest.mark.parametrize("host", OWN)
async def test_loopback_names_lead_to_the_emulator(emulator: Emulator, host: str) -> None:
    for port in ("", ":1", f":{port_of(emulator)}"):  # Docker may give the port another number outside
        assert (await ask(emulator, {"Host": host + port}))[0] == 200


@pytest.mark.parametrize("host", FOREIGN)
async def test_a_rebound_name_reaches_neither_requests_nor_streams(emulator: Emulator, host: str) -> None:
    headers = {"Host": f"{host}:{port_of(emulator)}" if host else ""}
    status, text = await ask(emulator, headers)
    assert status == 403
    assert "--allow-host" in text
    assert (await ask(emulator, headers, path="/nowhere"))[0] == 403
    headers |= {**HANDSHAKE, "Origin": f"http://{headers['Host']}"}
    assert (await ask(emulator, headers, path=await stream(emulator)))[0] == 403
    assert "acme" not in text


async def test_a_request_without_a_host_is_refused(emulator: Emulator) -> None:
    assert (await ask(emulator, {}))[0] in (400, 403)  # newer versions of aiohttp refuse it themselves


PAGES = ["http://evil.example", "https://evil.example:{port}", "null", "http://localhost:1", "file://", ""]


@pytest.mark.parametrize("page", PAGES)
async def test_other_web_pages_reach_neither_requests_nor_streams(emulator: Emulator, page: str) -> None:
    port = port_of(emulator)
    headers = {"Host": f"localhost:{port}", "Origin": page.format(port=port)}
    before = len(emulator.state)
    assert (await ask(emulator, headers))[0] == 403
    assert (await ask(emulator, {**headers, "Content-Length": "0"}, method="POST"))[0] == 403
    status, text = await ask(emulator, {**headers, **HANDSHAKE}, path=await stream(emulator))
    assert (status, "Access-Control" in text) == (403, False)
    assert len(emulator.state) == before


async def test_a_page_of_the_same_origin_and_a_program_may_open_streams(emulator: Emulator) -> None:
    headers = {"Host": f"localhost:{port_of(emulator)}", **HANDSHAKE}
    path = await stream(emulator)
    assert (await ask(emulator, headers, path=path))[0] == 101
    assert (await ask(emulator, {**headers, "Origin": f"http://{headers['Host']}"}, path=path))[0] == 101


async def test_preflights_are_refused() -> None:
    async with Emulator(hosts=["localhost:3000"]) as emulator:
        headers = {"Host": "localhost", "Origin": "http://localhost:3000"}
        assert (await ask(emulator, headers))[0] == 200
        status, text = await ask(emulator, {**headers, **PREFLIGHT}, method="OPTIONS", path="/organization")
    assert (status, "Access-Control" in text) == (403, False)


@pytest.mark.parametrize(
    ("allowed", "host", "page", "status"),
    [
        ("Emulator", "emulator:8787", None, 200),
        ("emulator", "emulator", "http://emulator:3000", 200),
        ("emulator:8787", "emulator:8787", None, 200),
        ("emulator:8787", "emulator:1", None, 403),
        ("localhost:3000", "localhost", "http://localhost:3000", 200),
        ("localhost:3000", "localhost", "http://localhost:3001", 403),
        ("emulator", "emulator.evil.example", None, 403),
    ],
)
async def test_further_hosts_can_be_allowed(allowed: str, host: str, page: str | None, status: int) -> None:
    async with Emulator(hosts=options(["--allow-host", allowed]).allow_host) as emulator:
        origin = {"Origin": page} if page else {}
        assert (await ask(emulator, {"Host": host, **origin}))[0] == status


async def test_one_further_host_may_be_given_as_a_string() -> None:
    async with Emulator(hosts="qovery") as emulator:
        statuses = [(await ask(emulator, {"Host": host}))[0] for host in ("qovery:8787", "localhost", "q", "y")]
    assert statuses == [200, 200, 403, 403]


@pytest.mark.parametrize(("address", "host"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")])  # as in a container
async def test_an_emulator_that_listens_everywhere_tells_a_loopback_address(address: str, host: str) -> None:
    async with Emulator(host=address) as emulator:
        assert emulator.url == f"http://{host}:{port_of(emulator)}"
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:  # no allow_plain_http=True is needed
            assert await client.organizations.list()
        assert (await ask(emulator, {"Host": "10.1.2.3"}))[0] == 403


async def test_the_address_that_it_listens_on_needs_no_option() -> None:
    async with Emulator(host="0.0.0.0") as emulator:
        assert (await ask(emulator, {"Host": f"0.0.0.0:{port_of(emulator)}"}))[0] == 200
        assert (await ask(emulator, {"Host": "10.1.2.3"}))[0] == 403


async def test_the_address_that_a_connection_came_to_needs_no_option() -> None:
    address = outward_address()
    async with Emulator(host="0.0.0.0") as emulator:  # as in a container
        url = f"http://{address}:{port_of(emulator)}"
        async with AsyncQovery(emulator.token, base_url=url, allow_plain_http=True) as client:
            assert await client.organizations.list()


def outward_address() -> str:
    """An address of this machine that is no loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no network")
        return str(probe.getsockname()[0])
