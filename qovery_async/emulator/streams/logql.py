"""Which lines does the query of a stream of logs match? A text that they contain, or an expression of LogQL.

    {pod="api-1", container=~"api.*"} |= "timeout" !~ "retr(y|ied)" | json | level="error" and status >= 500

Selectors and label filters see the labels of a line, `pod`, `container`, `version`, `level`, and what `json` finds in it.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from qovery_async.codec.plain import is_object
from qovery_async.emulator.streams.scanning import Scanner
from qovery_async.emulator.streams.sources import LogLine

Labels = dict[str, str]
Test = Callable[[str, Labels], bool]
"""Whether a message with its labels goes on to the next stage."""


class BadQuery(ValueError):
    """A query that cannot be read, with the place in it."""


def matching(query: str) -> Callable[[LogLine], bool]:
    """The function that tells whether a line matches.

    Raises:
        BadQuery: The query begins as LogQL does and is not LogQL, or has a stage other than `json`.
    """
    if not re.match(r"\s*(\{|\||![=~])", query):
        return lambda line: query in line.message
    tests = _Parser(query).query()
    return lambda line: _passes(tests, line.message, labels_of(line))


def _passes(tests: list[Test], message: str, labels: Labels) -> bool:
    return all(test(message, labels) for test in tests)


def labels_of(line: LogLine) -> Labels:
    """The labels of a line."""
    level = line.severity_text.lower()
    known = {"pod": line.pod_name, "container": line.container_name, "version": line.version, "level": level}
    return {**line.labels, **known}


_TEXTS: Final[Mapping[str, Callable[[str], Callable[[str], bool]]]] = {
    "=": lambda wanted: lambda value: value == wanted,
    "!=": lambda wanted: lambda value: value != wanted,
    "=~": lambda wanted: lambda value: re.fullmatch(wanted, value) is not None,
    "!~": lambda wanted: lambda value: re.fullmatch(wanted, value) is None,
}
_NUMBERS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_NAME, _LINE_FILTER = r"[A-Za-z_][A-Za-z0-9_]*", r"\|=|\|~|!=|!~"
_COMPARISON = r"=~|!~|!=|==|>=|<=|=|>|<"
_NUMBER = r"-?\d+(?:\.\d+)?"
_STRING = (r'"(?:[^"\\]|\\.)*"|`[^`]*`', 'a text in "" or ``')


class _Parser(Scanner):
    """Reads a query from its start to its end."""

    def query(self) -> list[Test]:
        tests = self._selector() if self._take("{") else []
        while not self._at_end():
            if kind := self._take(_LINE_FILTER):
                tests.append(self._line_filter(kind))
            elif self._take(r"\|"):
                tests.append(self._stage())
            else:
                self._fail("a filter")
        return tests

    def _selector(self) -> list[Test]:
        tests: list[Test] = []
        while not self._take("}"):
            if tests and not self._take(","):
                self._fail(", or }")
            tests.append(self._text_test(self._expect(_NAME, "a label"), self._expect("=~|!~|!=|=", "=, !=, =~ or !~")))
        return tests

    def _line_filter(self, kind: str) -> Test:
        wanted = [self._string(*_STRING)]
        while self._take(r"or\b"):
            wanted.append(self._string(*_STRING))
        if kind.endswith("~"):
            expressions = [self._pattern(each) for each in wanted]
            return lambda message, _: (
                any(map(operator.methodcaller("search", message), expressions)) is (kind[0] == "|")
            )
        return lambda message, _: any(each in message for each in wanted) is (kind[0] == "|")

    def _stage(self) -> Test:
        if self._take(rf"json\b(?!\s*(?:{_COMPARISON}))"):
            return _read_json
        return self._any_of()

    def _any_of(self) -> Test:
        tests = [self._all_of()]
        while self._take(r"or\b"):
            tests.append(self._all_of())
        return lambda message, labels: any(test(message, labels) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._label_filter()]
        while self._take(r"and\b|,"):
            tests.append(self._label_filter())
        return lambda message, labels: _passes(tests, message, labels)

    def _label_filter(self) -> Test:
        if self._take(r"\("):
            test = self._any_of()
            self._expect(r"\)", ")")
            return test
        label, kind = (
            self._expect(_NAME, "json or a label"),
            self._expect(_COMPARISON, "a comparison: json is the only parser"),
        )
        if kind in _NUMBERS and (number := self._take(_NUMBER)):
            compare, wanted = _NUMBERS[kind], float(number)
            return lambda _, labels: (found := _number(labels.get(label, ""))) is not None and compare(found, wanted)
        if kind not in _TEXTS:
            self._fail("a number")
        return self._text_test(label, kind)

    def _text_test(self, label: str, kind: str) -> Test:
        wanted = self._string(*_STRING)
        if kind.endswith("~"):
            self._pattern(wanted)
        test = _TEXTS[kind](wanted)
        return lambda _, labels: test(labels.get(label, ""))

    def _fail(self, wanted: str) -> NoReturn:
        raise BadQuery(f"parse error at col {self._column} of the query: expected {wanted}")


def _read_json(message: str, labels: Labels) -> bool:
    """Adds the values of the message's JSON to the labels. As with Loki, lines without JSON go on."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        found = None
    if is_object(found):
        labels.update(_flat(found))
    else:
        labels["__error__"] = "JSONParserErr"
    return True


def _flat(value: Mapping[str, Any], prefix: str = "") -> Labels:
    """The values by name, those of inner objects as `outer_inner`."""
    found: Labels = {}
    for key, inner in value.items():
        name = re.sub(r"\W", "_", f"{prefix}{key}")
        if is_object(inner):
            found |= _flat(inner, f"{name}_")
        elif isinstance(inner, str):
            found[name] = inner
        elif isinstance(inner, bool | int | float):
            found[name] = json.dumps(inner)
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
