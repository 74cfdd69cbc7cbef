"""A terminal in which a test runs a program, and what the program wrote there."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import textwrap
from collections.abc import Mapping

import attrs

from tests.support import ROOT
from tests.support.server import TOKEN

SECONDS = 60
"""No program here takes as long: one that does hangs."""

ESCAPE, HIDE, SHOW = "\x1b", "\x1b[?25l", "\x1b[?25h"

HEAD = """
import logging, sys
logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of a slow machine
url = sys.argv[1]
"""
FACES = {
    "async": (
        "import asyncio\nfrom qovery_async import AsyncQovery\n"
        "async def main():\n    async with AsyncQovery(base_url=url) as client:\n{}\nasyncio.run(main())\n"
    ),
    "blocking": "from qovery_sync import Qovery\nwith Qovery(base_url=url) as client:\n{}\n",
}
"""A program of each face around what uses its `client`."""


def program(face: str, body: str) -> str:
    """The program for a body, which is written for the async face."""
    body = textwrap.dedent(body) if face == "async" else textwrap.dedent(body).replace("await ", "")
    return HEAD + FACES[face].format(textwrap.indent(body, " " * 8))


@attrs.frozen
class Ran:
    """What a program did. `shown` is what it wrote to its stderr, a terminal or a pipe."""

    status: int
    printed: str
    shown: str

    @property
    def has_cursor(self) -> bool:
        """Whether the cursor, once hidden, is shown in the end."""
        return self.shown.rfind(SHOW) > self.shown.rfind(HIDE) >= 0


def run(script: str, url: str, environ: Mapping[str, str] | None = None) -> Ran:
    """Runs a program whose stderr is a pipe, as in a CI job."""
    done = subprocess.run(
        _command(script, url), env=_environ(environ), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def run_in_terminal(
    script: str,
    url: str,
    environ: Mapping[str, str] | None = None,
    *,
    interrupt_at: str = "",
    with_signal: signal.Signals = signal.SIGINT,
    hang_up_at: str = "",
) -> Ran:
    """Runs a program whose stderr is a terminal; its stdout is a pipe.

    Once the program has written `interrupt_at` there, somebody presses Ctrl-C, or sends another signal; after
    `hang_up_at` the terminal is gone.
    """
    terminal, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    with subprocess.Popen(
        _command(script, url), env=_environ(environ), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs,
        text=True, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        try:
            shown = ""
            while read := _read(terminal):
                shown += read
                if interrupt_at and interrupt_at in shown:
                    interrupt_at = ""
                    process.send_signal(with_signal)
                if hang_up_at and hang_up_at in shown:
                    break
        finally:
            os.close(terminal)
        printed, _ = process.communicate(timeout=SECONDS)
    return Ran(process.returncode, printed, shown)


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError as error:
        if error.errno != errno.EIO:  # how Linux says that nobody has the terminal open any more
            raise
        return ""


def _command(script: str, url: str) -> list[str]:
    return [sys.executable, "-X", "dev", "-W", "error", "-c", textwrap.dedent(script), url]


def _environ(more: Mapping[str, str] | None) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "FORCE_COLOR")}
    return inherited | {"PYTHONPATH": str(ROOT), "QOVERY_API_TOKEN": TOKEN, "TERM": "xterm-256color"} | dict(more or {})
