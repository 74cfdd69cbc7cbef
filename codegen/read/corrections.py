"""What becomes of a description whose known mistakes are corrected?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from codegen.decisions.tables import Correction
from codegen.read.description import Node


def apply(root: Node, corrections: list[Correction]) -> list[Correction]:
    """Changes the description in place; returns the corrections that found nothing to correct."""
    return [correction for correction in corrections if not _apply(root, correction)]


def _apply(root: Node, correction: Correction) -> bool:
    steps = [unquote(step).replace("~1", "/") for step in correction.at.split("/")[1:]]
    return sum(_change(place, correction) for place in list(_places(root.value, steps))) > 0


def _change(place: Any, correction: Correction) -> bool:
    if correction.when and not (isinstance(place, dict) and correction.when.items() <= place.items()):
        return False
    wrong = [entry for entry in correction.remove if entry in place]
    for entry in wrong:
        place.remove(entry) if isinstance(place, list) else place.pop(entry)
    if correction.undeclared and (required := place.get("required")):
        undeclared = [n for n in correction.undeclared if n in required and n not in place.get("properties", {})]
        wrong += undeclared
        place["required"] = [name for name in required if name not in undeclared]
    missing = {key: value for key, value in correction.set.items() if place.get(key) != value}
    if missing:
        place.update(missing)
    return bool(wrong or missing)


def _places(value: Any, steps: list[str]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    members = dict(enumerate(value)) if isinstance(value, list) else value
    if isinstance(members, dict):
        for key in list(members) if step == "*" else [k for k in members if str(k) == step]:
            yield from _places(members[key], rest)
