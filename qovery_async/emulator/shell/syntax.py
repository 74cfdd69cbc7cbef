"""What does a shell script consist of?"""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs


class ShellSyntaxError(Exception):
    """A syntax error, or syntax that is not emulated."""


class Incomplete(ShellSyntaxError):
    """The script ends too early. More lines could complete it."""


@attrs.frozen
class Text:
    """Literal text in a word."""

    value: str
    quoted: bool


@attrs.frozen
class Variable:
    """`$name` or `${name}`"""

    name: str
    quoted: bool


@attrs.frozen
class Substitution:
    """`$(...)`"""

    script: Script
    quoted: bool


Part: TypeAlias = "Text | Variable | Substitution"
Word: TypeAlias = "tuple[Part, ...]"


@attrs.frozen
class Redirect:
    """A redirection. `target` is the word for a file or, with `>&`, a descriptor."""

    descriptor: int
    kind: Literal["<", ">", ">>"]
    target: Word | int


@attrs.frozen
class Simple:
    """A command with its assignments and redirections."""

    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]


@attrs.frozen
class Group:
    """`{ ...; }`, or `(...)`, which runs in a subshell."""

    script: Script
    subshell: bool
    redirects: tuple[Redirect, ...]


Command: TypeAlias = "Simple | Group"


@attrs.frozen
class Pipeline:
    """Commands joined by `|`. `joint` says whether the status before it decides if it runs."""

    joint: Literal[";", "&&", "||"]
    negated: bool
    commands: tuple[Command, ...]


Script: TypeAlias = "tuple[Pipeline, ...]"
