"""How are the branches of a union told apart where the description names no tag?"""

from __future__ import annotations

from collections.abc import Mapping

from codegen.facts import Field, Model
from codegen.read.description import Node


def telling_keys(node: Node, models: Mapping[str, Model]) -> dict[str, str]:
    """Which key gives which branch away, to be tried in order; `""` is the branch for the rest."""
    left = dict(models)
    found: dict[str, str] = {}
    while len(left) > 1:
        telling = {name: _telling(name, left) for name in left}
        name = next((n for n in left if any(f.required for f in telling[n])), None)
        name = name or next((n for n in left if telling[n]), None)
        if name is None:
            raise node.fail("cannot tell the branches apart: no discriminator, no keys of their own")
        found |= {field.wire: name for field in telling[name]}
        del left[name]
    for name, schema in left.items():
        telling_last = _telling(name, models)
        certain = any(f.required for f in telling_last) or len(telling_last) == len(schema.fields)
        found |= {field.wire: name for field in telling_last} if certain else {"": name}
    return found


def _telling(name: str, models: Mapping[str, Model]) -> list[Field]:
    """The fields that only this model has: the required ones, where there are any."""
    others = {field.wire for other in models if other != name for field in models[other].fields}
    own = [field for field in models[name].fields if field.wire not in others]
    return [field for field in own if field.required] or own


def own_key(branch: Node, branches: list[Node]) -> str:
    """The property that only this inline branch has; it names the branch."""
    others = {key for other in branches if other.where != branch.where
              for key in other.resolve().value.get("properties", {})}  # fmt: skip
    required = branch.value.get("required", [])
    own = [key for key in branch.value.get("properties", {}) if key not in others]
    own.sort(key=lambda key: key not in required)
    candidates = own or [key for key in required if key not in others] or list(branch.value.get("properties", {}))
    if not candidates:
        raise branch.fail("an inline branch without properties has nothing to be named by")
    return str(candidates[0])
