"""Which page of a list does a request get, and in which envelope?"""

from __future__ import annotations

from typing import Any

from qovery_async.emulator.facts.operations import DeclaredResponse
from qovery_async.emulator.world.calls import ApiCall

SIZE = 20
"""Items of a page, where the response says its size."""
_START = "startId"
# Commits have no id.
_KEYS = ("id", "git_commit_id")


def page_of(items: list[Any], call: ApiCall) -> list[Any]:
    """The items after the one that `startId` names, from the first where it names none; all if there is no such query.

    Where the response does not say its size, the page has all of them.
    """
    if all(parameter.wire != _START for parameter in call.operation.query):
        return items
    start = call.query.get(_START)
    keys = [next((item[key] for key in _KEYS if key in item), None) for item in items]
    first = keys.index(start) + 1 if start is not None and start in keys else 0
    return items[first : first + SIZE] if call.operation.response.paged else items[first:]


def enclosed(items: list[Any], declared: DeclaredResponse) -> Any:
    """A list in the envelope of the response."""
    page = {"page": 1, "page_size": SIZE} if declared.paged else {}
    return {**page, declared.items: items} if declared.items else items
