"""Does the registry or Helm repository exist that a new or changed service names?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qovery_async.codec.plain import is_object
from qovery_async.emulator.facts.refusals import not_found
from qovery_async.emulator.world.state import Entity

_SOURCES: Mapping[str, Sequence[str]] = {
    "container": ("registry_id",),
    "job": ("source", "image", "registry_id"),
    "helm": ("source", "helm_repository", "repository"),
}
"""Where a request names its registry or repository, by kind of service."""


def refuse_unknown(kind: str, body: Mapping[str, Any], parent: Entity, before: Mapping[str, Any]) -> None:
    """Refuses a registry or repository that does not exist, unless the service had it before that was deleted."""
    organization, path = parent.above("organization"), _SOURCES.get(kind, ())
    family = "helmRepository" if kind == "helm" else "containerRegistry"
    id_: Any = body if path else None
    for key in path:
        id_ = id_.get(key) if is_object(id_) else None
    if id_ and organization and id_ not in organization.children.get(family, ()) and not _mentions(before, id_):
        raise not_found(family, id_)


def _mentions(tree: Any, text: str) -> bool:
    if is_object(tree):
        return any(_mentions(item, text) for item in tree.values())
    return bool(tree == text)
