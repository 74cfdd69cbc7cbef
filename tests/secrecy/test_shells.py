"""Does a shell show what it is given? A command and its input often hold passwords."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from qovery_async import AsyncQovery, BadRequest, QoveryError, ServerError, StreamClosed, TransportError, Unauthorized
from qovery_async.shell.results import ShellFailed, ShellResult, ShellTimeout
from qovery_sync import Qovery
from tests.support.pushing import IDS, Peer, pushing, sending, staying
from tests.support.real_terminals import terminals
from tests.support.server import close, closed_port, serve
from tests.support.sight import TOKEN, Needle
from tests.transport.test_tracing import Traced, traced

__all__ = ["traced"]  # a fixture

pytestmark = pytest.mark.anyio

Watch = Callable[..., Any]

PASSWORD = "Hx7/qT+2 vKw9&Lm=4z"
COMMAND = ["psql", f"--password={PASSWORD}"]
REPEATS = f"cannot run psql --password={PASSWORD}"


def run_command(client: Any) -> Any:
    return client.shell.run("s1", COMMAND, input=f"set password {PASSWORD}\n", timeout=1, **IDS)


def use_shell(client: Any) -> Any:
    """Opens a shell, writes a password, and reads to the end."""
    if isinstance(client, Qovery):
        with client.shell("s1", command=COMMAND, **IDS) as shell:
            shell.write(f"{PASSWORD}\n")
            return b"".join(shell)

    async def use() -> bytes:
        async with client.shell("s1", command=COMMAND, **IDS) as shell:
            await shell.write(f"{PASSWORD}\n")
            return b"".join([data async for data in shell])

    return use()


BOTH = pytest.mark.parametrize("call", [run_command, use_shell])


async def watched(watch: Watch, ws_url: str, call: Callable[[Any], Any]) -> Any:
    seen = await watch("http://127.0.0.1:9", call, ws_url=ws_url, secret=PASSWORD)
    # Blocking methods have what they were given in their frames, as every function has.
    seen.places[:] = [place for place in seen.places if not is_argument(place)]
    return seen


def is_argument(place: str) -> bool:
    return place.endswith((": command", ": input", ": args", ": kwargs", ": data", ": function"))


@BOTH
@pytest.mark.parametrize(("status", "error"), [(400, BadRequest), (401, Unauthorized), (503, ServerError)])
async def test_a_handshake_is_refused(watch: Watch, call: Any, status: int, error: type[Exception]) -> None:
    """Also by a server that repeats it."""

    def refuse() -> web.Response:
        return web.json_response({"detail": REPEATS, "x": COMMAND}, status=status, headers={"X-Request-Id": COMMAND[1]})

    async with pushing(refuse) as server:
        seen = await watched(watch, server.url, call)
    assert isinstance(seen.ended, error)
    assert seen.places == []


@BOTH
async def test_a_handshake_is_redirected(watch: Watch, call: Any) -> None:
    async with serve() as elsewhere:
        handshakes: list[web.Request] = []

        async def redirect(request: web.Request) -> web.Response:
            handshakes.append(request)
            return web.Response(status=307, headers={"Location": f"{elsewhere.url}{request.raw_path}"})

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", redirect)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            seen = await watched(watch, f"ws://127.0.0.1:{runner.addresses[0][1]}", call)
        finally:
            await close(runner)
        assert len(handshakes) == 1
        assert isinstance(seen.ended, TransportError)
        assert seen.places == []
        assert elsewhere.connections == 0


@BOTH
@pytest.mark.parametrize("code", [1007, 1008, 1011])
async def test_a_shell_is_closed(watch: Watch, call: Any, code: int) -> None:
    async with pushing(sending(b"x", code=code, reason=REPEATS)) as server:
        seen = await watched(watch, server.url, call)
    assert isinstance(seen.ended, QoveryError)
    assert seen.places == []


@BOTH
async def test_a_shell_is_lost(watch: Watch, call: Any) -> None:
    async def cut(peer: Peer) -> None:
        await asyncio.sleep(0.1)
        peer.cut(after=b"\xff" + REPEATS.encode())

    async with pushing(cut) as server:
        seen = await watched(watch, server.url, call)
    assert isinstance(seen.ended, StreamClosed)
    assert seen.places == []


@BOTH
async def test_nobody_is_there(watch: Watch, call: Any) -> None:
    seen = await watched(watch, closed_port().replace("http", "ws"), call)
    assert isinstance(seen.ended, TransportError)
    assert seen.places == []


async def test_time_runs_out(watch: Watch) -> None:
    async with pushing(staying) as server:
        seen = await watched(watch, server.url, run_command)
    assert isinstance(seen.ended, ShellTimeout)
    assert seen.places == []


async def test_a_command_ends(watch: Watch) -> None:
    """Also one that prints the password: its result shows no output."""
    async with terminals() as served:
        seen = await watched(watch, served.url, lambda client: client.shell.run("s1", ["printf", PASSWORD], **IDS))
    assert isinstance(seen.result, ShellResult)
    assert seen.result.text == PASSWORD
    assert not Needle(PASSWORD).stands_in(repr(seen.result))
    assert seen.places == []


async def test_a_container_without_a_shell(watch: Watch) -> None:
    async with terminals(PATH="/nowhere") as served:
        seen = await watched(watch, served.url, run_command)
    assert isinstance(seen.ended, ShellFailed)
    assert seen.places == []


async def test_writing_to_a_shell_that_has_ended() -> None:
    async with (
        pushing(sending()) as server,
        AsyncQovery(TOKEN, **server.options) as client,
        client.shell("s1", command=COMMAND, **IDS) as shell,
    ):
        assert await shell.read() == b""
        with pytest.raises(StreamClosed) as caught:
            await shell.write(PASSWORD)
        assert not Needle(PASSWORD).stands_in(f"{shell!r} {vars(shell)!r} {client!r}")
    assert Needle(PASSWORD).places_in(caught.value) == []
    assert Needle(TOKEN).places_in(caught.value) == []


async def test_a_trace_does_not_see_a_shell(traced: Traced) -> None:
    """The address of its handshake has the command in it. Other requests are traced as ever."""

    async def slow(peer: Peer) -> None:
        await asyncio.sleep(0.2)
        await peer.send(b"x")
        await peer.close(1000)

    seen: list[str] = []

    async def note(session: Any, context: Any, started: aiohttp.TraceRequestStartParams) -> None:
        seen.append(str(started.url))

    given = aiohttp.TraceConfig()
    given.on_request_start.append(note)
    async with pushing(slow) as server, aiohttp.ClientSession(trace_configs=[given]) as session:
        for client in (AsyncQovery(TOKEN, **server.options, session=session), AsyncQovery(TOKEN, **server.options)):
            async with client:
                assert await use_shell(client) == b"x"
                assert [frame async for frame in client.streams.connect("/new", organization="o1")] == [b"x"]
    assert len(server.handshakes) == 4
    assert [url.partition("?")[0].rpartition("/")[2] for url in seen] == ["new"]
    assert len(traced.requests) == 2
    assert not Needle(PASSWORD).stands_in(traced.text())
