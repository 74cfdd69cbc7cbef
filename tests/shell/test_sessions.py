"""What can be done with an open shell? With real terminals."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Generator
from typing import Any

import anyio
import pytest

from qovery_async import AsyncQovery, ConfigurationError, StreamClosed, TransportError
from qovery_async.emulator import Emulator
from qovery_async.shell import session
from qovery_sync import Qovery
from tests.shell.conftest import Talk, everything, opened, until
from tests.support.pushing import IDS, Peer, pushing, sending, staying
from tests.support.real_terminals import terminals
from tests.support.server import Ask
from tests.support.stream_world import soon

pytestmark = pytest.mark.anyio

Script = Generator[Any, Any, Any]
ECHO = ["sh", "-c", "stty raw -echo; printf ready; exec cat"]


def echoing(client: Any) -> Any:
    return client.shell("s1", command=ECHO, **IDS)


async def test_a_dialogue(talk: Talk) -> None:
    def script(shell: Any) -> Script:
        yield shell.write("a=4; echo $a$a\n")
        yield from until(shell, b"44\r\n")
        assert shell.closing is None
        yield shell.write(b"exit\n")
        yield from everything(shell)
        assert (yield shell.read()) == b""
        return shell.closing.code

    async with terminals() as served:
        assert await talk(served, script) == 1000


async def test_the_end_of_the_input(talk: Talk) -> None:
    """The server closes; what the program prints after its input is not lost."""

    def script(shell: Any) -> Script:
        yield shell.write("line\n")
        yield shell.eof()
        return (yield from everything(shell))

    def counting(client: Any) -> Any:
        return client.shell("s1", command=["sh", "-c", "wc -c; sleep 0.2; echo late"], **IDS)

    async with terminals() as served:
        printed = await talk(served, script, counting)
    assert printed == b"line\r\n5\r\nlate\r\n"


async def test_iteration_ends_with_the_shell(ask: Ask) -> None:
    async def iterated(client: Any) -> bytes:
        async with client.shell("s1", command=["seq", "3"], **IDS) as shell:
            return b"".join([data async for data in shell])

    def call(client: Any) -> Any:
        if not isinstance(client, Qovery):
            return iterated(client)
        with client.shell("s1", command=["seq", "3"], **IDS) as shell:
            return b"".join(shell)

    async with terminals() as served:
        options = served.options
        assert await ask(options.pop("base_url"), call, **options) == b"1\r\n2\r\n3\r\n"


@pytest.mark.parametrize(("size", "shown"), [({}, b"0 0"), ({"width": 100, "height": 30}, b"30 100")])
async def test_the_size_of_the_terminal(talk: Talk, size: Any, shown: bytes) -> None:
    async with terminals() as served:
        printed = await talk(served, everything, lambda c: c.shell("s1", command=["stty", "size"], **IDS, **size))
    assert printed == shown + b"\r\n"


async def test_binary_comes_back_unchanged(ask: Ask) -> None:
    """One task writes and another reads."""
    sent = bytes(range(256)) * 8192
    async with terminals() as served:
        assert await echoed(served.options, sent, len(sent)) == hashlib.sha256(sent).digest()
        assert served.largest == session.CHUNK


@pytest.mark.slow
async def test_100_mb_come_back_unchanged() -> None:
    piece = bytes(range(256)) * 4096
    async with terminals() as served:
        assert await echoed(served.options, piece, 100 * len(piece)) == hashlib.sha256(piece * 100).digest()


async def echoed(options: Any, piece: bytes, length: int) -> bytes:
    """The checksum of what comes back."""
    found = hashlib.sha256()

    async def write(shell: Any) -> None:
        for _ in range(length // len(piece)):
            await shell.write(piece)

    async with AsyncQovery(**options) as client, echoing(client) as shell:
        assert await shell.read() == b"ready"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(write, shell)
            while length:
                data = await shell.read()
                found.update(data)
                length -= len(data)
    return found.digest()


async def test_a_write_beside_which_nobody_reads_fails(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program waits for its reader, and the writer for the program: nobody would go on."""
    monkeypatch.setattr(session, "UNREAD", 0.2)

    def script(shell: Any) -> Script:
        yield from until(shell, b"ready")
        yield shell.write(b"x" * 50_000_000)

    async with terminals() as served:
        with pytest.raises(TransportError, match=r"nobody has read what it printed for 0\.2 s: read in one task"):
            await talk(served, script, echoing)


async def test_a_slow_reader_loses_nothing(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "UNREAD", 0.1)

    def script(shell: Any) -> Script:
        yield from until(shell, b"1\r\n")
        yield asyncio.sleep(0.5) if isinstance(shell, session.ShellSession) else shell.write("")
        return (yield from everything(shell))

    async with terminals() as served:
        printed = await talk(served, script, lambda client: client.shell("s1", command=["seq", "500000"], **IDS))
    assert printed.endswith(b"499999\r\n500000\r\n")


