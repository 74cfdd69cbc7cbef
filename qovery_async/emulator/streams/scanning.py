"""How is a query, of LogQL or PromQL, read from its start to its end?"""

from __future__ import annotations

import json
import re
from typing import NoReturn


class Scanner:
    """Takes pieces of a text, one after another."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    @property
    def _column(self) -> int:
        return self._place + 1

    def _at_end(self) -> bool:
        return not self._text[self._place :].strip()

    def _take(self, pattern: str) -> str:
        """What comes next, if it fits; otherwise an empty string."""
        found = re.compile(rf"\s*({pattern})").match(self._text, self._place)
        if found is None:
            return ""
        self._place = found.end()
        return found[1]

    def _expect(self, pattern: str, what: str) -> str:
        return self._take(pattern) or self._fail(what)

    def _string(self, pattern: str, what: str) -> str:
        """A string in "", '' or ``, as far as the pattern has these, without its quotes and escapes."""
        quoted = self._expect(pattern, what)
        inner = quoted[1:-1]
        if quoted[0] == "`":
            return inner
        if quoted[0] == "'":
            inner = inner.replace("\\'", "'").replace('"', '\\"')
        try:
            return str(json.loads(f'"{inner}"', strict=False))
        except ValueError:
            self._fail("a text without unknown escapes")

    def _pattern(self, text: str) -> re.Pattern[str]:
        try:
            return re.compile(text)
        except re.error as error:
            self._fail(f"a regular expression ({error})")

    def _fail(self, wanted: str) -> NoReturn:
        raise NotImplementedError
