"""What can be said of JSON without its type: kind, depth, memory, short form in messages?"""

from __future__ import annotations

from typing import Any, TypeGuard

from qovery_async.secrecy.masking import masked

DEEPEST = 240
"""The limit of nesting, in levels, for JSON that no model describes. Comparing, copying and writing a value
take several stack frames for each level, and Python allows 1,000."""

_SHOWN = 40
# Bytes, rounded: an empty object with the model that it is read as, an empty list, any other value.
_OBJECT, _LIST, _VALUE = 256, 64, 16


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether parsed JSON is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether parsed JSON is a list."""
    return isinstance(value, list)


def kind(value: object) -> str:
    """The name of a value's kind, for messages."""
    if value is None:
        return "null"
    return {"dict": "an object", "list": "a list"}.get(type(value).__name__, type(value).__name__)


def shown(value: object) -> str:
    """A value as messages show it: its `repr` if short, without passwords, otherwise its kind."""
    if value is None or is_object(value) or is_list(value) or (isinstance(value, str) and len(value) > _SHOWN):
        return kind(value)
    text = masked(value)
    return text if len(text) <= _SHOWN else kind(value)


def is_too_deep(value: Any, levels: int = DEEPEST) -> bool:
    """Whether lists and objects in the value are nested more than `levels` deep."""
    if value.__class__ is not dict and value.__class__ is not list:
        return False
    for inner in value.values() if value.__class__ is dict else value:
        if (inner.__class__ is dict or inner.__class__ is list) and (levels == 1 or is_too_deep(inner, levels - 1)):
            return True
    return False


def outgrows(text: bytes, ceiling: int) -> bool:
    """Whether the values of a JSON text take about more than `ceiling` bytes of memory, read as models.

    That is beside the text itself: `[[],[],[]` becomes 30 times as large.
    """
    if len(text) * (_OBJECT + 1) <= ceiling:
        return False  # not even if every byte began an object
    size = _OBJECT * text.count(b"{") + _LIST * text.count(b"[")
    if size + _VALUE * len(text) // 2 <= ceiling:
        return False  # a value takes two bytes or more, and counting all of them takes time
    return size + _VALUE * text.count(b",") > ceiling
