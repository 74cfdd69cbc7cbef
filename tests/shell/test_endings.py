"""How does a shell end that does not end by itself? It is never opened again; and what do its handshakes say?"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import anyio
import pytest
from aiohttp import web

from qovery_async import (
    AsyncQovery,
    ConfigurationError,
    ConnectError,
    Forbidden,
    RetryPolicy,
    ServerError,
    StreamClosed,
    TransportError,
    Unauthorized,
)
from qovery_async.emulator import Emulator
from qovery_async.shell.results import ShellFailed
from qovery_async.streams.duplex import Duplex
from qovery_async.transport import websocket
from qovery_async.transport.request import Call
from tests.shell.conftest import Talk, everything, opened
from tests.support.both_faces import play
from tests.support.pushing import IDS, Peer, pushing, sending, staying
from tests.support.server import Ask, closed_port

pytestmark = pytest.mark.anyio

Script = Generator[Any, Any, Any]


@pytest.mark.parametrize(
    ("code", "error"), [(1007, Forbidden), (1008, Unauthorized), (1001, StreamClosed), (1011, StreamClosed)]
)
async def test_a_close_of_the_server_is_an_error(talk: Talk, code: int, error: type[Exception]) -> None:
    """After what came before; another connection would be another shell."""
    printed: list[bytes] = []

    def script(shell: Any) -> Script:
        printed.append((yield shell.read()))
        yield shell.read()

    async with pushing(sending(b"before", code=code, reason="why")) as server:
        with pytest.raises(error, match="why"):
            await talk(server, script)
    assert printed == [b"before"]
    assert len(server.handshakes) == 1


async def test_a_lost_connection_is_an_error(talk: Talk) -> None:
    async def cut(peer: Peer) -> None:
        await peer.send(b"before")
        await asyncio.sleep(0.05)
        peer.cut(after=b"\x82\x7e\x0f\xff" + b"half a frame")

    async with pushing(cut) as server:
        with pytest.raises(StreamClosed) as caught:
            await talk(server, everything)
    assert caught.value.code == 1006
    assert len(server.handshakes) == 1


async def test_a_server_that_falls_silent_is_lost(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "PING_EVERY", 0.2)

    async def silent(peer: Peer) -> None:
        await peer.send(b"before")
        await peer.stall()

    async with pushing(silent) as server:
        with pytest.raises(StreamClosed, match="not even a pong"):
            await talk(server, everything)


async def test_a_shell_in_which_nothing_happens_stays(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "PING_EVERY", 0.1)

    async def slow(peer: Peer) -> None:
        await asyncio.sleep(1)
        await peer.send(b"late")
        await peer.close(1000)

    async with pushing(slow) as server:
        assert await talk(server, everything) == b"late"


async def test_a_reader_may_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pongs wait behind what has not been read."""
    monkeypatch.setattr(websocket, "PING_EVERY", 0.1)
    async with (
        pushing(sending(*[bytes(500_000)] * 40)) as server,
        AsyncQovery("t", **server.options) as client,
        opened(client) as shell,
    ):
        await asyncio.sleep(1)
        assert sum([len(data) async for data in shell]) == 20_000_000
    assert len(server.handshakes) == 1


