"""What comes of a command that was run, or of one that was not run to its end?"""

from __future__ import annotations

import attrs

from qovery_async.errors import RequestTimeout, StreamClosed
from qovery_async.vocabulary.values import frozen


@frozen
class ShellResult:
    """A command that has ended. `output` is what it printed, to its output and its errors, in the order it came."""

    exit_code: int
    """0 for success; 127 if the program was not found; 128 + n if signal n ended it, such as 137 for SIGKILL."""
    output: bytes = attrs.field(repr=False)

    @property
    def text(self) -> str:
        """The output as UTF-8; bytes that are none are replaced."""
        return self.output.decode(errors="replace")


class ShellTimeout(RequestTimeout):
    """A command had not ended in time. It was interrupted, as far as it could be reached.

    `output` is what it had printed.
    """

    output: bytes = b""


class ShellFailed(StreamClosed):
    """A command has no exit code: the connection ended before it did, or it could not begin.

    The message says which. `output` is what had been printed; `code` and `reason` are those of the close frame.
    """

    output: bytes = b""
