"""What is left out of a comparison, and which entries of two lists belong together?"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Final

Keys = tuple[str, ...]

_REASONS: Final[Mapping[Keys, str]] = {
    ("id", "service_id", "environment_id", "organization_id"): (
        "They name one object; what it refers to is compared by its name."
    ),
    ("created_at", "updated_at", "last_updated_by"): "When and by whom it was made and changed.",
    ("deployed_commit_id", "deployed_commit_date", "deployed_commit_contributor", "deployed_commit_tag"): (
        "What is deployed, not what is set."
    ),
    ("last_synced_at", "manifest_revision"): "When Argo CD looked, and what it has deployed.",
    ("has_access",): "Whether the token can read the repository.",
    ("git_repository.name", "git_repository.owner"): "Read from its URL.",
    ("settings.service_type",): "The kind, by which services are matched.",
    ("settings.host",): "Where Qovery or the cloud provider has put a database.",
    ("settings.maximum_cpu", "settings.maximum_memory", "settings.maximum_gpu", "settings.maximun_gpu"): (
        "What the cluster allows."
    ),
    ("webhook.url",): "Made by Qovery for each workflow.",
    ("domains.status", "domains.validation_domain"): "How far a domain is, and a name that Qovery makes.",
    ("stages.deployment_order",): "The order of the stages is compared instead.",
    (
        "aliased_variable.mount_path",
        "aliased_variable.variable_type",
        "overridden_variable.mount_path",
        "overridden_variable.variable_type",
    ): "The variable itself tells.",
}
IGNORED: Final[Mapping[str, str]] = {key: reason for keys, reason in _REASONS.items() for key in keys}
"""Keys that a comparison leaves out, by the end of their path, and why."""

PAIRS: Final = frozenset({"set", "set_string", "set_json"})
"""Lists of pairs of a name and a value, the form of overrides for a Helm chart's values."""

FREE: Final = PAIRS | {
    "action_extra_arguments",
    "advanced_settings",
    "config",
    "config_json",
    "kubernetes",
    "user_provided",
}
"""Keys whose objects belong to the user or have no ids: everything in them is compared."""

MATCHED: Final[Mapping[str, Sequence[Keys]]] = {
    "services": [("kind", "name")],
    "stages": [("name",)],
    "variables": [("scope", "key")],
    "services.variables": [("key",)],
    "domains": [("domain",)],
    "deployment_restrictions": [("type", "value")],
    "ports": [("internal_port",), ("name",)],
    "storage": [("mount_point",)],
    "scalers": [("scaler_type", "role"), ("scaler_type",)],
    "project_repositories": [("url",)],
}
"""The keys by which the entries of a list are matched, by the end of its path. The first are its entries' label."""
BY_NAME: Final[Sequence[Keys]] = [("name",), ("key",)]
"""The same for lists of objects that are not in the table: groups, labels, outputs, headers, files of values."""

ORDERED: Final = frozenset({"stages"})
"""Matched lists whose order means something."""

SETS: Final = frozenset({"weekdays", "scopes", "host_allowlist", "webhook_ip_allowlist", "mcp_server_ids"})
"""Lists of strings whose order means nothing. That of others, such as arguments, means something."""


def keys_of(path: Keys) -> Sequence[Keys]:
    """The keys by which the entries of the list at a path are matched."""
    return MATCHED.get(".".join(path[-2:])) or MATCHED.get(path[-1]) or BY_NAME


def is_ignored(path: Keys, beside: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the key at the end of a path is left out. `beside` are the objects that have it."""
    always = _is_ignored_always(path)
    return bool(beside) and all(_is_named(path[-1], one) for one in beside) if always is None else always


@functools.lru_cache(1024)
def _is_ignored_always(path: Keys) -> bool | None:
    """Whether a key is left out whatever stands beside it; None where that decides."""
    if any(key in FREE for key in path[:-1]):
        return False
    return True if path[-1] in IGNORED or ".".join(path[-2:]) in IGNORED else None


def _is_named(key: str, beside: Mapping[str, Any]) -> bool:
    """`cluster_id` beside `cluster_name`, `registry_id` beside `registry`, and the value of an alias."""
    if key == "value":
        return bool(beside.get("aliased_variable"))
    stem = key.removesuffix("_id")
    return stem != key and bool(beside.get(stem) or beside.get(f"{stem}_name"))
