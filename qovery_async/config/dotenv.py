"""What does the text of a `.env` file set?

The same as python-dotenv reads in it: the tests compare the two. It is no dependency, since it is one expression.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping

from qovery_async.vocabulary.values import frozen

# It matches anything. A part that does not fit begins `rest`, which is skipped; no part is tried in another way.
_BINDING = r"""
    \s*+ (?:export[^\S\r\n]++)?+
    (?:
        (?: '(?P<quoted>[^']++)' | (?!')(?P<plain>[^=\#\s]++) | (?=\#) ) [^\S\r\n]*+
        (?P<value> =[^\S\r\n]++(?=\#) | =[^\S\r\n]*+ (?:
            '(?P<single> (?:\\.|[^'\\])*+ )' | "(?P<double> (?:\\.|[^"\\])*+ )" | (?!['"])(?P<bare> [^\r\n]*+ )
        ) )?+
    )?+
    (?: (?:[^\S\r\n]*+\#[^\r\n]*+)?+ [^\S\r\n]*+ (?:\r\n|\n|\r|\Z) | (?P<rest> [^\r\n]*+ (?:\r\n|\n|\r)?+ ) )
"""
_ESCAPES = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))
_REFERENCE = r"\$\{([^}:]*)(?::-([^}]*))?\}"


@frozen(repr=False)
class Dotenv:
    """What a file sets, by name; by line, what of it cannot be read, sets a name again, and sets nothing (`NAME`)."""

    values: dict[str, str]
    broken: dict[int, str]
    repeated: dict[int, str]
    valueless: dict[int, str]


def parse(text: str, environment: Mapping[str, str]) -> Dotenv:
    """Reads `NAME=value` with `export`, quotes, escapes, comments and `${OTHER:-default}`.

    `${OTHER}` is the value in the environment, else that of an earlier line.
    """
    values: dict[str, str | None] = {}
    broken: dict[int, str] = {}
    repeated: dict[int, str] = {}
    valueless: dict[int, str] = {}
    known = ChainMap[str, str | None]({**environment}, values)
    for found in re.finditer(_BINDING, text.removeprefix("\ufeff"), re.VERBOSE | re.DOTALL):
        name = found["quoted"] or found["plain"]
        if found["rest"] is not None:
            broken[_line(found)] = found[0]
        elif name:
            if name in values:
                repeated[_line(found)] = name
            if found["value"] is None:
                valueless[_line(found)] = name
            values[name] = None if found["value"] is None else _expanded(_value(found), known)
    set_ = {name: value for name, value in values.items() if value is not None}
    return Dotenv(set_, broken, repeated, valueless)


def _line(found: re.Match[str]) -> int:
    return found.string.count("\n", 0, found.end() - len(found[0].lstrip())) + 1


def _value(found: re.Match[str]) -> str:
    if found["single"] is not None:
        return re.sub(r"\\([\\'])", r"\1", found["single"])
    if found["double"] is not None:
        return re.sub(r"\\([\\'\"abfnrtv])", lambda escape: _ESCAPES.get(escape[1], escape[1]), found["double"])
    return re.sub(r"\s+#.*", "", found["bare"] or "").rstrip()


def _expanded(value: str, known: Mapping[str, str | None]) -> str:
    return re.sub(_REFERENCE, lambda reference: known.get(reference[1], reference[2]) or "", value)
