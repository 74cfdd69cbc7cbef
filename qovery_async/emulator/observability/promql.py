"""What does an expression of PromQL say? A small part of the language, and a clear error for the rest.

    sum by (pod) (rate(container_cpu_usage_seconds_total{pod=~"api.*"}[5m])) * 1000

Selectors, the functions of `OVER_TIME`, aggregations with `by` or `without`, and arithmetic with numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NoReturn

import attrs

from qovery_async.emulator.streams.scanning import Scanner

AGGREGATIONS: Final = ("avg", "count", "max", "min", "sum")
OVER_TIME: Final = ("avg_over_time", "increase", "irate", "max_over_time", "min_over_time", "rate")
UNITS: Final[Mapping[str, float]] = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_NAME = r"[A-Za-z_:][A-Za-z0-9_:]*"
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DURATION = r"(?:\d+(?:ms|[smhdw]))+"
_STRING = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`'
_DEEPEST = 50

Labels = Mapping[str, str]


class BadExpression(ValueError):
    """An expression that the emulator does not read, with the place in it."""


@attrs.frozen
class Number:
    """A number."""

    value: float


@attrs.frozen
class Selector:
    """The series whose labels, with the name as `__name__`, pass all tests; over a window of seconds with a function."""

    tests: Sequence[tuple[str, Callable[[str], bool]]]
    function: str = ""
    window: float = 0.0

    def takes(self, labels: Labels) -> bool:
        """Whether a series is one of them."""
        return all(test(labels.get(name, "")) for name, test in self.tests)


@attrs.frozen
class Aggregation:
    """Series that are put together by their labels."""

    operator: str
    inner: Expression
    labels: Sequence[str] = ()
    without: bool = False

    def group(self, labels: Labels) -> Labels:
        """The labels of the group that a series is in."""
        return {k: v for k, v in labels.items() if (k in self.labels) is not self.without and k != "__name__"}


@attrs.frozen
class Arithmetic:
    """Two expressions, of which at least one is a number."""

    operator: str
    left: Expression
    right: Expression


Expression = Number | Selector | Aggregation | Arithmetic


def parsed(text: str) -> Expression:
    """The expression.

    Raises:
        BadExpression: It has a part that the emulator does not read.
    """
    return _Parser(text).whole()


def seconds(text: str) -> float | None:
    """A duration such as `1h30m`, or None if it is none."""
    if not re.fullmatch(_DURATION, text):
        return None
    return sum(float(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[smhdw])", text))


class _Parser(Scanner):
    """Reads an expression from its start to its end."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def whole(self) -> Expression:
        found = self._sum()
        if not self._at_end():
            self._fail("an operator of + - * /, or the end")
        return found

    def _sum(self) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            self._fail("fewer parentheses")
        found = self._product()
        while operator := self._take(r"[+-]"):
            found = self._arithmetic(operator, found, self._product())
        self._depth -= 1
        return found

    def _product(self) -> Expression:
        found = self._term()
        while operator := self._take(r"[*/]"):
            found = self._arithmetic(operator, found, self._term())
        return found

    def _arithmetic(self, operator: str, left: Expression, right: Expression) -> Expression:
        if not (_is_number(left) or _is_number(right)):
            self._fail("a number on one side of the operator: series are not joined")
        return Arithmetic(operator, left, right)

    def _term(self) -> Expression:
        if self._take(r"\("):
            found = self._sum()
            self._expect(r"\)", ")")
            return found
        if number := self._take(rf"-?{_NUMBER}(?![\w:])"):
            return Number(float(number))
        name = self._take(_NAME)
        if name in AGGREGATIONS:
            return self._aggregation(name)
        if name in OVER_TIME:
            return self._over_time(name)
        if name and re.match(r"\s*\(", self._text[self._place :]):
            self._fail(f"one of {', '.join(sorted((*AGGREGATIONS, *OVER_TIME)))} before the parenthesis")
        return self._selector(name)

    def _aggregation(self, operator: str) -> Expression:
        grouping = self._grouping()
        self._expect(r"\(", "(")
        inner = self._sum()
        self._expect(r"\)", ")")
        labels, without = grouping or self._grouping() or ((), False)
        return Aggregation(operator, inner, labels, without)

    def _grouping(self) -> tuple[Sequence[str], bool] | None:
        word = self._take(r"(?:by|without)\b")
        if not word:
            return None
        self._expect(r"\(", "(")
        labels: list[str] = []
        while not self._take(r"\)"):
            labels.append(self._expect(_NAME, "a label"))
            self._take(",")
        return labels, word == "without"

    def _over_time(self, function: str) -> Expression:
        self._expect(r"\(", "(")
        selector = self._selector(self._take(_NAME))
        self._expect(r"\[", "a window such as [5m]")
        window = seconds(self._expect(_DURATION, "a duration such as 5m"))
        self._expect(r"\]", "]")
        self._expect(r"\)", ")")
        if not window:
            self._fail("a duration above 0")
        return attrs.evolve(selector, function=function, window=window)

    def _selector(self, name: str) -> Selector:
        tests: list[tuple[str, Callable[[str], bool]]] = [("__name__", name.__eq__)] if name else []
        if self._take(r"\{"):
            while not self._take(r"\}"):
                label = self._expect(_NAME, "a label or }")
                tests.append((label, self._test()))
                self._take(",")
        if not tests:
            self._fail("a metric, a number, or one of " + ", ".join(sorted((*AGGREGATIONS, *OVER_TIME))))
        return Selector(tests)

    def _test(self) -> Callable[[str], bool]:
        kind = self._expect(r"=~|!~|!=|=", "=, !=, =~ or !~")
        wanted = self._string(_STRING, "a text in quotes")
        if kind in ("=", "!="):
            return lambda value: (value == wanted) is (kind == "=")
        pattern = self._pattern(wanted)
        return lambda value: (pattern.fullmatch(value) is not None) is (kind == "=~")

    def _fail(self, wanted: str) -> NoReturn:
        raise BadExpression(
            f"parse error at col {self._column} of the query: the emulator reads a part of PromQL, "
            f"and expected {wanted}"
        )


def _is_number(expression: Expression) -> bool:
    if isinstance(expression, Arithmetic):
        return _is_number(expression.left) and _is_number(expression.right)
    return isinstance(expression, Number)
