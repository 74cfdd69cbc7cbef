"""What does somebody meet who opens a shell in a container?"""

from __future__ import annotations

from qovery_async.emulator.shell.commands import COMMANDS
from qovery_async.emulator.shell.interpreter import Exit, Shell
from qovery_async.emulator.shell.syntax import Incomplete, SyntaxProblem, parse
from qovery_async.emulator.shell.terminal import Interrupted, Terminal
from qovery_async.emulator.streams.channel import Channel
from qovery_async.emulator.streams.port_forward import reached
from qovery_async.emulator.streams.sources import Source

_PROMPT, _MORE = b"# ", b"> "
UNFINISHED = 64 * 1024
"""How much may be typed before it becomes a command."""

_SHELLS = (["sh"], ["bash"], ["/bin/sh"], ["/bin/bash"])


async def shell(channel: Channel, source: Source) -> None:
    """A terminal with a program behind it, in binary frames; the stream ends with 1000 when the program does.

    No status is told, as with Qovery: who wants it has the program print it.
    """
    asked = channel.asked
    if asked.path != "/shell/debug":
        reached(asked, source)  # nobody to talk to: the agent's time-out
    terminal = Terminal(channel.send_bytes, asked.number("tty_width") or 0, asked.number("tty_height") or 0)
    started = Shell.start(source.container(asked), terminal, COMMANDS)
    command = list(asked.command)

    async def work() -> None:
        if command in _SHELLS:
            await interact(started)
        else:
            await execute(started, command)

    await channel.run(work, terminal.type)


async def execute(shell: Shell, words: list[str]) -> int:
    """Runs one program; Ctrl-C ends it."""
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
    """Reads commands and runs them until `exit` or the end of the input."""
    typed, prompt = "", _PROMPT
    while True:
        try:
            await shell.terminal.write(prompt)
            prompt = b""
            line = await shell.terminal.read()
            typed += line.decode(errors="surrogateescape")
            if line and not line.endswith(b"\n"):
                continue  # Ctrl-D hands over a line that has not ended
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
    """Runs what was typed, unless the next line may complete it."""
    try:
        await shell.run(parse(text), shell.pipes())
    except Incomplete as problem:
        if more and len(text) < UNFINISHED:
            return False
        await shell.complain(problem, shell.pipes())
    except SyntaxProblem as problem:
        await shell.complain(problem, shell.pipes())
    return True
