"""Which other objects repeat the name of an object that was changed? They repeat the new one from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.world.state import Entity, State

_HOLDERS: Mapping[str, Sequence[str]] = {
    "cluster": ("environment",),
    "containerRegistry": ("container", "job"),
    "customRole": ("member", "inviteMember", "apiToken", "policyApiToken"),
    "gitToken": ("application", "job", "helm", "terraform"),
    "helmRepository": ("helm",),
}
"""The kinds of objects that repeat something of an object, by its kind. What is computed when it is read is not here."""

_REPEATED = ("name", "url", "kind")


def follow(state: State, changed: Entity, before: Mapping[str, Any]) -> None:
    """Corrects what other objects repeat of a changed one, which was `before`."""
    after = changed.value
    if all(before.get(key) == after.get(key) for key in _REPEATED):
        return
    for kind in _HOLDERS.get(changed.kind, ()):
        for holder in state.every(kind):
            if _mentions(holder.value, changed.id):
                holder.value = _corrected(holder.value, changed)


def _mentions(tree: Any, id_: str) -> bool:
    if is_object(tree):
        return any(_mentions(item, id_) for item in tree.values())
    return any(_mentions(item, id_) for item in tree) if is_list(tree) else bool(tree == id_)


def _corrected(tree: Any, changed: Entity) -> Any:
    """The same tree, with the object's new values beside its id, and its new name as `x_name` beside its id as `x_id`."""
    if is_list(tree):
        return [_corrected(item, changed) for item in tree]
    if not is_object(tree):
        return tree
    node = {key: _corrected(item, changed) for key, item in tree.items()}
    if node.get("id") == changed.id:
        node |= {key: changed.value[key] for key in _REPEATED if key in node and key in changed.value}
    names = [
        key.removesuffix("_id") + "_name" for key, item in node.items() if key.endswith("_id") and item == changed.id
    ]
    return node | {name: changed.value["name"] for name in names if name in node}
