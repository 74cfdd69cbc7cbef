"""Which commands does the emulated shell have?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from qovery_async.emulator.shell.interpreter import Exit, Program, Shell, directories
from qovery_async.emulator.shell.pipes import LIMIT, Pipes, TooLong, checked
from qovery_async.emulator.shell.words import WORDS, true

Words = list[str]

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "e": "\x1b", "0": "\0"}
_DIRECTIONS = re.compile(r"%(-?\d{0,2})([sdi%])|%.?")


async def echo(_: Shell, words: Words, pipes: Pipes) -> int:
    rest = words[1:]
    end = "\n"
    if rest[:1] == ["-n"]:
        rest, end = rest[1:], ""
    await pipes.out(_bytes(" ".join(rest) + end))
    return 0


async def printf(_: Shell, words: Words, pipes: Pipes) -> int:
    if len(words) < 2:
        await pipes.err(b"sh: 1: printf: usage: printf format [arg ...]\n")
        return 2
    values = words[2:]
    status = 0
    text = ""
    while True:
        before = len(values)
        made, good = _formatted(unescaped(words[1]), values)
        text += made
        if len(text) > LIMIT:
            raise TooLong
        status = status if good else 1
        # The format is repeated while there are values and it consumes some.
        if not values or len(values) == before:
            break
    await pipes.out(_bytes(text))
    if status:
        await pipes.err(_bytes(f"sh: 1: printf: {words[1]}: not a number, or not emulated\n"))
    return status


def unescaped(text: str) -> str:
    return re.sub(r"\\([ntrae0\\])", lambda found: _ESCAPES[found[1]], text)


def _formatted(form: str, values: Words) -> tuple[str, bool]:
    good = True

    def one(found: re.Match[str]) -> str:
        nonlocal good
        if found[2] is None:
            good = False
            return ""
        if found[2] == "%":
            return "%"
        value = values.pop(0) if values else ("" if found[2] == "s" else "0")
        if found[2] != "s":
            number = re.fullmatch(r"\s*([+-]?\d{1,18})\s*", value)
            good = good and number is not None
            value = str(int(number[1])) if number else "0"
        width = int(found[1] or 0)
        return value.ljust(-width) if width < 0 else value.rjust(width)

    return _DIRECTIONS.sub(one, form), good


async def pwd(shell: Shell, _: Words, pipes: Pipes) -> int:
    await pipes.out(_bytes(shell.directory + "\n"))
    return 0


async def ls(shell: Shell, words: Words, pipes: Pipes) -> int:
    names = [word for word in words[1:] if not word.startswith("-")] or ["."]
    hidden = any(word.startswith("-") and "a" in word.lower() for word in words[1:])
    known = directories(shell)
    status = 0
    for name in names:
        path = shell.path(name)
        if path in shell.files:
            await pipes.out(_bytes(name + "\n"))
        elif path in known:
            inside = {_child(path, other) for other in (*shell.files, *known)} - {""}
            shown = sorted(child for child in inside if hidden or not child.startswith("."))
            await pipes.out(_bytes("".join(f"{child}\n" for child in shown)))
        else:
            await pipes.err(_bytes(f"ls: {name}: No such file or directory\n"))
            status = 1
    return status


def _child(directory: str, path: str) -> str:
    """The name that a path has in a directory, or an empty string if it is not below it."""
    prefix = directory.rstrip("/") + "/"
    return path.removeprefix(prefix).split("/")[0] if path.startswith(prefix) else ""


async def cat(shell: Shell, words: Words, pipes: Pipes) -> int:
    status = 0
    for name in words[1:] or ["-"]:
        path = shell.path(name)
        if name == "-":
            while line := await pipes.read():
                await pipes.out(line)
        elif path in shell.files:
            await pipes.out(shell.files[path])
        else:
            reason = "Is a directory" if path in directories(shell) else "No such file or directory"
            await pipes.err(_bytes(f"cat: {name}: {reason}\n"))
            status = 1
    return status


async def head(_: Shell, words: Words, pipes: Pipes) -> int:
    """`head -c bytes` or `head -n lines` of the input."""
    if len(words) != 3 or words[1] not in {"-c", "-n"} or not re.fullmatch(r"\d{1,18}", words[2]):
        await pipes.err(b"head: only `-c bytes` and `-n lines` are emulated\n")
        return 1
    left = int(words[2])
    while left and (line := await pipes.read()):
        taken = line[:left] if words[1] == "-c" else line
        left -= len(taken) if words[1] == "-c" else 1
        await pipes.out(taken)
    return 0


async def whoami(shell: Shell, _: Words, pipes: Pipes) -> int:
    await pipes.out(_bytes(shell.container.user + "\n"))
    return 0


async def hostname(shell: Shell, _: Words, pipes: Pipes) -> int:
    await pipes.out(_bytes(shell.container.pod_name + "\n"))
    return 0


async def env(shell: Shell, _: Words, pipes: Pipes) -> int:
    shown = (f"{name}={shell.variables[name]}\n" for name in sorted(shell.exported & shell.variables.keys()))
    await pipes.out(_bytes("".join(shown)))
    return 0


async def sleep(shell: Shell, words: Words, pipes: Pipes) -> int:
    if len(words) != 2 or not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", words[1]):
        await pipes.err(_bytes(f"sleep: invalid time interval '{' '.join(words[1:])}'\n"))
        return 1
    await shell.terminal.sleep(float(words[1]))
    return 0


async def sh(shell: Shell, words: Words, pipes: Pipes) -> int:
    """`sh -c script [name [argument ...]]`, or a script from standard input."""
    if len(words) > 1 and words[1] == "-c":
        if len(words) == 2:
            await pipes.err(b"sh: 0: -c requires an argument\n")
            return 2
        text, arguments = words[2], tuple(words[3:]) or ("sh",)
    elif len(words) == 1:
        text, arguments = "", ("sh",)
        while line := await pipes.read():
            text = checked(_bytes(text) + line).decode(errors="surrogateescape")
    else:
        await pipes.err(_bytes(f"sh: 0: cannot open {words[1]}: No such file\n"))
        return 2
    child = shell.child(arguments)
    child.status = 0
    try:
        return await child.run_text(text, pipes)
    except Exit as ended:
        return ended.status


async def stty(shell: Shell, words: Words, pipes: Pipes) -> int:
    """`stty size`, or switches modes of the terminal."""
    terminal = shell.terminal
    for word in words[1:]:
        on = not word.startswith("-")
        name = word.removeprefix("-")
        if name == "size":
            await pipes.out(_bytes(f"{terminal.height} {terminal.width}\n"))
        elif name == "echo":
            terminal.echo = on
        elif name in {"opost", "onlcr"}:
            terminal.post = on
        elif name == "isig":
            terminal.signals = on
        elif name == "raw":
            terminal.raw, terminal.post, terminal.signals = on, not on, not on
        elif name == "sane":
            terminal.echo, terminal.post, terminal.raw, terminal.signals = True, True, False, True
        else:
            await pipes.err(_bytes(f"stty: invalid argument '{word}'\n"))
            return 1
    return 0


async def false(_: Shell, __: Words, ___: Pipes) -> int:
    return 1


COMMANDS: Mapping[str, Program] = {
    **WORDS,
    "bash": sh,
    "cat": cat,
    "echo": echo,
    "env": env,
    "false": false,
    "head": head,
    "hostname": hostname,
    "ls": ls,
    "printf": printf,
    "pwd": pwd,
    "sh": sh,
    "sleep": sleep,
    "stty": stty,
    "true": true,
    "whoami": whoami,
}


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
