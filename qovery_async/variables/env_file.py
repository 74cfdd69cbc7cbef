"""How are variables read from a `.env` file, and written so that they read back to the same?"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from qovery_async.config.dotenv import parse
from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.printable import one_line
from qovery_async.variables.failures import VariablesError
from qovery_async.variables.present import SeenVariable

_ESCAPED = {"\\": "\\\\", '"': '\\"', **dict(zip("\a\b\f\r\t\v", (f"\\{c}" for c in "abfrtv"), strict=True))}


def read(path: Path) -> dict[str, str]:
    """What a file sets.

    Raises:
        ConfigurationError: it cannot be read; or a line of it cannot, sets a key again, or has a key without a value.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        # Not from the error, which holds the text that is no UTF-8.
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        flaw: str | None = f"cannot read {str(path)!r}: {reason}"
    else:
        file = parse(text, os.environ)
        wrong = dict.fromkeys(file.broken, "cannot be read: its quotes do not end, or something follows them")
        wrong |= {line: f"sets {one_line(name, 80)} again" for line, name in file.repeated.items()}
        wrong |= {line: f"has {one_line(name, 80)} without a value" for line, name in file.valueless.items()}
        if not wrong:
            return file.values
        flaw = f"{str(path)!r}: " + "; ".join(f"line {line} {wrong[line]}" for line in sorted(wrong))
    raise ConfigurationError(flaw)


def written(variables: Iterable[SeenVariable]) -> str:
    """The text of a file that sets these variables. It only names secrets, since nobody can read their values.

    Raises:
        VariablesError: a key cannot be written.
    """
    return "".join(f"{line}\n" for seen in sorted(variables, key=lambda each: each.key) for line in _lines(seen))


def _lines(seen: SeenVariable) -> Iterator[str]:
    about = one_line(seen.key, 80)
    if seen.alias_of is not None:
        yield f"# {about} is an alias of {one_line(seen.alias_of, 80)}."
    if seen.mount_path is not None:
        yield f"# {about} is a file at {one_line(seen.mount_path)}."
    if seen.text is None or not seen.is_readable:
        kind = "is a secret" if seen.is_readable else "comes from a secret manager"
        yield f"# {about} {kind}: its value cannot be read."
    else:
        yield f"{_key(seen.key)}={_quoted(seen.text)}"


def _key(key: str) -> str:
    if re.fullmatch(r"[^\s=#'\ufeff][^\s=#]*", key):
        return key
    if "'" in key or not key.isprintable() or "\ufeff" in key:
        raise VariablesError(f"the key {one_line(repr(key))} cannot be written to a .env file")
    return f"'{key}'"


def _quoted(text: str) -> str:
    if re.fullmatch(r"[\w./:@%+,=-]*", text, re.ASCII):
        return text
    # A reference would be replaced, also in single quotes; this one stands for `$`.
    text = text.replace("${", "${:-$}{")
    if not re.search(r"['\\\a\b\f\r\t\v]", text):
        return f"'{text}'"
    return '"' + "".join(_ESCAPED.get(character, character) for character in text) + '"'
