"""How does a command get binary input through a terminal, and how does its exit code come back?

Qovery runs every command in a terminal: it echoes, changes line ends, takes some bytes of the input for signals, never
says that the input ends, and delivers no exit code. So a script runs the command. It makes the terminal raw and says
that it is ready; only then is the input sent, whose length the script knows. Behind the output it prints the exit code.
The command's own output is a pipe, so that programs write for a program, not in columns and colours.

What the script prints itself stands behind a random marker. Its arguments hold the marker in two halves, since the
output of `ps` shows them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import cast

from qovery_async.errors import ConfigurationError
from qovery_async.vocabulary.values import frozen

# `exec`: what is run is a program and no word of the shell. The shell's own remarks ("Killed") go nowhere. `isig`: once
# the whole input has been read, and no byte of it can be taken for a signal, Ctrl-C interrupts. The last `cat` takes the
# input that the program did not read: a connection that ends while some is on its way is reset, and the output lost.
_SCRIPT = """\
a=$1 b=$2 n=$3 m=raw; shift 3
[ ! -t 0 ] || stty raw -echo 2>/dev/null || m=stty
command -v cat >/dev/null || m=cat
[ "$n" = 0 ] || command -v head >/dev/null || m=head
printf '%s%s:%s;' "$a" "$b" "$m"
{ { head -c "$n" && stty isig; } | {
  ( exec "$@" ) 2>&1; printf '%s%s:%d;' "$a" "$b" "$?"; cat >/dev/null
}; } 2>/dev/null | cat
"""

_BEFORE = 65_536
"""The most that is kept of what comes before the script says that it is ready."""


@frozen(repr=False)
class Wrapping:
    """A command as it is sent, and what comes back with its output."""

    command: tuple[str, ...]
    input: bytes
    marker: bytes


def wrapped(command: Sequence[str], input_: bytes | str | None) -> Wrapping:
    """A command with its input.

    Raises:
        ConfigurationError: the input is neither bytes nor a string.
    """
    if isinstance(input_, str):
        sent = input_.encode(errors="surrogateescape")
    elif input_ is None or isinstance(cast("object", input_), bytes | bytearray | memoryview):
        sent = bytes(input_ or b"")
    else:
        raise ConfigurationError(f"input must be bytes or a string, got {type(input_).__name__}")
    first, second = secrets.token_hex(12), secrets.token_hex(12)
    words = ("sh", "-c", _SCRIPT, "sh", first, second, str(len(sent)), *command)
    return Wrapping(words, sent, (first + second).encode())


class Printed:
    """Tells the output of a command from what the script prints around it."""

    def __init__(self, marker: bytes) -> None:
        self._marker = marker
        self._is_ready = re.compile(re.escape(marker) + rb":([a-z]+);")
        self._has_ended = re.compile(re.escape(marker) + rb":(\d+);")
        self._pending = b""
        self.mode: str | None = None
        """"raw" once the terminal is ready, or what the container lacks; None before."""
        self.exit_code: int | None = None
        """None until the command has ended."""

    def feed(self, data: bytes) -> bytes:
        """The part of the output that is complete with this."""
        if self.exit_code is not None:
            return b""
        pending = self._pending + data
        if self.mode is None:
            ready = self._is_ready.search(pending)
            if ready is None:
                self._pending = pending[-_BEFORE:]
                return b""
            self.mode = ready[1].decode()
            pending = pending[ready.end() :]
        end = self._has_ended.search(pending)
        if end is not None:
            self.exit_code, self._pending = int(end[1]), b""
            return self._unchanged(pending[: end.start()])
        keep = self._kept(pending)
        self._pending = pending[keep:]
        return self._unchanged(pending[:keep])

    @property
    def rest(self) -> bytes:
        """What else is output if nothing follows; or what came before the script was ready, if that is all."""
        return self._unchanged(self._pending.partition(self._marker)[0])

    def _kept(self, data: bytes) -> int:
        """Where the bytes begin that may turn out to be no output."""
        at = data.find(self._marker)
        if at >= 0:
            return at
        for length in range(min(len(self._marker) - 1, len(data)), 0, -1):
            if data.endswith(self._marker[:length]):
                return len(data) - length
        return len(data) - data.endswith(b"\r")

    def _unchanged(self, output: bytes) -> bytes:
        """The output without what a terminal adds that could not be made raw."""
        return output if self.mode == "raw" else output.replace(b"\r\n", b"\n")
