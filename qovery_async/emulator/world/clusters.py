"""Who has locked a cluster, and which Argo CD clusters are mapped to it?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from qovery_async.emulator.facts.operations import python_type
from qovery_async.emulator.facts.refusals import Refusal, not_found
from qovery_async.emulator.facts.samples import complete
from qovery_async.emulator.world import pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity

_LOCK = "lock"


def handlers() -> ApiHandlers:
    """The handlers of cluster locks and Argo CD mappings."""
    return {
        "clusters.lock": _lock,
        "clusters.unlock": _unlock,
        "clusters.list_locks": _list_locks,
        "argocd.cluster_mappings.list": _list_mappings,
        "argocd.cluster_mappings.save": _save_mapping,
        "argocd.cluster_mappings.delete": _delete_mapping,
    }


def lock_of(cluster: Entity) -> dict[str, Any] | None:
    """The lock that keeps Qovery from changing a cluster, or None."""
    found: dict[str, Any] | None = cluster.facts.get(_LOCK)
    return found


def _lock(call: ApiCall) -> ApiResponse:
    if lock_of(call.target) is not None:
        raise Refusal(409, f"cluster {call.target.id} is already locked")
    lock = {"cluster_id": call.target.id, "locked_at": call.state.now(), "owner_name": call.caller.user}
    call.target.facts[_LOCK] = {**lock, "reason": "", **call.sent}
    return ApiResponse(lock_of(call.target))


def _unlock(call: ApiCall) -> ApiResponse:
    call.target.facts.pop(_LOCK, None)
    return ApiResponse()


def _list_locks(call: ApiCall) -> ApiResponse:
    locks = [lock for cluster in call.target.of_kind("cluster") if (lock := lock_of(cluster)) is not None]
    return ApiResponse(pages.enclosed(locks, call.operation.response))


def _mappings(call: ApiCall) -> dict[tuple[str, str], Any]:
    """Mappings by the id of the cluster that Argo CD runs on and the URL of the mapped cluster."""
    found: dict[tuple[str, str], Any] = call.target.settings.setdefault("argoCdDestinationClusterMapping", {})
    return found


def _list_mappings(call: ApiCall) -> ApiResponse:
    clusters, declared = call.target.children.get("cluster", {}), call.operation.response
    linked: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for (agent, url), mapping in _mappings(call).items():
        details = {"argocd_cluster_url": url, **_named(clusters, "qovery_cluster", mapping["cluster_id"])}
        linked[agent].append(complete(details, python_type("ArgoCdLinkedClusterDetails"), url))
    rows = [
        {**_named(clusters, "agent_cluster", agent), "linked_clusters": details, "unlinked_clusters": []}
        for agent, details in linked.items()
    ]
    type_ = python_type(declared.type or "Any")
    return ApiResponse(pages.enclosed([complete(row, type_, row["agent_cluster_id"]) for row in rows], declared))


def _named(clusters: Mapping[str, Entity], prefix: str, id_: str) -> dict[str, Any]:
    """The id, name and provider of a cluster, under keys with this prefix."""
    value = clusters[id_].value if id_ in clusters else {"name": id_, "cloud_provider": "AWS"}
    return {
        f"{prefix}_id": id_,
        f"{prefix}_name": value["name"],
        f"{prefix}_cloud_provider": value["cloud_provider"],
    }


def _save_mapping(call: ApiCall) -> ApiResponse:
    for key in ("agent_cluster_id", "cluster_id"):
        if call.sent[key] not in call.target.children.get("cluster", ()):
            raise not_found("cluster", call.sent[key])
    _mappings(call)[call.sent["agent_cluster_id"], call.sent["argocd_cluster_url"]] = call.sent
    return ApiResponse(call.sent)


def _delete_mapping(call: ApiCall) -> ApiResponse:
    key = call.query["agentClusterId"], call.query["argocdClusterUrl"]
    _mappings(call).pop(key, None)
    return ApiResponse()
