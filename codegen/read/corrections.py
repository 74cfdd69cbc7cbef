"""What is wrong in the description, and what is right? The answers are data: corrections.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import attrs

from codegen.read.description import Node

CORRECTIONS = Path(__file__).parents[1] / "decisions" / "corrections.toml"


@attrs.frozen
class Correction:
    """A change of the list or mapping at `at`, a JSON pointer in which `*` is any one step.

    `when` keeps to mappings that have those members; `remove` takes entries out, `set` puts in;
    `undeclared` are names that a schema requires, dropped where its properties do not have them.
    """

    at: str
    reason: str
    when: dict[str, Any] = attrs.Factory(dict)
    remove: list[str] = attrs.Factory(list)
    set: dict[str, Any] = attrs.Factory(dict)
    undeclared: list[str] = attrs.Factory(list)

    def apply(self, root: Node) -> bool:
        """Changes the description in place; False where it no longer has the mistake."""
        steps = [unquote(step).replace("~1", "/") for step in self.at.split("/")[1:]]
        places = list(_places(root.value, steps))
        return sum(self._change(place) for place in places) > 0

    def _change(self, place: Any) -> bool:
        if self.when and not (isinstance(place, dict) and self.when.items() <= place.items()):
            return False
        wrong = [entry for entry in self.remove if entry in place]
        for entry in wrong:
            place.remove(entry) if isinstance(place, list) else place.pop(entry)
        if self.undeclared and (required := place.get("required")):
            ghosts = [n for n in self.undeclared if n in required and n not in place.get("properties", {})]
            wrong += ghosts
            place["required"] = [name for name in required if name not in ghosts]
        missing = {key: value for key, value in self.set.items() if place.get(key) != value}
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


def read(path: Path = CORRECTIONS) -> list[Correction]:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["correction"]
    return [Correction(**entry) for entry in entries]


def apply(root: Node, corrections: list[Correction]) -> list[Correction]:
    """Applies all; returns those that found nothing to correct."""
    return [correction for correction in corrections if not correction.apply(root)]
