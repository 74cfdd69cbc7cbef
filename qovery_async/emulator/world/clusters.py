"""What is kept about clusters beside their settings: who locked one, and what Argo CD calls it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from qovery_async.emulator.facts.operations import python_type
from qovery_async.emulator.facts.refusals import Problem
from qovery_async.emulator.facts.samples import complete
from qovery_async.emulator.world import crud
from qovery_async.emulator.world.calls import Behaviours, Call, Reply
from qovery_async.emulator.world.state import Entity

_LOCK = "lock"


def behaviours() -> Behaviours:
    return {
        "clusters.lock": _lock,
        "clusters.unlock": _unlock,
        "clusters.list_locks": _list_locks,
        "argocd.cluster_mappings.list": _list_mappings,
        "argocd.cluster_mappings.save": _save_mapping,
        "argocd.cluster_mappings.delete": _delete_mapping,
    }


def lock_of(cluster: Entity) -> dict[str, Any] | None:
    """The lock that keeps Qovery from changing a cluster."""
    found: dict[str, Any] | None = cluster.facts.get(_LOCK)
    return found


def _lock(call: Call) -> Reply:
    if lock_of(call.target) is not None:
        raise Problem(409, f"cluster {call.target.id} is locked already")
    lock = {"cluster_id": call.target.id, "locked_at": call.state.now(), "owner_name": call.caller.user}
    call.target.facts[_LOCK] = {**lock, "reason": "", **call.sent}
    return Reply(lock_of(call.target))


def _unlock(call: Call) -> Reply:
    call.target.facts.pop(_LOCK, None)
    return Reply()


def _list_locks(call: Call) -> Reply:
    locks = [lock for cluster in call.target.of_kind("cluster") if (lock := lock_of(cluster)) is not None]
    return Reply(crud.enclosed(locks, call.operation.answer))


def _mappings(call: Call) -> dict[tuple[str, str], Any]:
    """By the cluster that Argo CD runs on, and the address it knows the other by."""
    found: dict[tuple[str, str], Any] = call.target.settings.setdefault("argoCdDestinationClusterMapping", {})
    return found


def _list_mappings(call: Call) -> Reply:
    clusters, answer = call.target.children.get("cluster", {}), call.operation.answer
    linked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (agent, url), mapping in _mappings(call).items():
        details = {"argocd_cluster_url": url, **_named(clusters, "qovery_cluster", mapping["cluster_id"])}
        linked[agent].append(complete(details, python_type("ArgoCdLinkedClusterDetails"), url))
    rows = [
        {**_named(clusters, "agent_cluster", agent), "linked_clusters": details, "unlinked_clusters": []}
        for agent, details in linked.items()
    ]
    type_ = python_type(answer.type or "Any")
    return Reply(crud.enclosed([complete(row, type_, row["agent_cluster_id"]) for row in rows], answer))


def _named(clusters: Mapping[str, Entity], prefix: str, id_: str) -> dict[str, Any]:
    """A cluster as an answer names it that speaks of several."""
    value = clusters[id_].value if id_ in clusters else {"name": id_, "cloud_provider": "AWS"}
    return {
        f"{prefix}_id": id_,
        f"{prefix}_name": value["name"],
        f"{prefix}_cloud_provider": value["cloud_provider"],
    }


def _save_mapping(call: Call) -> Reply:
    _mappings(call)[call.sent["agent_cluster_id"], call.sent["argocd_cluster_url"]] = call.sent
    return Reply(call.sent)


def _delete_mapping(call: Call) -> Reply:
    key = call.query["agentClusterId"], call.query["argocdClusterUrl"]
    _mappings(call).pop(key, None)
    return Reply()
