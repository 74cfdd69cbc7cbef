"""Which addresses may the emulator send to, and what may a receiver do to it?"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.emulator.__main__ import options
from qovery_async.emulator.webhooks.matching import refusal
from tests.support.deliveries import ACCEPTED, deployed, hooked, told
from tests.support.server import Answer, closed_port, serve, serve_bytes

pytestmark = pytest.mark.anyio


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", speed=None) as running:
        yield running


async def said(emulator: Emulator, client: AsyncQovery, url: str) -> str:
    """What became of the event that a deployment starts, where there was no response."""
    webhook = await hooked(client, url, events=["DEPLOYMENT_STARTED"])
    await deployed(emulator, client)
    (only,) = await client.webhooks.list_events(webhook)
    assert only.target_response_status_code == 0
    return only.target_response_body or ""


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://0.0.0.0:8080/",
        "http://127.0.0.1.example.com/", "http://localhost.example.com/", "http://2130706433/", "http://0x7f000001/",
        "http://127.0.0.1@example.com/", "http://127.0.0.1:80@example.com/", "http://[::ffff:10.0.0.1]/", "http://[fe80::1%25eth0]/", "http://localhost./",
    ],
)  # fmt: skip
async def test_nothing_leaves_this_machine(
    emulator: Emulator, client: AsyncQovery, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[object] = []
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: (looked_up.append(a), real(*a, **k))[1])
    assert "is not this machine; allow it with Emulator(webhook_hosts=...)" in await said(emulator, client, url)
    assert [args for args in looked_up if args[0] != "127.0.0.1"] == []  # type: ignore[index]


@pytest.mark.parametrize(
    "url", ["http://", "http://[::1", "http://a:99999999/", "http://127.0.0.1\\@example.com/", "https:///path"]
)
async def test_what_is_no_address_is_not_sent_to(emulator: Emulator, client: AsyncQovery, url: str) -> None:
    assert await said(emulator, client, url) == "not sent: the target_url is no valid address"


@pytest.mark.parametrize(
    ("url", "hosts", "allowed"),
    [
        ("http://localhost:8080/", (), True),
        ("http://LOCALHOST/", (), True),
        ("http://127.8.9.1/", (), True),
        ("https://[::1]:8443/", (), True),
        ("http://hooks/", (), False),
        ("http://hooks/", ("hooks",), True),
        ("http://HOOKS:99/", ("hooks",), True),
        ("http://hooks:8080/", ("hooks:8080",), True),
        ("http://hooks:8081/", ("hooks:8080",), False),
        ("http://hooks/", ("hooks:80",), True),
        ("https://hooks/", ("hooks:443",), True),
        ("http://sub.hooks/", ("hooks",), False),
    ],
)
def test_hosts_are_allowed_by_name(url: str, hosts: tuple[str, ...], allowed: bool) -> None:  # noqa: FBT001
    assert (refusal(url, hosts) is None) == allowed


@pytest.mark.parametrize("hosts", ["0.0.0.0", ["0.0.0.0"]])
async def test_what_is_allowed_is_sent_to(hosts: str | list[str]) -> None:
    async with serve(ACCEPTED) as server, Emulator(world="demo", speed=None, webhook_hosts=hosts) as emulator:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            await hooked(client, server.url.replace("127.0.0.1", "0.0.0.0"))
            await deployed(emulator, client)
        assert told(server) == ["STARTED", "SUCCESSFUL"]


def test_the_command_line_takes_hosts() -> None:
    assert options(["--allow-webhook-host", "a", "--allow-webhook-host", "b:80"]).allow_webhook_host == ["a", "b:80"]
    assert options([]).allow_webhook_host == []


async def test_no_redirect_is_followed(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(ACCEPTED) as other:
        async with serve(Answer(status=307, headers={"Location": other.url})) as server:
            webhook = await hooked(client, server, events=["DEPLOYMENT_STARTED"])
            await deployed(emulator, client)
        (only,) = await client.webhooks.list_events(webhook)
        assert (only.target_response_status_code, other.requests) == (307, [])


async def test_nobody_listens(emulator: Emulator, client: AsyncQovery) -> None:
    assert (await said(emulator, client, closed_port())).startswith("no response: ClientConnector")


async def test_a_receiver_that_does_not_respond_in_time(emulator: Emulator, client: AsyncQovery) -> None:
    emulator.webhooks.timeout = 0.2
    async with serve_bytes(b"", stay=True) as server:
        assert await said(emulator, client, server.url) == "no response within 0.2 s"


@pytest.mark.parametrize("data", [b"SSH-2.0-x\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"])
async def test_a_receiver_that_speaks_no_http(emulator: Emulator, client: AsyncQovery, data: bytes) -> None:
    async with serve_bytes(data) as server:
        assert (await said(emulator, client, server.url)).startswith("no response: ")


async def test_a_response_that_is_packed_is_not_unpacked(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(Answer(body=b"\x1f\x8bnot really", headers={"Content-Encoding": "gzip"})) as server:
        webhook = await hooked(client, server, events=["DEPLOYMENT_STARTED"])
        await deployed(emulator, client)
    (only,) = await client.webhooks.list_events(webhook)
    assert only.target_response_status_code == 200


async def test_a_secret_that_no_header_carries_is_not_sent(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(ACCEPTED) as server:
        webhook = await hooked(client, server, events=["DEPLOYMENT_STARTED"], target_secret="a\r\nX-Injected: b")
        await deployed(emulator, client)
        (only,) = await client.webhooks.list_events(webhook)
        assert (only.target_response_status_code, server.requests) == (0, [])
        assert "Injected" not in (only.target_response_body or "")