async def test_a_reader_may_be_cancelled_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads the pong meanwhile."""
    monkeypatch.setattr(websocket, "PING_EVERY", 0.1)

    async def late(peer: Peer) -> None:
        await asyncio.sleep(0.8)
        await peer.send(b"late")

    async with pushing(late) as server, AsyncQovery("t", **server.options) as client:
        call = Call("shell.exec", "GET /shell/exec", empty_ok=True)
        duplex = await Duplex.open(client._core.exchange, call, repeatable=False)
        try:
            with anyio.move_on_after(0.05):
                await duplex.receive()
            await asyncio.sleep(1)
            assert await duplex.receive() == b"late"
        finally:
            await duplex.close()


async def test_text_frames_are_no_output(talk: Talk) -> None:
    async with pushing(sending("text", b"printed", "text")) as server:
        assert await talk(server, everything) == b"printed"


@pytest.mark.parametrize("refusal", [sending(code=1008), lambda: web.Response(status=401)])
async def test_a_token_that_expired_is_renewed_before_the_first_byte(talk: Talk, refusal: Any) -> None:
    tokens = iter(["old", "new"])
    async with pushing(refusal, sending(b"hello")) as server:
        assert await talk(server, everything, token=lambda: next(tokens)) == b"hello"
    assert [handshake.headers["Authorization"] for handshake in server.handshakes] == ["Token old", "Token new"]


async def test_a_token_is_not_renewed_within_a_shell(talk: Talk) -> None:
    tokens = iter(["old", "new"])
    async with pushing(sending(b"hello", code=1008)) as server:
        with pytest.raises(Unauthorized):
            await talk(server, everything, token=lambda: next(tokens))
    assert len(server.handshakes) == 1


async def test_a_token_that_is_refused_twice(talk: Talk) -> None:
    tokens = iter(["old", "new"])
    async with pushing(sending(code=1008)) as server:
        with pytest.raises(Unauthorized):
            await talk(server, everything, token=lambda: next(tokens))
    assert len(server.handshakes) == 2


@pytest.mark.parametrize("status", [500, 503])
async def test_a_handshake_that_may_have_begun_a_shell_is_not_repeated(ask: Ask, talk: Talk, status: int) -> None:
    async with pushing(lambda: web.Response(status=status)) as server:
        with pytest.raises(ServerError):
            await talk(server, everything, retries=RetryPolicy(attempts=3, base=0.001))
    assert len(server.handshakes) == 1


async def test_nobody_is_there(ask: Ask) -> None:
    async def enter(client: Any) -> None:
        async with opened(client):
            pass

    async with AsyncQovery("t", ws_url=closed_port().replace("http", "ws")) as client:
        with pytest.raises(ConnectError):
            await enter(client.with_options())


async def test_the_client_is_closed(ask: Ask) -> None:
    async with pushing(staying) as server, AsyncQovery("t", **server.options) as client, opened(client) as shell:
        await client.aclose()
        with anyio.fail_after(5), pytest.raises(TransportError, match="the client was closed"):
            await shell.read()


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1011, "agent"), (1006, "")])
async def test_a_command_without_an_exit_code_has_failed(ask: Ask, code: int, reason: str) -> None:
    """Whatever the close frame says; what looks like the begin of a marker was output."""
    halves: list[bytes] = []

    async def half(peer: Peer) -> None:
        words = [peer.query[f"command[{number}]"] for number in range(4, 6)]
        await peer.send(f"{''.join(words)}:raw;half{words[0][:5]}".encode())
        halves.append(f"half{words[0][:5]}".encode())
        await asyncio.sleep(0.05)
        if code == 1006:
            peer.cut()
        else:
            await peer.close(code, reason)

    async with pushing(half) as server:
        options = server.options
        with pytest.raises(ShellFailed, match="it is not known how the command ended") as caught:
            await ask(options.pop("base_url"), lambda client: client.shell.run("s1", ["ls"], **IDS), **options)
    assert (caught.value.code, caught.value.reason, caught.value.output) == (code, reason, halves[0])


class TestHandshakes:
    async def test_of_exec(self, talk: Talk) -> None:
        async with pushing(sending()) as server:
            await talk(
                server,
                everything,
                lambda client: client.shell.exec(
                    "s1", command=["sh", "-c", "a b&c=d"], pod_name="p", container_name="c", width=80, height=24, **IDS
                ),
            )
        (handshake,) = server.handshakes
        assert handshake.path == "/shell/exec"
        assert "command[0]=sh&command[1]=-c&command[2]=a%20b%26c%3Dd" in handshake.raw_path
        assert dict(handshake.query) == {
            "organization": "o1", "cluster": "c1", "project": "p1", "environment": "e1", "service": "s1",
            "pod_name": "p", "container_name": "c", "tty_width": "80", "tty_height": "24",
            "command[0]": "sh", "command[1]": "-c", "command[2]": "a b&c=d",
        }  # fmt: skip

    async def test_of_debug(self, talk: Talk) -> None:
        async with pushing(sending()) as server:
            await talk(
                server,
                everything,
                lambda client: client.shell.debug("c1", flavor="FULL_PRIVILEGE", organization_id="o1"),
            )
        (handshake,) = server.handshakes
        assert handshake.path == "/shell/debug"
        assert dict(handshake.query) == {
            "organization": "o1", "cluster": "c1", "flavor": "FULL_PRIVILEGE", "tty_width": "0", "tty_height": "0",
        }  # fmt: skip

    async def test_of_ephemeral(self, talk: Talk) -> None:
        async with pushing(sending()) as server:
            await talk(
                server,
                everything,
                lambda client: client.shell.ephemeral(
                    "s1", "clone", cpu_override="500m", memory_override="512Mi", width=1, height=2, **IDS
                ),
            )
        (handshake,) = server.handshakes
        assert handshake.path == "/shell/ephemeral"
        assert dict(handshake.query) == {
            "organization": "o1", "cluster": "c1", "project": "p1", "environment": "e1", "service": "s1",
            "mode": "clone", "cpu_override": "500m", "memory_override": "512Mi", "tty_width": "1", "tty_height": "2",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("more", "match"),
        [
            ({"width": -1}, "width must be a number from 0 to 65535"),
            ({"height": "24"}, "height must be a number"),
            ({"command": "sh"}, "command must be a list of strings"),
            ({"cluster_id": ""}, "cluster_id must be a non-empty string"),
            ({"service": 5}, "service must be a non-empty string or a handle"),
        ],
    )
    async def test_with_what_cannot_be_right(self, ask: Ask, more: Any, match: str) -> None:
        async with AsyncQovery("t") as client:
            with pytest.raises(ConfigurationError, match=match):
                client.shell(**{"service": "s1", **more})


async def test_a_handle_knows_where_its_service_is(ask: Ask) -> None:
    def script(client: Any) -> Script:
        service = yield client.find.service("shop/production/api")
        result = yield service.run(["echo", "hi"])
        again = yield client.shell.run(service.id, ["sh", "-c", "exit 3"])
        return result, again.exit_code

    async with Emulator(world="demo") as emulator:
        (result, code), asked = await play(ask, emulator, script, ws_url=emulator.ws_url)
    assert (result.exit_code, result.text, code) == (0, "hi\n", 3)
    assert asked == ["services.list", "shell.exec", "services.list", "shell.exec"]
