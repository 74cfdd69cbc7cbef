"""What happens when a shell's script runs? A small interpreter in which nothing of the host exists."""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable, Mapping

import attrs

from qovery_async.emulator.shell.syntax import (
    Captured,
    Command,
    Group,
    Script,
    Simple,
    SyntaxProblem,
    Text,
    Word,
    parse,
)
from qovery_async.emulator.shell.terminal import Terminal
from qovery_async.emulator.streams.sources import Container

Write = Callable[[bytes], Awaitable[None]]
Read = Callable[[], Awaitable[bytes]]

LIMIT = 1024 * 1024
"""No value, file or captured output grows beyond this many bytes."""


NESTED = 8
"""How deep shells may start each other."""


class Exit(Exception):
    """The shell ends with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class TooLong(Exception):
    """A script made something grow beyond `LIMIT`."""


@attrs.frozen
class Pipes:
    """Where a command reads and writes. Reading gives a line, and nothing at the end."""

    read: Read
    out: Write
    err: Write


Program = Callable[["Shell", list[str], Pipes], Awaitable[int]]
"""What a command's name stands for: it is given its words, its own name first, and returns its status."""


@attrs.define
class Shell:
    """A shell's memory. `files` is shared by all shells of a session, the rest is each one's own."""

    container: Container
    terminal: Terminal
    programs: Mapping[str, Program]
    files: dict[str, bytes]
    variables: dict[str, str]
    exported: set[str]
    directory: str
    arguments: tuple[str, ...] = ("sh",)
    status: int = 0
    depth: int = 0

    @classmethod
    def start(cls, container: Container, terminal: Terminal, programs: Mapping[str, Program]) -> Shell:
        variables = {"HOME": "/root", "HOSTNAME": container.pod_name, "PATH": "/usr/bin:/bin", "TERM": "xterm"}
        variables |= {**container.environment, "PWD": container.directory}
        files = {"/etc/hostname": container.pod_name.encode() + b"\n", **container.files}
        return cls(container, terminal, programs, files, variables, set(variables), container.directory)

    def pipes(self) -> Pipes:
        return Pipes(self.terminal.read, self.terminal.write, self.terminal.write)

    def child(self, arguments: tuple[str, ...] | None = None) -> Shell:
        """A shell that inherits what this one has and changes nothing of it."""
        copied = attrs.evolve(self, variables=dict(self.variables), exported=set(self.exported))
        if arguments is not None:
            copied.arguments = arguments
        return copied

    async def run_text(self, text: str, pipes: Pipes) -> int:
        """Runs a script; the status is that of its last command."""
        if self.depth >= NESTED:
            await pipes.err(b"sh: nested too deeply\n")
            return 2
        self.depth += 1
        try:
            await self.run(parse(text), pipes)
        except SyntaxProblem as problem:
            await self.complain(problem, pipes)
        finally:
            self.depth -= 1
        return self.status

    async def complain(self, problem: SyntaxProblem, pipes: Pipes) -> None:
        await pipes.err(f"sh: 1: Syntax error: {problem}\n".encode(errors="surrogateescape"))
        self.status = 2

    async def run(self, script: Script, pipes: Pipes) -> None:
        for step in script:
            if (step.joint == "&&" and self.status) or (step.joint == "||" and not self.status):
                continue
            if len(step.commands) == 1:
                status = await self._command(step.commands[0], pipes)
            else:
                status = await self._pipeline(step.commands, pipes)
            self.status = int(not status) if step.negated else status

    async def _pipeline(self, commands: tuple[Command, ...], pipes: Pipes) -> int:
        """One after another: each is given what the one before it has printed."""
        read, status = pipes.read, 0
        for command in commands:
            kept = Kept()
            last = command is commands[-1]
            pipe = Pipes(read, pipes.out if last else kept.write, pipes.err)
            status = await self.child().isolated(command, pipe)
            read = lines(kept.data)
        return status

    async def isolated(self, command: Command, pipes: Pipes) -> int:
        """Runs a command whose `exit` ends no more than itself."""
        try:
            return await self._command(command, pipes)
        except Exit as ended:
            return ended.status

    async def _command(self, command: Command, pipes: Pipes) -> int:
        try:
            redirected = await self._redirected(command, pipes)
            if redirected is None:
                return 2
            if isinstance(command, Simple):
                return await self._simple(command, redirected)
            return await self._group(command, redirected)
        except TooLong:
            await pipes.err(b"sh: 1: out of memory\n")
            return 2

    async def _group(self, group: Group, pipes: Pipes) -> int:
        shell = self.child() if group.apart else self
        try:
            await shell.run(group.script, pipes)
        except Exit as ended:
            if not group.apart:
                raise
            return ended.status
        return shell.status

    async def _simple(self, command: Simple, pipes: Pipes) -> int:
        assigned = {name: "".join(await self.expand(word, pipes, split=False)) for name, word in command.assignments}
        words = [text for word in command.words for text in await self.expand(word, pipes)]
        if not words:
            self.variables |= assigned
            return self.status if _captures(command) else 0
        run = self.programs.get(posixpath.basename(words[0]))
        if run is None:
            await pipes.err(f"sh: 1: {words[0]}: not found\n".encode(errors="surrogateescape"))
            return 127
        before = dict(self.variables), set(self.exported)
        self.variables |= assigned
        self.exported |= assigned.keys()
        try:
            return await run(self, words, pipes)
        finally:
            if assigned:
                self.variables, self.exported = before

    async def _redirected(self, command: Command, pipes: Pipes) -> Pipes | None:
        """The pipes after the command's redirections, from left to right."""
        for redirect in command.redirects:
            if isinstance(redirect.target, int):
                write = pipes.out if redirect.target == 1 else pipes.err
            else:
                name = "".join(await self.expand(redirect.target, pipes, split=False))
                path = self.path(name)
                if redirect.kind == "<":
                    if path != "/dev/null" and path not in self.files:
                        await pipes.err(f"sh: 1: cannot open {name}: No such file\n".encode(errors="surrogateescape"))
                        return None
                    pipes = attrs.evolve(pipes, read=lines(self.files.get(path, b"")))
                    continue
                if redirect.kind == ">" or path not in self.files:
                    self.files[path] = b""
                write = self._appending(path)
            pipes = attrs.evolve(pipes, err=write) if redirect.descriptor == 2 else attrs.evolve(pipes, out=write)
        return pipes

    def _appending(self, path: str) -> Write:
        async def write(data: bytes) -> None:
            if path == "/dev/null":
                return
            self.files[path] = checked(self.files.get(path, b"") + data)

        if path == "/dev/null":
            self.files.pop(path, None)
        return write

    async def expand(self, word: Word, pipes: Pipes, *, split: bool = True) -> list[str]:
        """The words one word becomes: unquoted values fall apart at blanks, or vanish."""
        words: list[str] = []
        current: str | None = None
        for part in word:
            if isinstance(part, Text):
                current = (current or "") + part.value
                continue
            if isinstance(part, Captured):
                value = await self._capture(part.script, pipes)
            elif part.name == "@" and part.quoted and split:
                arguments = list(self.arguments[1:])
                if arguments:
                    arguments[0] = (current or "") + arguments[0]
                    current = arguments.pop()
                    words += arguments
                continue
            else:
                value = self.value(part.name)
            if part.quoted or not split:
                current = (current or "") + value
                continue
            if current is not None and value[:1].isspace():
                words.append(current)
                current = None
            pieces = value.split()
            if not pieces:
                continue
            pieces[0] = (current or "") + pieces[0]
            current = None if value[-1].isspace() else pieces.pop()
            words += pieces
        if current is not None:
            words.append(current)
        checked("".join(words).encode(errors="surrogateescape"))
        return words

    async def _capture(self, script: Script, pipes: Pipes) -> str:
        kept = Kept()
        shell = self.child()
        self.status = await shell.isolated(Group(script, True, ()), attrs.evolve(pipes, out=kept.write))
        return kept.data.decode(errors="surrogateescape").rstrip("\n")

    def value(self, name: str) -> str:
        special: Mapping[str, str] = {
            "?": str(self.status),
            "$": "7",
            "#": str(len(self.arguments) - 1),
            "@": " ".join(self.arguments[1:]),
            "*": " ".join(self.arguments[1:]),
        }
        if name.isdigit():
            return self.arguments[int(name)] if int(name) < len(self.arguments) else ""
        return special[name] if name in special else self.variables.get(name, "")

    def path(self, name: str) -> str:
        return posixpath.normpath("/" + posixpath.join(self.directory, name).lstrip("/"))


@attrs.define
class Kept:
    """Output that is kept instead of shown."""

    data: bytes = b""

    async def write(self, data: bytes) -> None:
        self.data = checked(self.data + data)


def lines(data: bytes) -> Read:
    """Reads from what is there already."""
    left = iter(data.splitlines(keepends=True))

    async def read() -> bytes:
        return next(left, b"")

    return read


def checked(data: bytes) -> bytes:
    if len(data) > LIMIT:
        raise TooLong
    return data


def _captures(command: Simple) -> bool:
    return any(isinstance(part, Captured) for _, word in command.assignments for part in word)
