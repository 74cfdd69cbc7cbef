"""What do the operations that deploy, upgrade, stop and delete clusters do, and what is read of that?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.life.actions import Action
from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.cluster_logs import ClusterEntry
from qovery_async.emulator.life.clusters import ClusterLives
from qovery_async.emulator.world import clusters as locks
from qovery_async.emulator.world import in_use, kubernetes, pages
from qovery_async.emulator.world.auditing import trigger_of
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.deployments import accepted
from qovery_async.emulator.world.state import Entity

Json = dict[str, Any]


def handlers(clusters: ClusterLives) -> ApiHandlers:
    """The handlers of the deployments of clusters."""

    def act(call: ApiCall, action: Action, upgrade_to: str = "") -> Json:
        by = trigger_of(call)
        status = accepted(lambda: clusters.act(call.target.id, action, by, upgrade_to=upgrade_to))
        return {**status, **_beside(call.target, clusters)}

    def upgrade(call: ApiCall) -> ApiResponse:
        version = _next_version(call.target, clusters)
        if version is None:
            raise Refusal(400, f"no version of Kubernetes is available to upgrade cluster {call.target.id} to")
        return ApiResponse(act(call, Action.DEPLOY, version))

    def delete(call: ApiCall) -> ApiResponse:
        in_use.refuse_used(call.target)
        keeps_resources = call.query.get("deleteMode") == "DELETE_QOVERY_CONFIG"
        if clusters.cluster(call.target.id).deployed and not keeps_resources:
            act(call, Action.DELETE)
        else:
            call.state.remove(call.target)
        return ApiResponse()

    def status(cluster: Entity) -> Json:
        return {**clusters.status(cluster.id), **_beside(cluster, clusters)}

    return {
        # The description says 201; Qovery's command line takes nothing but 200.
        "clusters.deploy": lambda call: ApiResponse(act(call, Action.DEPLOY), status=200),
        "clusters.upgrade": upgrade,
        "clusters.stop": lambda call: ApiResponse(act(call, Action.STOP)),
        "clusters.delete": delete,
        "clusters.get_status": lambda call: ApiResponse(status(call.target)),
        "clusters.list_statuses": _listed(lambda call: [status(each) for each in call.target.of_kind("cluster")]),
        "clusters.list_logs": _listed(
            lambda call: [_line(call.target, entry) for entry in clusters.cluster(call.target.id).entries]
        ),
    }


def _listed(rows: Callable[[ApiCall], list[Json]]) -> Callable[[ApiCall], ApiResponse]:
    return lambda call: ApiResponse(pages.enclosed(rows(call), call.operation.response))


def _next_version(cluster: Entity, clusters: ClusterLives) -> str | None:
    """The version to upgrade to. A cluster that was never deployed has none."""
    return kubernetes.next_version(cluster.value) if clusters.cluster(cluster.id).deployed else None


def _beside(cluster: Entity, clusters: ClusterLives) -> Json:
    """What a `ClusterStatus` says beside the state."""
    lock = locks.lock_of(cluster)
    shown: Json = {"next_k8s_available_version": _next_version(cluster, clusters)}
    return shown if lock is None else shown | {"cluster_lock": lock}


def _line(cluster: Entity, entry: ClusterEntry) -> Json:
    """A line as `ClusterLogs`."""
    about = {
        "provider_kind": str(cluster.value["cloud_provider"]).lower(),
        "region": cluster.value["region"],
        "transmitter": {"type": "kubernetes", "id": cluster.id, "name": cluster.value["name"]},
    }
    line: Json = {"type": "error" if entry.error else "info", "timestamp": stamp(entry.at), "step": entry.step.value}
    line["message"] = {"safe_message": entry.message}
    if not entry.error:
        return {**line, "details": about}
    error = {"tag": entry.error, "user_log_message": entry.message, "event_details": about}
    return {**line, "error": {**error, "hint_message": "The emulator was told to make this fail."}}