async def test_an_ended_shell_takes_no_input(talk: Talk) -> None:
    def script(shell: Any) -> Script:
        yield from everything(shell)
        yield shell.write("ls\n")

    async with terminals() as served:
        with pytest.raises(
            StreamClosed, match="the connection was closed by the server with 1000, so nothing can be"
        ) as caught:
            await talk(served, script, lambda client: client.shell("s1", command=["true"], **IDS))
    assert caught.value.code == 1000


async def test_a_shell_is_opened_when_it_is_entered_and_once(ask: Ask) -> None:
    async def used(client: Any) -> None:
        shell = opened(client)
        with pytest.raises(ConfigurationError, match="the shell is not open"):
            await shell.read()
        assert server.handshakes == []
        async with shell:
            assert len(server.handshakes) == 1
        for use in (shell.read(), shell.write("x"), shell.eof()):
            with pytest.raises(ConfigurationError, match="the shell is not open"):
                await use
        with pytest.raises(ConfigurationError, match="a shell is entered once"):
            await shell.__aenter__()

    async with pushing(staying) as server:
        async with AsyncQovery(**server.options, token="t") as client:
            await used(client)
        await server.peers[0].left.wait()
    assert server.peers[0].close_code == 1000


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        (
            lambda client, id_: client.shell(client.environment(id_)),
            "service must be the id or the handle of a service",
        ),
        (lambda client, id_: client.shell.debug(client.service(id_)), "cluster_id must be the id or the handle of a"),
    ],
)
async def test_the_handle_of_something_else_is_refused(ask: Ask, opening: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        await ask("http://127.0.0.1:9", lambda client: opening(client, "11111111-1111-4111-8111-111111111111"))


async def test_a_debugging_pod_of_a_cluster_that_was_found() -> None:
    async with (
        Emulator(world="demo") as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, ws_url=emulator.ws_url) as client,
        client.shell.debug(await client.find.cluster("production")) as shell,
    ):
        await shell.write("exit\n")
        assert b"exit" in b"".join([data async for data in shell])
        assert str(shell) == "shell.debug"


async def test_another_loop_writes_and_reads_nothing() -> None:
    """As in a process that was forked: its bytes would go out on the connection of its parent."""
    async with (
        pushing(sending(b"first", b"second")) as server,
        AsyncQovery("t", **server.options) as client,
        opened(client) as shell,
    ):
        for use in (lambda: shell.write("x"), shell.read, shell.eof):
            with pytest.raises(ConfigurationError, match="the shell belongs to the event loop, and the process, in"):
                await anyio.to_thread.run_sync(asyncio.run, use())
        assert b"".join([data async for data in shell]) == b"firstsecond"


@pytest.mark.parametrize("data", [None, 5, ["ls"]])
async def test_only_bytes_and_strings_are_written(talk: Talk, data: Any) -> None:
    async with pushing(staying) as server:
        with pytest.raises(ConfigurationError, match="a shell is written bytes or a string"):
            await talk(server, lambda shell: (yield shell.write(data)))


async def test_leaving_does_not_wait_for_a_server_that_takes_nothing() -> None:
    """And leaves no connection behind."""

    async def stalling(peer: Peer) -> None:
        await peer.stall()

    async with pushing(stalling) as server, AsyncQovery("t", **server.options) as client:
        with anyio.fail_after(10):
            async with opened(client) as shell:
                with anyio.move_on_after(0.5) as scope:
                    await shell.write(b"x" * 50_000_000)
        assert scope.cancelled_caught
        (transport,) = [each.request.transport for each in server.peers]
        assert transport is not None
        transport.resume_reading()
        with anyio.fail_after(10):
            await server.peers[0].left.wait()
        assert server.peers[0].close_code != 1000


async def test_leaving_in_haste_leaves_no_connection_behind() -> None:
    """A task that is cancelled again while it leaves, as by a deadline around it, waits for nothing."""

    async def stalling(peer: Peer) -> None:
        await peer.stall()

    async def write(shell: Any) -> None:
        async with shell:
            await shell.write(b"x" * 50_000_000)

    async with pushing(stalling) as server, AsyncQovery("t", **server.options) as client:
        shell = opened(client)
        writing = asyncio.create_task(write(shell))
        await soon(lambda: shell._duplex is not None and shell._duplex._connection._unsent > 0)
        connection = shell._duplex._connection
        await asyncio.sleep(0.2)  # until the server takes no more
        for _ in range(2):
            writing.cancel()
            await asyncio.sleep(0.05)
        assert writing.cancelled()
        assert connection._unsent == 0
