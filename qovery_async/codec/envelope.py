"""Where is the list of a response that does not have it where it should be?

The API wraps a list in an object, `{"results": [...]}`. A list without that object, or under another
key, is taken if it cannot be mistaken; it is never read as an empty list.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from qovery_async.codec.plain import is_list, is_object, shown
from qovery_async.codec.repair import Repair

_USUAL = "results"
_NAMED = 40  # characters of the longest key in a message


def find(value: Any, key: str, item: object, beside: Collection[str], repair: Repair) -> tuple[list[Any], str]:
    """The list, and the path to it. An empty `key` means that the response itself should be the list.

    `item` is the type of the items, `beside` has the keys that are declared beside the list. What is
    wrong is noted in `repair`: as a problem of the whole value where no list can be taken.
    """
    expected = f"expected an object with {key!r}" if key else "expected a list"
    name = key or _USUAL
    if is_list(value):
        repair.note("", name, f"{expected}, got a list", "read as that list")
        return value, ""
    if not is_object(value):
        return _none(repair, f"{expected}, got {shown(value)}")
    there = value.get(name)
    if key and there is not None:
        return _none(repair, f"{expected} that is a list, got {shown(there)}")
    others = [other for other in value if other != name and other not in beside]
    lists = [name] if is_list(there) else [other for other in others if _holds(value[other], item)]
    if len(lists) == 1:
        # Named whole or not at all: half a token would not be found and hidden.
        path = lists[0] if len(lists[0]) <= _NAMED else ""
        repair.note("", name, f"{expected}, got one with {repr(path) if path else 'another key'}", "read as the list")
        return value[lists[0]], path
    # The list is optional, and some servers write an empty one as null.
    if key and not lists and (name in value or not others):
        return [], ""
    return _none(repair, f"{expected}, got an object with {len(lists) or 'no'} lists that could be meant")


def _holds(value: object, item: object) -> bool:
    """Whether the value is a list of what the items look like in JSON: strings, or objects."""
    looks = str if isinstance(item, type) and issubclass(item, str) else dict
    return is_list(value) and all(entry.__class__ is looks for entry in value)


def _none(repair: Repair, what: str) -> tuple[list[Any], str]:
    repair.note("", "", what, "")
    return [], ""
