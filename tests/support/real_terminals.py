"""A server that runs what a handshake of `/shell/exec` asks for in a real terminal of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import shutil
import struct
import subprocess
import termios
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
from aiohttp import WSMsgType, web

from tests.support.pushing import QUICK
from tests.support.server import TOKEN, close

PIECE = 16 * 1024

TOOLS = ("cat", "head", "stty", "printf", "sleep", "ps", "env", "true", "tr", "wc", "seq", "dd")


def container(folder: Path, shell: str, *without: str) -> str:
    """A `PATH` with `shell` as its `sh` and the usual tools, which are those of busybox if the shell is."""
    for tool in {"sh", *TOOLS} - {*without}:
        program = shutil.which(shell if tool == "sh" or shell == "busybox" else tool)
        assert program is not None, f"install {tool}"
        (folder / tool).symlink_to(program)
    return str(folder)


@attrs.define
class Terminals:
    """What the server has seen."""

    url: str = ""
    queries: list[Mapping[str, str]] = attrs.Factory(list[Mapping[str, str]])
    processes: list[subprocess.Popen[bytes]] = attrs.Factory(list["subprocess.Popen[bytes]"])
    environ: dict[str, str] = attrs.Factory(lambda: {"PATH": os.environ["PATH"], "TERM": "xterm"})
    """The environment of the programs."""
    transports: list[asyncio.Transport] = attrs.Factory(list[asyncio.Transport])
    """The connections, to be cut."""
    largest: int = 0
    """The bytes of the largest frame that came from the client."""

    @property
    def options(self) -> dict[str, str]:
        return {**QUICK, "token": TOKEN, "ws_url": self.url}


@asynccontextmanager
async def terminals(**environ: str) -> AsyncGenerator[Terminals]:
    """Serves shells in real terminals. A program that is not found is reported as by a container's runtime."""
    served = Terminals()
    served.environ |= environ

    async def shell(request: web.Request) -> web.WebSocketResponse:
        served.queries.append(request.query)
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        assert request.transport is not None
        served.transports.append(request.transport)
        await _serve(served, request, socket)
        return socket

    app = web.Application()
    app.router.add_get("/shell/exec", shell)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.url = f"ws://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield served
    finally:
        for process in served.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
        await close(runner)


async def _serve(served: Terminals, request: web.Request, socket: web.WebSocketResponse) -> None:
    words = [request.query[f"command[{n}]"] for n in range(1000) if f"command[{n}]" in request.query] or ["sh"]
    ours, theirs = pty.openpty()
    size = struct.pack("HHHH", int(request.query["tty_height"]), int(request.query["tty_width"]), 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)

    program = shutil.which(words[0], path=served.environ["PATH"])
    if program is None:
        os.close(ours)
        os.close(theirs)
        await socket.send_bytes(f'exec: "{words[0]}": executable file not found in $PATH\r\n'.encode())
        await socket.close(code=1000)
        return
    # `setsid -c` makes it the controlling terminal, so that Ctrl-C interrupts.
    own = [shutil.which("setsid") or "setsid", "-c", program, *words[1:]]
    process = subprocess.Popen(own, stdin=theirs, stdout=theirs, stderr=theirs, env=served.environ)  # noqa: ASYNC220
    os.close(theirs)
    served.processes.append(process)
    os.set_blocking(ours, False)
    both = (asyncio.create_task(_print(socket, ours, process)), asyncio.create_task(_type(served, socket, ours)))
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if process.poll() is not None or not socket.closed:  # the client has not left
            await both[0]
    finally:
        for task in both:
            task.cancel()
        await asyncio.wait(both)
        os.close(ours)  # the program gets SIGHUP


async def _print(socket: web.WebSocketResponse, terminal: int, process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await _printed(terminal):
            await socket.send_bytes(data)
        await asyncio.to_thread(process.wait)
        await socket.close(code=1000)


async def _type(served: Terminals, socket: web.WebSocketResponse, terminal: int) -> None:
    async for message in socket:
        assert message.type is WSMsgType.BINARY
        served.largest = max(served.largest, len(message.data))
        data = message.data
        while data:
            await _ready(terminal, to_write=True)
            try:
                data = data[os.write(terminal, data) :]
            except BlockingIOError:
                await asyncio.sleep(0.001)
            except OSError:
                return


async def _printed(terminal: int) -> bytes:
    while True:
        await _ready(terminal, to_write=False)
        try:
            return os.read(terminal, PIECE)
        except BlockingIOError:
            continue
        except OSError:  # EIO: nobody has the terminal open any more
            return b""


async def _ready(terminal: int, *, to_write: bool) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    copy = os.dup(terminal)  # one for each direction: the loop knows a number once
    add, remove = (loop.add_writer, loop.remove_writer) if to_write else (loop.add_reader, loop.remove_reader)

    def done() -> None:
        if not ready.done():
            ready.set_result(None)

    add(copy, done)
    try:
        await ready
    finally:
        remove(copy)
        os.close(copy)
