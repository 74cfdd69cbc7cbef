"""Which metrics do pods and nodes have, and how does a cluster fare?"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

_CREATED = 1_700_000_000_000
_NODE: dict[str, Any] = {
    "architecture": "amd64",
    "kernel_version": "6.1.0",
    "operating_system": "linux",
    "os_image": "Bottlerocket OS",
    "instance_type": "t3.medium",
    "unschedulable": False,
    "taints": [],
    "annotations": {},
}


def pod(name: str) -> dict[str, Any]:
    """The metrics of a pod: the same pod has the same."""
    cpu, memory = _used(name)
    return {
        "pod_name": name,
        "cpu": _metric(cpu, 500, "mCPU"),
        "memory": _metric(memory, 1024, "MiB"),
        "storages": [],
    }


def usage(name: str) -> dict[str, Any]:
    """The metrics of a pod as those of a cluster have them."""
    cpu, memory = _used(name)
    return {"cpu_milli_usage": cpu, "cpu_percent_usage": cpu // 5, "memory_mib_rss_usage": memory}


def node(name: str, pods: Sequence[Mapping[str, Any]], version: str) -> dict[str, Any]:
    """A node of a cluster with its pods, its version of Kubernetes, and what is used of it."""
    dice = random.Random(name)  # noqa: S311  # no secret
    cpu, memory = dice.randrange(200, 1800), dice.randrange(500, 3500)
    resources = {"cpu_milli": 2000, "memory_mib": 4096, "ephemeral_storage_mib": 20480, "pods": 17}
    return {
        **_NODE,
        "kubelet_version": f"v{version}.0",
        "name": name,
        "created_at": _CREATED,
        "pods": list(pods),
        "labels": {"kubernetes.io/hostname": name},
        "addresses": [{"type": "Hostname", "address": name}],
        "conditions": [_ready()],
        "resources_allocatable": resources,
        "resources_capacity": resources,
        "resources_allocated": {
            "request_cpu_milli": cpu,
            "limit_cpu_milli": cpu,
            "request_memory_mib": memory,
            "limit_memory_mib": memory,
        },
        "metrics_usage": {"cpu_milli_usage": cpu, "cpu_percent_usage": cpu // 20, "memory_mib_rss_usage": memory},
    }


def healthy_cluster(version: str) -> dict[str, Any]:
    """The state of a cluster with this version of Kubernetes, in which everything runs."""
    status: dict[str, Any] = {
        "global_status": "RUNNING",
        "qovery_components_in_failure": [],
        "qovery_components": [],
        "node_warnings": {},
        "is_max_nodes_size_reached": False,
        "kube_version_status": {"type": "OK", "kube_version": version},
    }
    return {"computed_status": status}


def _used(name: str) -> tuple[int, int]:
    """The mCPU and the MiB that a pod uses."""
    dice = random.Random(name)  # noqa: S311  # no secret
    return dice.randrange(10, 400), dice.randrange(64, 900)


def _metric(current: int, limit: int, unit: str) -> dict[str, Any]:
    percent = 100 * current // limit
    status = "ALERT" if percent > 90 else "WARNING" if percent > 80 else "OK"
    return {"current": current, "current_percent": percent, "limit": limit, "unit": unit, "status": status}


def _ready() -> dict[str, Any]:
    return {
        "type": "Ready",
        "status": "True",
        "last_heartbeat_time": _CREATED,
        "last_transition_time": _CREATED,
        "reason": "KubeletReady",
        "message": "kubelet is posting ready status",
    }
