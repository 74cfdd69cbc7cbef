"""Which commands are there, and what is one made of?"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping
from typing import Protocol, cast

COMMANDS: Mapping[str, str] = {
    "port-forward": "open a local TCP port that leads to a port of a service",
    "shell": "open a shell in a container of a service, or run a command there",
    "whoami": "say whether the token works, for what, and how much of its budget is left",
}
"""What each command does, in a line. It is the module of its name in this folder, with `_` for `-`."""


class Command(Protocol):
    """The module of a command."""

    def declare(self, parser: argparse.ArgumentParser) -> None:
        """Adds the arguments and the examples of `--help`. A `words` of the defaults takes what follows `--`."""
        ...

    async def run(self, given: argparse.Namespace) -> int:
        """Does it, and returns the exit status. A `QoveryError` is printed, and Ctrl-C ends it."""
        ...


def load(name: str) -> Command:
    """The module of a command, imported when it is chosen."""
    return cast("Command", importlib.import_module(f"qovery_async.command_line.{name.replace('-', '_')}"))
