"""How is the local terminal connected to a shell, and given back as it was?

`async with client.shell(service_id, width=80, height=24) as shell: await terminal.attach(shell)`. Linux and macOS only.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from qovery_async.errors import ConfigurationError, TransportError
from qovery_async.shell.session import ShellSession
from qovery_async.streams.feed import ended

_PIECE = 4096
# With the default handler, these end the process and leave the terminal as it is.
_DEADLY = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT")


def size(descriptor: int = 1) -> tuple[int, int]:
    """The width and height of a terminal, in characters; 0 and 0 where there is none."""
    try:
        found = os.get_terminal_size(descriptor)
    except OSError:
        return 0, 0
    return found.columns, found.lines


async def attach(shell: ShellSession, *, stdin: int = 0, stdout: int = 1) -> None:
    """Connect the terminal, or what else is the input and the output, to an open shell until that ends.

    A terminal is in raw mode meanwhile: each key goes to the shell, also Ctrl-C, Ctrl-D and Ctrl-Z. It is restored
    whatever happens; in the main thread also when SIGTERM, SIGHUP, SIGINT or SIGQUIT ends the process, and while SIGTSTP
    suspends it. The end of an input that is no terminal ends the input of the shell.

    Args:
        shell: An entered `client.shell(...)`.
        stdin: The descriptor to read from.
        stdout: The descriptor to write to.

    Raises:
        StreamClosed: the connection was lost, or the server closed it.
        ConfigurationError: on Windows.
    """
    if sys.platform == "win32":
        raise ConfigurationError("terminals are connected on Linux and macOS only; read and write the shell instead")
    shell._patience = math.inf  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # somebody reads the screen
    with _raw(stdin):
        typing = asyncio.create_task(_type(shell, stdin))
        try:
            async for data in shell:
                await show(stdout, data)
        finally:
            await ended(typing)


async def _type(shell: ShellSession, stdin: int) -> None:
    """Sends what is typed. The one who reads the shell finds out how it ends."""
    is_terminal, last = os.isatty(stdin), b"\n"
    with suppress(TransportError):
        while data := await read(stdin):
            await shell.write(data)
            last = data
        if not is_terminal:
            # Within a line, the first passes the line on, the second ends it, and the third ends a shell.
            await shell.write(b"\x04" if last.endswith(b"\n") else b"\x04\x04\x04")


async def read(descriptor: int) -> bytes:
    """What comes next from a terminal, a pipe or a file; nothing at the end."""
    loop = asyncio.get_running_loop()
    try:
        await _ready(loop.add_reader, loop.remove_reader, descriptor)
        return os.read(descriptor, _PIECE)
    except OSError:  # the terminal is gone, or there never was an input
        return b""


async def show(descriptor: int, data: bytes) -> None:
    """Writes to a terminal, a pipe or a file: as much at once as surely fits, so that the loop goes on."""
    loop = asyncio.get_running_loop()
    while data:
        await _ready(loop.add_writer, loop.remove_writer, descriptor)
        data = data[os.write(descriptor, data[:_PIECE]) :]


async def _ready(add: Callable[..., Any], remove: Callable[[int], Any], descriptor: int) -> None:
    ready = asyncio.Event()
    try:
        add(descriptor, ready.set)
    except (PermissionError, NotImplementedError):  # a file is always ready; and Windows does not tell
        return
    try:
        await ready.wait()
    finally:
        remove(descriptor)


@contextmanager
def _raw(descriptor: int) -> Generator[None]:
    """A terminal in raw mode."""
    if sys.platform == "win32" or not os.isatty(descriptor):
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(descriptor)

    def restore() -> None:
        with suppress(termios.error):  # it is gone
            termios.tcsetattr(descriptor, termios.TCSANOW, before)

    def begin() -> None:
        tty.setraw(descriptor, termios.TCSADRAIN)

    with _restoring(restore, begin):
        try:
            begin()
            yield
        finally:
            restore()


@contextmanager
def _restoring(restore: Callable[[], None], begin: Callable[[], None]) -> Generator[None]:
    """Signals that end or suspend the process restore the terminal first."""
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        restore()
        previous = handlers[number]
        if callable(previous):
            previous(number, frame)
        else:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def suspend(*_: object) -> None:
        restore()
        os.kill(os.getpid(), signal.SIGSTOP)
        begin()

    found = {number: signal.getsignal(number) for number in (getattr(signal, name) for name in _DEADLY)}
    handlers = {number: handler for number, handler in found.items() if handler not in (None, signal.SIG_IGN)}
    try:
        for number in handlers:
            signal.signal(number, end)
        suspended = signal.signal(signal.SIGTSTP, suspend)
        try:
            yield
        finally:
            signal.signal(signal.SIGTSTP, suspended)
    finally:
        for number, previous in handlers.items():
            signal.signal(number, previous)
