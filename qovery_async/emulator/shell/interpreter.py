"""How is a shell script run? In a small interpreter without access to the host."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Awaitable, Callable, Mapping

import attrs

from qovery_async.emulator.shell.container import Container
from qovery_async.emulator.shell.parser import parse
from qovery_async.emulator.shell.pipes import BrokenPipe, Buffer, Pipe, Pipes, TooLong, Write, checked, lines
from qovery_async.emulator.shell.syntax import (
    Command,
    Group,
    Script,
    ShellSyntaxError,
    Simple,
    Substitution,
    Text,
    Word,
)
from qovery_async.emulator.shell.terminal import Terminal

NESTED = 8
"""How many shells may run inside each other."""

BROKEN = 141
"""The status after SIGPIPE: 128 and the number of the signal."""


class Exit(Exception):
    """Raised to end the shell with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


Program = Callable[["Shell", list[str], Pipes], Awaitable[int]]
"""A command. It receives its words, beginning with its own name, and returns its status."""


@attrs.define
class Shell:
    """The state of a shell. All shells of a session share `files`."""

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
        """A new shell in a container."""
        variables = {"HOME": "/root", "HOSTNAME": container.pod_name, "PATH": "/usr/bin:/bin", "TERM": "xterm"}
        variables |= {**container.environment, "PWD": container.directory}
        files = {"/etc/hostname": container.pod_name.encode() + b"\n", **container.files}
        return cls(container, terminal, programs, files, variables, set(variables), container.directory)

    def pipes(self) -> Pipes:
        """The pipes to the terminal."""
        return Pipes(self.terminal.read, self.terminal.write, self.terminal.write)

    def child(self, arguments: tuple[str, ...] | None = None) -> Shell:
        """A subshell: it starts with a copy of this shell's state and does not change it."""
        copied = attrs.evolve(self, variables=dict(self.variables), exported=set(self.exported))
        if arguments is not None:
            copied.arguments = arguments
        return copied

    async def run_text(self, text: str, pipes: Pipes) -> int:
        """Runs a script and returns the status of its last command."""
        if self.depth >= NESTED:
            await pipes.err(b"sh: nested too deeply\n")
            return 2
        self.depth += 1
        try:
            await self.run(parse(text), pipes)
        except ShellSyntaxError as error:
            await self.report(error, pipes)
        finally:
            self.depth -= 1
        return self.status

    async def report(self, error: ShellSyntaxError, pipes: Pipes) -> None:
        """Prints a syntax error and sets the status to 2."""
        await pipes.err(f"sh: 1: Syntax error: {error}\n".encode(errors="surrogateescape"))
        self.status = 2

    async def run(self, script: Script, pipes: Pipes) -> None:
        """Runs a parsed script and sets the status."""
        for step in script:
            if (step.joint == "&&" and self.status) or (step.joint == "||" and not self.status):
                continue
            if len(step.commands) == 1:
                status = await self._command(step.commands[0], pipes)
            else:
                status = await self._pipeline(step.commands, pipes)
            self.status = int(not status) if step.negated else status

    async def _pipeline(self, commands: tuple[Command, ...], pipes: Pipes) -> int:
        """Runs the commands at the same time. Each reads what the previous one prints."""
        between = [Pipe() for _ in commands[1:]]
        reads = [pipes.read, *(pipe.read for pipe in between)]
        writes = [*(pipe.write for pipe in between), pipes.out]

        async def one(place: int) -> int:
            try:
                own = Pipes(reads[place], writes[place], pipes.err)
                return await self.child().isolated(commands[place], own)
            finally:
                if place < len(between):
                    between[place].complete()
                if place:
                    between[place - 1].break_off()

        tasks = [asyncio.create_task(one(place)) for place in range(len(commands))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result  # Ctrl-C ends all of them
        return tasks[-1].result()

    async def isolated(self, command: Command, pipes: Pipes) -> int:
        """Runs a command whose `exit` ends only the command."""
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
        except BrokenPipe:
            return BROKEN

    async def _group(self, group: Group, pipes: Pipes) -> int:
        shell = self.child() if group.subshell else self
        try:
            await shell.run(group.script, pipes)
        except Exit as ended:
            if not group.subshell:
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
        """The pipes after the command's redirections, or None if a file cannot be opened."""
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
        """Expands a word to words: unquoted values are split at blanks, and empty ones are dropped."""
        words: list[str] = []
        current: str | None = None
        for part in word:
            if isinstance(part, Text):
                current = (current or "") + part.value
                continue
            if isinstance(part, Substitution):
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
        captured = Buffer()
        shell = self.child()
        self.status = await shell.isolated(Group(script, True, ()), attrs.evolve(pipes, out=captured.write))
        return captured.data.decode(errors="surrogateescape").rstrip("\n")

    def value(self, name: str) -> str:
        """The value of a variable or a special parameter, or an empty string."""
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
        """The absolute path of a file name."""
        return posixpath.normpath("/" + posixpath.join(self.directory, name).lstrip("/"))


def _captures(command: Simple) -> bool:
    return any(isinstance(part, Substitution) for _, word in command.assignments for part in word)


def directories(shell: Shell) -> set[str]:
    """All directories: those of the files and those that every container has."""
    found = {"/", "/bin", "/root", "/tmp", shell.container.directory}  # noqa: S108  not a path of the host
    for path in (*shell.files, *found):
        above = posixpath.dirname(path)
        while above not in found:
            found = {*found, above}
            above = posixpath.dirname(above)
    return found
