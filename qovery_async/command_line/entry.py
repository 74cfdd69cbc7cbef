"""How is a command chosen and run, and how does it end?"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence

from qovery_async.command_line.commands import COMMANDS, Command, load
from qovery_async.errors import QoveryError

FAILED = 255
"""The exit status after an error of the SDK, as `ssh` has it: programs in a container rarely end with it."""

INTERRUPTED = 130
"""The exit status after Ctrl-C, as shells have it."""

UNREAD = 141
"""The exit status where nobody reads the output any more, as shells have it after SIGPIPE."""

_EPILOG = """\
The token is read from QOVERY_API_TOKEN. `COMMAND --help` shows the arguments of a command, with examples.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit status. Exits with 2 if the arguments are wrong."""
    try:
        command, given = read(sys.argv[1:] if arguments is None else arguments)
        return asyncio.run(command.run(given))
    except QoveryError as error:
        lines = [str(error), *getattr(error, "__notes__", ())]
        sys.stderr.write("\n".join(lines) + "\n")
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python writes the rest at its end
        return UNREAD
    except KeyboardInterrupt:
        return INTERRUPTED


def read(arguments: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """The chosen command and its arguments. What follows `--` is split off first: argparse would read some of it."""
    ends = arguments.index("--") if "--" in arguments else len(arguments)
    own, words = [*arguments[:ends]], [*arguments[ends + 1 :]]
    parser = argparse.ArgumentParser(
        prog="python -m qovery_async", description="Work with Qovery from a terminal.", epilog=_EPILOG
    )
    added = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    parsers = {
        name: added.add_parser(name, help=line, formatter_class=argparse.RawDescriptionHelpFormatter)
        for name, line in COMMANDS.items()
    }
    # Only the chosen command is imported; the help of the others is a line of the table.
    command = load(own[0]) if own and own[0] in COMMANDS else None
    if command is not None:
        command.declare(parsers[own[0]])
    given = parser.parse_args(own)
    assert command is not None  # else argparse has exited
    if ends < len(arguments):
        if "words" not in given:
            parser.error(f"{given.command} takes nothing after --")
        given.words = words
    return command, given
