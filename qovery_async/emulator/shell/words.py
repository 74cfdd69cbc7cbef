"""Which commands are words of the shell itself, and no programs?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from qovery_async.emulator.shell.interpreter import Exit, Program, Shell, directories
from qovery_async.emulator.shell.pipes import Pipes

Words = list[str]


async def cd(shell: Shell, words: Words, pipes: Pipes) -> int:
    name = words[1] if len(words) > 1 else shell.value("HOME")
    path = shell.path(name)
    if path not in directories(shell):
        await pipes.err(_bytes(f"sh: 1: cd: can't cd to {name}\n"))
        return 2
    shell.directory = shell.variables["PWD"] = path
    return 0


async def export(shell: Shell, words: Words, _: Pipes) -> int:
    for word in words[1:]:
        name, given, value = word.partition("=")
        shell.exported.add(name)
        if given:
            shell.variables[name] = value
    return 0


async def unset(shell: Shell, words: Words, _: Pipes) -> int:
    for name in words[1:]:
        shell.variables.pop(name, None)
    return 0


async def leave(shell: Shell, words: Words, pipes: Pipes) -> int:
    if len(words) > 1 and not re.fullmatch(r"\d{1,9}", words[1]):
        await pipes.err(_bytes(f"sh: 1: {words[0]}: Illegal number: {words[1]}\n"))
        raise Exit(2)
    raise Exit(int(words[1]) & 0xFF if len(words) > 1 else shell.status)


async def run_here(shell: Shell, words: Words, pipes: Pipes) -> int:
    return await shell.run_text(" ".join(words[1:]), pipes)


async def true(_: Shell, __: Words, ___: Pipes) -> int:
    return 0


async def shift(shell: Shell, words: Words, pipes: Pipes) -> int:
    count = int(words[1]) if len(words) > 1 and re.fullmatch(r"\d{1,4}", words[1]) else 1
    if count >= len(shell.arguments):
        await pipes.err(b"sh: 1: shift: can't shift that many\n")
        raise Exit(2)
    shell.arguments = (shell.arguments[0], *shell.arguments[1 + count :])
    return 0


async def replace(shell: Shell, words: Words, pipes: Pipes) -> int:
    """`exec program`: the shell ends with the program."""
    if len(words) == 1:
        return 0
    name = words[1].rpartition("/")[2]
    run = None if name in WORDS else shell.programs.get(name)
    if run is None:
        await pipes.err(f"sh: 1: exec: {words[1]}: not found\n".encode(errors="surrogateescape"))
        raise Exit(127)
    raise Exit(await run(shell, words[1:], pipes))


async def command(shell: Shell, words: Words, pipes: Pipes) -> int:
    """`command -v name`"""
    if len(words) != 3 or words[1] != "-v":
        await pipes.err(b"sh: 1: command: only `command -v name` is emulated\n")
        return 2
    if words[2] not in shell.programs:
        return 127
    await pipes.out(_bytes(f"{words[2]}\n"))
    return 0


async def test(shell: Shell, words: Words, pipes: Pipes) -> int:
    """`[ -t 0 ]`, `[ -n text ]`, `[ -z text ]`, `[ text ]`, `[ a = b ]`, `[ a != b ]`, with `!` before them."""
    rest = words[1:-1] if words[0] == "[" else words[1:]
    negated = rest[:1] == ["!"]
    own = (pipes.read == shell.terminal.read, pipes.out == shell.terminal.write, pipes.err == shell.terminal.write)
    match rest[negated:]:
        case ["-t", ("0" | "1" | "2") as descriptor]:
            found = own[int(descriptor)]
        case ["-n", text] | [text]:
            found = bool(text)
        case ["-z", text]:
            found = not text
        case [one, "=", other]:
            found = one == other
        case [one, "!=", other]:
            found = one != other
        case _:
            await pipes.err(b"sh: 1: [: not emulated\n")
            return 2
    return int(found == negated)


async def kill(shell: Shell, words: Words, pipes: Pipes) -> int:
    """`kill -9 $$`: the shell itself ends."""
    signal = re.fullmatch(r"-(\d{1,2})", words[1]) if len(words) == 3 else None
    if signal is None or words[2] != shell.value("$"):
        await pipes.err(b"sh: 1: kill: only `kill -NUMBER $$` is emulated\n")
        return 1
    raise Exit(128 + int(signal[1]))


WORDS: Mapping[str, Program] = {
    ":": true,
    "[": test,
    "cd": cd,
    "command": command,
    "eval": run_here,
    "exec": replace,
    "exit": leave,
    "export": export,
    "kill": kill,
    "shift": shift,
    "test": test,
    "unset": unset,
}


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
