"""Is a value of a request within the bounds of its key? If not, which one does it break?"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from qovery_async.codec.plain import is_list

Bounds = Mapping[str, int | float | str]
"""The bounds of a value by name, such as `{"minimum": 3000, "maximum": 16000}`."""


def broken(value: Any, bounds: Bounds) -> str | None:
    """The first bound that a value breaks, such as `expected at least 3000, got 12`, or None."""
    for name, bound in bounds.items():
        measure, breaks, expected = _RULES[name]
        measured = measure(value)
        if measured is not None and breaks(measured, bound):
            return f"expected {expected.format(bound)}, got {measured!r:.40}"
    return None


def _number(value: Any) -> int | float | None:
    return value if value.__class__ in (int, float) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    return len(value) if is_list(value) else None


def _differs(text: str, pattern: str) -> bool:
    return _compiled(pattern).search(text) is None


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""In ECMAScript, `$` is never before a last `\n`, and `\d` is an ASCII digit."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)


# By the name of a bound: what of a value it is for, or None; whether that breaks it; and what was expected.
_RULES: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any, Any], bool], str]] = {
    "minimum": (_number, lt, "at least {}"),
    "maximum": (_number, gt, "at most {}"),
    "exclusive_minimum": (_number, le, "more than {}"),
    "exclusive_maximum": (_number, ge, "less than {}"),
    "min_length": (_length, lt, "a length of at least {}"),
    "max_length": (_length, gt, "a length of at most {}"),
    "pattern": (_text, _differs, "what matches {}"),
    "min_items": (_count, lt, "a length of at least {}"),
    "max_items": (_count, gt, "a length of at most {}"),
}
