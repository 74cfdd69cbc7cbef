"""How does what differs read, for people and for programs?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from qovery_async.codec.plain import is_list, is_object
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary.values import frozen

_WIDTH: Final = 60
"""Characters of a value that a line shows."""
_BEFORE: Final = 15
"""Of these, how many stand before the first one that differs."""


@frozen
class EnvironmentChange:
    """One setting that differs, or an entry that only one side has, such as a service, a variable or a port.

    `path` leads to it, with the names of the entries of lists in brackets: `("services", "[APPLICATION api]",
    "settings", "cpu")`. `a` and `b` are the JSON values on each side, None where there is none. Secrets in them are
    `***`.
    """

    path: tuple[str, ...]
    a: Any
    b: Any

    @property
    def where(self) -> str:
        """The path as a string: `services[APPLICATION api].settings.cpu`."""
        return _joined(self.path)

    def __str__(self) -> str:
        return f"{self.where}: {_values(self, 'the first', 'the second')}"


@frozen(repr=False)
class EnvironmentDiff:
    """The differences between two environments; true if there are any.

    `a` and `b` are the names of the environments. `changes` are in the order of the documents. `not_compared` are the
    paths of secrets that both sides have and whose values are not known: the API does not show them, or a document
    leaves them out.
    """

    a: str
    b: str
    changes: tuple[EnvironmentChange, ...]
    not_compared: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __repr__(self) -> str:
        counts = f"{len(self.changes)} changes, {len(self.not_compared)} not compared"
        return f"{type(self).__name__}({self.a!r}, {self.b!r}, {counts})"

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def to_dict(self) -> dict[str, Any]:
        """The difference as JSON values."""
        return {
            "a": self.a,
            "b": self.b,
            "changes": [{"path": change.where, "a": change.a, "b": change.b} for change in self.changes],
            "not_compared": list(self.not_compared),
        }

    def to_json(self) -> str:
        """`to_dict` as JSON, indented."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def _lines(self) -> Iterator[str]:
        number = len(self.changes)
        a, b = one_line(self.a, 80), one_line(self.b, 80)
        yield f"{a} -> {b}: {number or 'no'} difference{'s' * (number != 1)}"
        under = ""
        for change in self.changes:
            service, rest = _parted(change.path)
            if service and rest:
                if service != under:
                    yield f"  {one_line(service)}"
                yield f"    {one_line(_joined(rest))}: {_values(change, a, b)}"
            else:
                yield f"  {one_line(service or _joined(rest))}: {_values(change, a, b)}"
            under = service
        if self.not_compared:
            yield f"Not compared, since the values of secrets are not known: {len(self.not_compared)}"
            yield from (f"  {one_line(path)}" for path in self.not_compared)


def _parted(path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The service that a path leads to, empty for another, and the rest of the path."""
    match path:
        case ("services", str(label), "settings", *rest) if rest:
            return label[1:-1], tuple(rest)
        case ("services", str(label), *rest) if label.startswith("["):
            return label[1:-1], tuple(rest)
        case _:
            return "", path


def _joined(path: tuple[str, ...]) -> str:
    return "".join(step if step.startswith("[") else f".{step}" for step in path).removeprefix(".")


def _values(change: EnvironmentChange, a: str, b: str) -> str:
    if change.a is None and _is_entry(change.b):
        return f"only in {b}"
    if change.b is None and _is_entry(change.a):
        return f"only in {a}"
    if change.a == change.b:
        return "differs, not shown since it may be secret"
    one, other = _text(change.a), _text(change.b)
    begin = next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), 0) - _BEFORE
    return f"{_cut(one, begin)} -> {_cut(other, begin)}"


def _is_entry(value: object) -> bool:
    """Whether a value is too much for a line: an object, or a list of objects."""
    return is_object(value) or (is_list(value) and any(map(is_object, value)))


def _text(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _cut(text: str, begin: int) -> str:
    """A value, or of a long one the part that differs."""
    if len(text) <= _WIDTH:
        return one_line(text)
    begin = max(0, min(begin, len(text) - _WIDTH))
    end = begin + _WIDTH
    return f"{'...' * (begin > 0)}{one_line(text[begin:end])}{'...' * (end < len(text))}"
