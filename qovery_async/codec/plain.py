"""What can be said of a JSON value without its type: kind, depth, short form in messages?"""

from __future__ import annotations

from typing import Any, TypeGuard

from qovery_async.secrecy.masking import masked

DEEPEST = 240
"""The limit of nesting, in levels, for JSON that no model describes. Comparing, copying and writing a value
take several stack frames for each level, and Python allows 1,000."""

_SHOWN = 40


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
