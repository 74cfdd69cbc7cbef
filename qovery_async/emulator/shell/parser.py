"""How is a shell script parsed?"""

from __future__ import annotations

import re
from typing import Literal, NoReturn

from qovery_async.emulator.shell.syntax import (
    Command,
    Group,
    Incomplete,
    Part,
    Pipeline,
    Redirect,
    Script,
    ShellSyntaxError,
    Simple,
    Substitution,
    Text,
    Variable,
    Word,
)

DEPTH = 10
"""How deep groups and substitutions may be nested."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_REDIRECT = re.compile(r"([0-9]?)(>>|>&|<&|<<|>|<)")
_SPECIAL = "?$#@*0123456789"
_ENDS_WORD = " \t\n;&|()<>"
_NOT_EMULATED = frozenset(
    {"if", "then", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "function"}
)


def parse(text: str) -> Script:
    """Parses a script.

    Raises:
        Incomplete: More lines could complete the script.
        ShellSyntaxError: The syntax is wrong or not emulated.
    """
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Script:
        script = self._script("")
        if self._at < len(self._text):
            self._unexpected()
        return script

    def _script(self, end: str) -> Script:
        self._depth += 1
        if self._depth > DEPTH:
            raise ShellSyntaxError("nested too deeply")
        steps: list[Pipeline] = []
        joint: Literal[";", "&&", "||"] = ";"
        while True:
            self._blanks(" \t\n")
            if not self._rest() or (end and self._sees(end)):
                break
            steps.append(self._step(joint))
            self._blanks()
            if self._take("&&"):
                joint = "&&"
            elif self._take("||"):
                joint = "||"
            elif self._take(";") or self._take("\n"):
                joint = ";"
            else:
                joint = ";"
                break
        if (end and not self._rest()) or joint != ";":
            self._unexpected()
        if end and not self._take(end):
            self._unexpected()
        self._depth -= 1
        return tuple(steps)

    def _step(self, joint: Literal[";", "&&", "||"]) -> Pipeline:
        negated = False
        while self._keyword("!"):
            negated = not negated
            self._blanks()
        commands = [self._command()]
        self._blanks()
        while not self._sees("||") and self._take("|"):
            self._blanks(" \t\n")
            commands.append(self._command())
            self._blanks()
        return Pipeline(joint, negated, tuple(commands))

    def _command(self) -> Command:
        if self._take("("):
            return Group(self._script(")"), True, self._redirects())
        if self._keyword("{"):
            return Group(self._script("}"), False, self._redirects())
        keyword = _NAME.match(self._text, self._at)
        if keyword and keyword[0] in _NOT_EMULATED and self._keyword(keyword[0]):
            raise ShellSyntaxError(f'"{keyword[0]}" is not emulated')
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            redirects += self._redirects()
            if not self._rest() or self._rest()[0] in _ENDS_WORD:
                break
            found = None if words else _ASSIGNED.match(self._text, self._at)
            if found:
                self._at = found.end()
                assignments.append((found[1], self._word()))
            else:
                words.append(self._word())
        if not assignments and not words and not redirects:
            self._unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _redirects(self) -> tuple[Redirect, ...]:
        found: list[Redirect] = []
        while True:
            self._blanks()
            match = _REDIRECT.match(self._text, self._at)
            if match is None:
                return tuple(found)
            self._at = match.end()
            self._blanks()
            kind = match[2]
            if kind in {"<<", "<&"}:
                raise ShellSyntaxError(f'"{kind}" is not emulated')
            descriptor = int(match[1] or (0 if kind == "<" else 1))
            target = self._word()
            if not target:
                self._unexpected()
            if kind == ">&":
                if target not in {(Text("1", False),), (Text("2", False),)}:
                    raise ShellSyntaxError("Bad fd number")
                found.append(Redirect(descriptor, ">", 1 if target == (Text("1", False),) else 2))
            elif kind in {"<", ">", ">>"}:
                found.append(Redirect(descriptor, "<" if kind == "<" else ">" if kind == ">" else ">>", target))

    def _word(self) -> Word:
        parts: list[Part] = []
        while self._rest() and self._rest()[0] not in _ENDS_WORD:
            character = self._rest()[0]
            if character == "'":
                parts.append(Text(self._until("'"), True))
            elif character == '"':
                self._at += 1
                parts += self._double_quoted()
            elif character == "\\":
                escaped = self._text[self._at + 1 : self._at + 2]
                self._at += 2
                parts += [] if escaped == "\n" else [Text(escaped or "\\", True)]
            elif character in "$`":
                parts.append(self._dollar(quoted=False))
            else:
                start = self._at
                while self._rest() and self._rest()[0] not in _ENDS_WORD + "'\"\\$`":
                    self._at += 1
                parts.append(Text(self._text[start : self._at], False))
        return tuple(parts)

    def _double_quoted(self) -> list[Part]:
        parts: list[Part] = []
        while not self._take('"'):
            if not self._rest():
                raise Incomplete("Unterminated quoted string")
            character = self._rest()[0]
            if character in "$`":
                parts.append(self._dollar(quoted=True))
            elif character == "\\" and self._rest()[1:2] in {"$", "`", '"', "\\", "\n"}:
                parts.append(Text(self._rest()[1].strip("\n"), True))
                self._at += 2
            else:
                parts.append(Text(character, True))
                self._at += 1
        return parts or [Text("", True)]

    def _dollar(self, *, quoted: bool) -> Part:
        if self._take("`"):
            raise ShellSyntaxError("backquotes are not emulated, $(...) is")
        self._at += 1
        if self._sees("(("):
            raise ShellSyntaxError("arithmetic is not emulated")
        if self._take("("):
            return Substitution(self._script(")"), quoted)
        if self._sees("{"):
            name = self._until("}")
            if not _NAME.fullmatch(name) and not (len(name) == 1 and name in _SPECIAL):
                raise ShellSyntaxError("Bad substitution")
            return Variable(name, quoted)
        match = _NAME.match(self._text, self._at)
        name = match[0] if match else self._rest()[:1]
        if match or (name and name in _SPECIAL):
            self._at += len(name)
            return Variable(name, quoted)
        return Text("$", True)

    def _until(self, end: str) -> str:
        """The text between the current character and the next `end`."""
        found = self._text.find(end, self._at + 1)
        if found < 0:
            raise Incomplete("Unterminated quoted string")
        inside = self._text[self._at + 1 : found]
        self._at = found + 1
        return inside

    def _rest(self) -> str:
        return self._text[self._at : self._at + 2]

    def _sees(self, what: str) -> bool:
        return self._text.startswith(what, self._at)

    def _take(self, what: str) -> bool:
        seen = self._sees(what)
        self._at += len(what) if seen else 0
        return seen

    def _keyword(self, word: str) -> bool:
        """Takes a reserved word, which must stand alone."""
        after = self._text[self._at + len(word) : self._at + len(word) + 1]
        return (after == "" or after in _ENDS_WORD) and self._take(word)

    def _blanks(self, blanks: str = " \t") -> None:
        """Skips blanks, continued lines and comments."""
        while True:
            if self._sees("\\\n"):
                self._at += 2
            elif self._sees("#"):
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._rest() and self._rest()[0] in blanks:
                self._at += 1
            else:
                return

    def _unexpected(self) -> NoReturn:
        if not self._rest():
            raise Incomplete("end of file unexpected")
        seen = self._rest() if self._rest() in {"&&", "||", ";;"} else self._rest()[0]
        raise ShellSyntaxError("newline unexpected" if seen == "\n" else f'"{seen}" unexpected')
