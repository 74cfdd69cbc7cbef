"""What runs of a service, and in which pods?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from qovery_async.emulator.life import logs, statuses, uptimes
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.streams import measures
from qovery_async.emulator.streams.sources import LogLine, Pod, milliseconds
from qovery_async.emulator.world import versions
from qovery_async.emulator.world.state import Entity
from qovery_async.emulator.world.views import service_type, services_of
from qovery_async.models import ServiceActionEnum, ServiceSubActionEnum, StateEnum

DATABASE_PORTS: Final = {"MONGODB": 27017, "MYSQL": 3306, "POSTGRESQL": 5432, "REDIS": 6379}

_LISTS = {
    "APPLICATION": "applications",
    "CONTAINER": "containers",
    "DATABASE": "databases",
    "JOB": "jobs",
    "HELM": "helms",
    "TERRAFORM": "terraform",
    "ARGOCD_APP": "argocd_apps",
    "AGENTIC_WORKFLOW": "agentic_workflows",
}
_WITHOUT_CERTIFICATES = ("DATABASE", "TERRAFORM", "ARGOCD_APP")
_STARTING = (StateEnum.DEPLOYING, StateEnum.RESTARTING)
_STOPPING = (StateEnum.STOPPING, StateEnum.DELETING)
_BY_SEVERITY = ("ERROR", "STARTING", "STOPPING", "RUNNING")


@attrs.frozen
class RunningService:
    """A service, and its pod while it runs."""

    life: Life
    entity: Entity

    @property
    def id(self) -> str:
        """Its id."""
        return self.entity.id

    @property
    def kind(self) -> str:
        """A value of `ServiceTypeEnum`."""
        return service_type(self.entity)

    @property
    def workload(self) -> str:
        """The name of its container, too."""
        return uptimes.workload(self.kind, self.id)

    @property
    def up(self) -> uptimes.UpTime | None:
        """The period in which it runs now."""
        return uptimes.running(self.life.service(self.id).up)

    def pod_name(self, up: uptimes.UpTime) -> str:
        """The name of the pod of a period."""
        return uptimes.pod_name(self.life.seed, self.kind, self.id, up.version)

    @property
    def pods(self) -> list[Pod]:
        """Its pod, or none while it is down."""
        return [] if self.up is None else [Pod(self.pod_name(self.up), self._ports)]

    @property
    def state(self) -> str:
        """A value of `ServiceStateDto`."""
        state, up = self.life.service(self.id).state, self.up
        if state in _STARTING:
            return "STARTING"
        if state is StateEnum.DEPLOYMENT_ERROR:
            return "ERROR"
        if up is None:
            return "STOPPED"
        return "STOPPING" if state in _STOPPING else "RUNNING"

    def labels(self, up: uptimes.UpTime) -> dict[str, str]:
        """The labels of the pod of a period."""
        ids = {entity.kind: entity.id for entity in self.entity.ancestors()}
        return {
            "app": self.workload,
            "qovery_com_deployment_id": up.execution_id,
            "qovery_com_environment_id": ids.get("environment", ""),
            "qovery_com_project_id": ids.get("project", ""),
            "qovery_com_service_id": self.id,
            "qovery_com_service_type": self.kind,
        }

    @property
    def namespace(self) -> str:
        """The name of the Kubernetes namespace of its environment."""
        environment = self.entity.above("environment")
        return f"z{environment.id[:8] if environment else ''}"

    def log_line(self, line: logs.ServiceLine) -> LogLine:
        """A line of its log as streams send it."""
        return LogLine(
            created_at=line.at,
            message=line.message,
            pod_name=self.pod_name(line.up),
            container_name=self.workload,
            version=line.up.version,
            severity_text=line.severity,
            labels=self.labels(line.up),
            deployment_id=line.up.execution_id,
        )

    def on_node(self, up: uptimes.UpTime) -> dict[str, Any]:
        """Its entry among the pods of a node in a frame of `/cluster/metrics`."""
        about: dict[str, str] = {}
        for entity in self.entity.ancestors():
            name = "service" if entity is self.entity else entity.kind
            if name in {"service", "environment", "project"}:
                about |= {f"{name}_id": entity.id, f"{name}_name": entity.value["name"]}
        return {
            "name": self.pod_name(up),
            "namespace": self.namespace,
            "created_at": milliseconds(up.began),
            "status_phase": "RUNNING",
            "restart_count": 0,
            "error_container_statuses": [],
            "images_version": {self.workload: self._image(up)},
            "metrics_usage": measures.usage(self.pod_name(up)),
            "qovery_service_info": about,
        }

    def status(self) -> dict[str, Any]:
        """Its entry in a frame of `/service/status`."""
        found: dict[str, Any] = {"id": self.id, "state": self.state, "pods": self._pod_statuses()}
        if self.kind not in _WITHOUT_CERTIFICATES:
            found["certificates"] = []
        if self.kind == "TERRAFORM":
            found["triggered_action"] = self._triggered()
        return found

    @property
    def _ports(self) -> tuple[int, ...]:
        value = self.entity.value
        if self.kind == "DATABASE":
            return tuple(port for kind, port in DATABASE_PORTS.items() if kind == value.get("type"))
        ports = [port.get("internal_port") for port in value.get("ports") or ()]
        return tuple(port for port in ports if isinstance(port, int))

    def _pod_statuses(self) -> list[dict[str, Any]]:
        up = self.up
        if up is None:
            return []
        state = "STOPPING" if self.state == "STOPPING" else "RUNNING"
        container = {
            "name": self.workload,
            "image": self._image(up),
            "restart_count": 0,
            "current_state": {"state": state, "started_at": milliseconds(up.began)},
        }
        return [
            {
                "name": self.pod_name(up),
                "state": state,
                "state_reason": "",
                "state_message": "",
                "restart_count": 0,
                "containers": [container],
                "started_at": milliseconds(up.began),
                "service_version": up.version,
                "last_events": [],
            }
        ]

    def _image(self, up: uptimes.UpTime) -> str:
        return f"{versions.image_of(self.entity) or self.entity.value['name']}:{up.version}".rstrip(":")

    def _triggered(self) -> Mapping[str, str]:
        details = statuses.status_details(self.life.service(self.id).part)
        if details["action"] == ServiceActionEnum.UNKNOWN.value:  # never deployed
            return {"action": ServiceActionEnum.DEPLOY.value, "sub_action": ServiceSubActionEnum.NONE.value}
        return {"action": details["action"], "sub_action": details["sub_action"]}


def environment_status(life: Life, environment: Entity) -> dict[str, Any]:
    """The entry of an environment in a frame of `/service/status`."""
    lists: dict[str, list[Any]] = {name: [] for name in _LISTS.values()}
    for service in services_of(environment):
        lists[_LISTS[service_type(service)]].append(RunningService(life, service).status())
    states = {shown["state"] for listed in lists.values() for shown in listed}
    worst = next((s for s in _BY_SEVERITY if s in states), "STOPPED")
    return {
        "id": environment.id,
        "project_id": environment.parent.id if environment.parent else "",
        "state": worst,
        **lists,
    }
