"""How does a shell talk to its terminal? Prompts, commands of several lines, Ctrl-C, Ctrl-D."""

from __future__ import annotations

from qovery_async.emulator.shell.commands import COMMANDS
from qovery_async.emulator.shell.interpreter import Exit, Shell
from qovery_async.emulator.shell.parser import parse
from qovery_async.emulator.shell.syntax import Incomplete, ShellSyntaxError
from qovery_async.emulator.shell.terminal import Interrupted

_PROMPT, _MORE = b"# ", b"> "
UNFINISHED = 64 * 1024
"""The longest incomplete command, in characters."""

_SHELLS = (["sh"], ["bash"], ["/bin/sh"], ["/bin/bash"])


async def run(shell: Shell, command: list[str]) -> int:
    """Runs a command in a new shell: `sh` and `bash` read what is typed, any other command runs alone."""
    return await interact(shell) if command in _SHELLS else await execute(shell, command)


async def execute(shell: Shell, words: list[str]) -> int:
    """Runs one command and returns its status. Ctrl-C ends it."""
    run = COMMANDS.get(words[0].rpartition("/")[2])
    if run is None:
        await shell.terminal.write(f'exec: "{words[0]}": executable file not found in $PATH\n'.encode())
        return 127
    try:
        return await run(shell, words, shell.pipes())
    except Interrupted:
        return 130
    except Exit as ended:
        return ended.status


async def interact(shell: Shell) -> int:
    """Reads and runs commands until `exit` or the end of the input. Returns the last status."""
    typed, prompt = "", _PROMPT
    while True:
        try:
            await shell.terminal.write(prompt)
            prompt = b""
            line = await shell.terminal.read()
            typed += line.decode(errors="surrogateescape")
            if line and not line.endswith(b"\n"):
                continue  # Ctrl-D passes on an unfinished line
            prompt = _PROMPT if await _ran(shell, typed, more=bool(line)) else _MORE
            if prompt == _PROMPT:
                typed = ""
            if not line:
                return shell.status
        except Interrupted:
            await shell.terminal.write(b"\n")
            typed, prompt, shell.status = "", _PROMPT, 130
        except Exit as ended:
            return ended.status


async def _ran(shell: Shell, text: str, *, more: bool) -> bool:
    """Runs what was typed. Returns False if the next line may complete it."""
    try:
        await shell.run(parse(text), shell.pipes())
    except Incomplete as error:
        if more and len(text) < UNFINISHED:
            return False
        await shell.report(error, shell.pipes())
    except ShellSyntaxError as error:
        await shell.report(error, shell.pipes())
    return True
