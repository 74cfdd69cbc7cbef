"""Is the local terminal connected to a shell, and restored whatever happens? In real terminals on both sides."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest

from qovery_async.emulator import Emulator
from qovery_async.shell import terminal
from tests.support import ROOT
from tests.support.local_terminals import LocalTerminal, local_terminal
from tests.support.real_terminals import Terminals, terminals

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals"),
]

SHELL = ("-m", "qovery_async", "shell", "shop/production/api")


@attrs.frozen
class Place:
    """Where the command finds its service, and the terminals that it opens there."""

    environ: dict[str, str]
    served: Terminals


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with terminals(PS1="$ ") as served, Emulator(world="demo") as emulator:
        environ = {
            "QOVERY_API_URL": emulator.url,
            "QOVERY_API_TOKEN": emulator.token,
            "QOVERY_WS_URL": served.url,
        }
        yield Place(environ, served)


async def until(local: LocalTerminal, text: bytes) -> bytes:
    return await asyncio.to_thread(local.until, text)


async def test_a_dialogue(place: Place) -> None:
    with local_terminal(*SHELL, environ=place.environ) as local:
        before = local.attributes
        await until(local, b"$ ")
        assert local.is_raw()
        local.type(b"echo $((6*7)); tty\r")
        await until(local, b"42\r\n/dev/pts/")
        local.type(b"sleep 1000\r")
        await until(local, b"sleep 1000\r\n")
        await asyncio.sleep(0.3)  # the program is begun by now, or Ctrl-C ends the line
        local.type(b"\x03")
        local.type(b"echo still $((6*8))\r")
        await until(local, b"still 48")
        local.type(b"exit 3\r")
        await asyncio.to_thread(local.rest)
        assert local.process.returncode == 0
        assert local.attributes == before


async def test_the_size_at_the_beginning(place: Place) -> None:
    with local_terminal(*SHELL, "--command", "stty size", environ=place.environ) as local:
        shown = await asyncio.to_thread(local.rest)
    assert b"24 100" in shown


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
async def test_a_signal_that_ends_the_process(place: Place, number: signal.Signals) -> None:
    with local_terminal(*SHELL, environ=place.environ) as local:
        before = local.attributes
        await until(local, b"$ ")
        assert local.is_raw()
        local.process.send_signal(number)
        await asyncio.to_thread(local.rest)
        assert local.process.returncode == -number
        assert local.attributes == before


async def test_ctrl_c_from_elsewhere(place: Place) -> None:
    with local_terminal(*SHELL, environ=place.environ) as local:
        before = local.attributes
        await until(local, b"$ ")
        local.process.send_signal(signal.SIGINT)
        await asyncio.to_thread(local.rest)
        assert local.process.returncode == 130
        assert local.attributes == before


async def test_a_process_that_is_suspended(place: Place) -> None:
    with local_terminal(*SHELL, environ=place.environ) as local:
        before = local.attributes
        await until(local, b"$ ")
        local.process.send_signal(signal.SIGTSTP)
        await asyncio.to_thread(local.becomes, raw=False)
        assert local.attributes == before
        local.process.send_signal(signal.SIGCONT)
        await asyncio.to_thread(local.becomes, raw=True)
        local.type(b"exit\r")
        await asyncio.to_thread(local.rest)
        assert local.attributes == before


async def test_a_lost_connection(place: Place) -> None:
    with local_terminal(*SHELL, environ=place.environ) as local:
        before = local.attributes
        await until(local, b"$ ")
        for transport in place.served.transports:
            transport.abort()
        shown = await asyncio.to_thread(local.rest)
        assert local.process.returncode == 255
        assert b"the connection was lost" in shown
        assert b"Traceback" not in shown
        assert local.attributes == before


async def test_an_exception(place: Place) -> None:
    program = """
import asyncio
from qovery_async import AsyncQovery
from qovery_async.shell import terminal
async def main():
    async with AsyncQovery() as client:
        service = await client.find.service("shop/production/api")
        async with service.shell() as shell, asyncio.timeout(0.5):
            await terminal.attach(shell)
asyncio.run(main())
"""
    with local_terminal("-c", program, environ=place.environ) as local:
        before = local.attributes
        shown = await asyncio.to_thread(local.rest)
        assert b"TimeoutError" in shown
        assert local.attributes == before


@pytest.mark.parametrize("source", ["pipe", "file"])
@pytest.mark.parametrize(("sent", "end"), [("echo $((6*7))\n", b"42\r\n"), ("echo $((6*7))", b"42\r\n"), ("", b"")])
async def test_input_that_is_no_terminal(place: Place, tmp_path: Path, source: str, sent: str, end: bytes) -> None:
    """Its end ends the shell."""
    (tmp_path / "input").write_text(sent)
    with (tmp_path / "input").open() as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *SHELL, env={**os.environ, **place.environ}, cwd=ROOT,
            stdin=file if source == "file" else PIPE, stdout=PIPE, stderr=PIPE,
        )  # fmt: skip
        printed, errors = await process.communicate(sent.encode() if source == "pipe" else None)
    assert (process.returncode, errors) == (0, b"")
    assert end in printed


def test_the_size_of_what_is_no_terminal(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        assert terminal.size(file.fileno()) == (0, 0)
