"""Is a value of a request within the bounds of its key? If not, which one does it break?"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

Bounds = Mapping[str, int | float | str]
"""The bounds of a value by name, such as `{"minimum": 3000, "maximum": 16000}`."""

_Breaks = Callable[[Any, Any], bool]


def broken(value: Any, bounds: Bounds) -> str | None:
    """The first bound that a value breaks, such as `expected at least 3000, got 12`, or None."""
    for name, bound in bounds.items():
        kinds, breaks, expected = _RULES[name]
        if isinstance(value, kinds) and breaks(value, bound):
            is_measured = name.endswith(("_length", "_items"))
            found = str(len(value)) if is_measured else f"{value!r:.40}"
            return f"expected {expected.format(bound)}, got {found}"
    return None


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""In ECMAScript, `$` is never before a line's last `\n`, and `\d` is an ASCII digit."""
    return re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), re.ASCII)


# By the name of a bound: the values that it is for, whether one breaks it, and what was expected.
_RULES: Mapping[str, tuple[type | tuple[type, ...], _Breaks, str]] = {
    "minimum": ((int, float), lambda value, bound: value < bound, "at least {}"),
    "maximum": ((int, float), lambda value, bound: value > bound, "at most {}"),
    "exclusive_minimum": ((int, float), lambda value, bound: value <= bound, "more than {}"),
    "exclusive_maximum": ((int, float), lambda value, bound: value >= bound, "less than {}"),
    "min_length": (str, lambda value, bound: len(value) < bound, "at least {} characters"),
    "max_length": (str, lambda value, bound: len(value) > bound, "at most {} characters"),
    "pattern": (str, lambda value, bound: not _compiled(bound).search(value), "what matches {!r}"),
    "min_items": (list, lambda value, bound: len(value) < bound, "at least {} items"),
    "max_items": (list, lambda value, bound: len(value) > bound, "at most {} items"),
}
