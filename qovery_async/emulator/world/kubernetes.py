"""Which version of Kubernetes does a cluster have, which one is next, and what does the cluster show of its state?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from qovery_async.models import ClusterStateEnum

VERSIONS: Final = ("1.31", "1.32", "1.33", "1.34")
"""The versions that clusters can be upgraded to, oldest first."""

_NEW = "1.33"
_OWN = "SELF_MANAGED"


def when_created(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a new cluster shows of its state. Qovery knows no version of a cluster that others manage."""
    state = {"status": ClusterStateEnum.READY.value, "deployment_status": "NEVER_DEPLOYED"}
    return state | ({} if body.get("kubernetes") == _OWN else {"version": _NEW})


def when_updated(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """What a cluster whose settings have changed shows of its state."""
    deployed = cluster.get("deployment_status") != "NEVER_DEPLOYED"
    return {"deployment_status": "OUT_OF_DATE"} if deployed else {}


def when_changed(state: ClusterStateEnum, version: str) -> dict[str, Any]:
    """What a cluster shows in another state, with another version if there is one."""
    shown: dict[str, Any] = {"status": state.value}
    if state is ClusterStateEnum.DEPLOYED:
        shown["deployment_status"] = "UP_TO_DATE"
    return shown | ({"version": version} if version else {})


def version_of(cluster: Mapping[str, Any]) -> str:
    """The version of a cluster; the usual one if it is not known."""
    return str(cluster.get("version") or _NEW)


def next_version(cluster: Mapping[str, Any]) -> str | None:
    """The version that a cluster can be upgraded to, or None. No version is left out, as Kubernetes demands."""
    if cluster.get("kubernetes") == _OWN or cluster.get("version") not in VERSIONS[:-1]:
        return None
    return VERSIONS[VERSIONS.index(cluster["version"]) + 1]
