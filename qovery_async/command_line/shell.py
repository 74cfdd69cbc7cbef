"""What does `python -m qovery_async shell` do?"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from typing import Any

from qovery_async import AsyncQovery, ConfigurationError, ServiceHandle
from qovery_async.shell import terminal
from qovery_async.shell.namespace import SHELL
from qovery_async.shell.running import RunningCommand
from qovery_async.shell.wrapping import wrapped

_DESCRIPTION = "Open a shell in a container of a service, or run a command there."
_EPILOG = """\
examples:
  python -m qovery_async shell shop/production/api
  python -m qovery_async shell api --command "python manage.py shell"
  python -m qovery_async shell api -- ls -l /app
  python -m qovery_async shell db --input -- psql < dump.sql

Without `--`, the terminal is connected to the container until the shell ends.
A command behind `--` has no terminal, and its exit status is that of this one;
255 if it could not be run.
"""


def declare(parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    parser.description = _DESCRIPTION
    parser.epilog = _EPILOG
    parser.usage = "%(prog)s [options] NAME [-- COMMAND ...]"
    parser.add_argument("name", metavar="NAME", help="path, name or id of a service, or the address of its page")
    parser.add_argument("--pod", metavar="POD", help="pod (default: one of the service)")
    parser.add_argument("--container", metavar="CONTAINER", help="container of the pod (default: the service's own)")
    parser.add_argument("--command", metavar="LINE", dest="line", help="program to open instead of `sh`, in one string")
    parser.add_argument(
        "--input", action="store_true", help="pass standard input to the command, once all of it is read"
    )
    parser.set_defaults(words=[])


async def run(given: argparse.Namespace) -> int:
    """Opens a shell, or runs a command."""
    if given.input and not given.words:
        raise ConfigurationError("--input is for a command behind --")
    if given.line and given.words:
        raise ConfigurationError("give either --command, for a terminal, or a command behind --")
    command = _split(given.line) if given.line else SHELL
    async with AsyncQovery() as client:
        service = await client.find.service(given.name)
        place = {"pod_name": given.pod, "container_name": given.container}
        if given.words:
            return await _run(service, given.words, await _input() if given.input else b"", place)
        width, height = terminal.size()
        async with service.shell(command=command, width=width, height=height, **place) as shell:
            await terminal.attach(shell)
        return 0


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        problem = str(error)
    raise ConfigurationError(f"--command cannot be split into words as a shell does it: {problem}")


async def _run(service: ServiceHandle, words: list[str], sent: bytes, place: Mapping[str, Any]) -> int:
    """Runs a command whose output is shown as it comes, and returns its exit code."""
    wrapping = wrapped(words, sent)
    async with RunningCommand(service.shell(command=wrapping.command, **place), wrapping) as running:
        while data := await running.read():
            await terminal.show(1, data)
        return running.exit_code or 0


async def _input() -> bytes:
    """All of standard input: its length is sent before it."""
    pieces = bytearray()
    while piece := await terminal.read(0):
        pieces += piece
    return bytes(pieces)
