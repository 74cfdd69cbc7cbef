"""A terminal of this machine with a program in it, whose keys a test presses."""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import sys
import termios
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import attrs

from tests.support import ROOT

SECONDS = 30


@attrs.define
class LocalTerminal:
    """The end of the terminal at which somebody types and looks."""

    keys: int
    theirs: int
    process: subprocess.Popen[bytes]
    shown: bytes = b""

    def type(self, data: bytes) -> None:
        os.write(self.keys, data)

    def until(self, text: bytes) -> bytes:
        """Reads until the program has shown something."""
        while text not in self.shown:
            self.shown += self._read()
        return self.shown

    def rest(self) -> bytes:
        """Reads until the program has ended."""
        reading = True
        while reading or self.process.poll() is None:
            try:
                os.set_blocking(self.keys, False)
                self.shown += os.read(self.keys, 65536)
            except BlockingIOError:
                reading = self.process.poll() is None
                time.sleep(0.01)
        self.process.wait(SECONDS)
        return self.shown

    @property
    def attributes(self) -> list[Any]:
        """How the terminal is set."""
        return termios.tcgetattr(self.theirs)

    def is_raw(self) -> bool:
        return not self.attributes[3] & termios.ICANON

    def becomes(self, *, raw: bool) -> None:
        """Waits until it is raw, or no longer."""
        ends = time.monotonic() + SECONDS
        while self.is_raw() != raw:
            assert time.monotonic() < ends, "the terminal is as it was"
            time.sleep(0.01)

    def _read(self) -> bytes:
        try:
            return os.read(self.keys, 65536)
        except OSError:
            raise AssertionError(f"the program has ended: {self.shown!r}") from None


@contextmanager
def local_terminal(*arguments: str, environ: Mapping[str, str]) -> Generator[LocalTerminal]:
    """Runs Python in a terminal of its own."""
    keys, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    # What a shell runs in the background ignores these signals, and so would what that starts.
    command = ["setsid", "-c", "env", "--default-signal=INT,QUIT", sys.executable, *arguments]
    inherited = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    process = subprocess.Popen(command, env=inherited, stdin=theirs, stdout=theirs, stderr=theirs)
    try:
        yield LocalTerminal(keys, theirs, process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
        os.close(keys)
        os.close(theirs)
