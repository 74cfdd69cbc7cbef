"""Which data do streams send about the objects of the emulator and their deployments?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.http.rate_limit import RateLimit
from qovery_async.emulator.life import logs, statuses
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.shell.container import Container
from qovery_async.emulator.streams import measures
from qovery_async.emulator.streams.channel import Close
from qovery_async.emulator.streams.handshake import StreamRequest
from qovery_async.emulator.streams.sources import LogLine, Pod, Tail
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import Tokens
from qovery_async.emulator.world.topology import service_of
from qovery_async.emulator.world.views import cluster_of, service_type, services_of
from qovery_async.models import StateEnum

# The deployment engine has no events, so streams poll it. In seconds.
_POLL = 0.1
# Each belongs to the one before it. The exception is the cluster, below which nothing is.
_IDS = ("organization", "cluster", "project", "environment", "service")
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
_DATABASE_PORTS = {"POSTGRESQL": 5432, "MYSQL": 3306, "MONGODB": 27017, "REDIS": 6379}
_RUNNING = {
    StateEnum.DEPLOYED: "RUNNING",
    StateEnum.RESTARTED: "RUNNING",
    StateEnum.DEPLOYING: "STARTING",
    StateEnum.RESTARTING: "STARTING",
    StateEnum.STOPPING: "STOPPING",
    StateEnum.DELETING: "STOPPING",
    StateEnum.DEPLOYMENT_ERROR: "ERROR",
}


@attrs.frozen
class StateSource:
    """The `StreamSource` of an emulator."""

    state: State
    tokens: Tokens
    rate_limit: RateLimit
    life: Life

    def admit(self, authorization: str, path: str) -> Mapping[str, str]:
        caller = self.tokens.identify(authorization)
        headers = self.rate_limit.count(caller)
        try:
            # A handshake is a GET. What follows it in a shell or a forwarded port is more than reading.
            self.tokens.check(caller, "GET", path, changes=path.startswith("/shell/"))
        except Refusal as refusal:
            refusal.headers = headers
            raise
        return headers

    def check(self, request: StreamRequest) -> None:
        caller = self.tokens.identify(request.authorization)
        above: Entity | None = None
        for name in _IDS:
            id_ = request.get(name)
            if not id_:
                continue
            entity = self.state.find(id_)
            if entity is None or entity.kind not in _kinds(name) or not caller.sees(entity):
                raise Refusal(403, f"the token has no access to {name} {id_}")
            if above is not None and above not in entity.ancestors():
                raise Refusal(403, f"{name} {id_} does not belong to {above.kind} {above.id}")
            if name != "cluster":
                above = entity

    def service_logs(self, request: StreamRequest) -> Tail[LogLine]:
        service = service_of(self.state, self._entity(request, "service"))

        def read() -> list[LogLine]:
            return [_line(found, service.kind) for found in logs.service_logs(self.life, service)]

        past = read()
        return Tail(past, _new_lines(read, past))

    def infra_logs(self, request: StreamRequest) -> Tail[LogLine]:
        component = request.get("infra_component_type") or "component"
        past = [LogLine(created_at=self.life.clock.now(), message=f"{component.lower()} is ready")]
        return Tail(past, _new_lines(lambda: past, past))

    async def deployment_logs(self, request: StreamRequest) -> AsyncGenerator[Sequence[Mapping[str, Any]]]:
        environment, version = self._entity(request, "environment"), request.get("version")
        sent = 0
        while True:
            found = logs.deployment_logs(self.life, environment.id, version)
            # A new run has a new log.
            sent = sent if sent <= len(found) else 0
            if found[sent:]:
                yield found[sent:]
                sent = len(found)
            if version is not None:
                return
            await asyncio.sleep(_POLL)

    async def watch(self, request: StreamRequest) -> AsyncGenerator[Any]:
        read = self._reader(request)
        shown: Any = None
        while True:
            now = read()
            if now is not None and now != shown:
                yield now
                shown = now
            await asyncio.sleep(_POLL)

    async def preview(self, request: StreamRequest) -> Mapping[str, Any]:
        return {"type": "diff", "payload": f"no changes in {request.get('preview_id')}", "service_type": "TERRAFORM"}

    def pods(self, request: StreamRequest) -> Sequence[Pod]:
        service = self._entity(request, "service")
        ports = [port.get("internal_port") for port in service.value.get("ports") or ()]
        if service.kind == "database":
            ports = [_DATABASE_PORTS.get(str(service.value.get("type")))]
        name = logs.pod_name(self.life, service_of(self.state, service))
        return [Pod(name, tuple(port for port in ports if isinstance(port, int)))]

    def nodes(self, request: StreamRequest) -> Sequence[str]:
        cluster = self._entity(request, "cluster")
        return [f"node-{cluster.id[:4]}-{number}" for number in range(int(cluster.value.get("min_running_nodes") or 1))]

    def container(self, request: StreamRequest) -> Container:
        service = self.state.find(request.get("service") or "")
        if service is None:
            return Container(pod_name=next(iter(self.nodes(request))), directory="/")
        return Container(pod_name=request.get("pod_name") or self.pods(request)[0].name)

    def _entity(self, request: StreamRequest, name: str) -> Entity:
        entity = self.state.find(request.get(name) or "")
        if entity is None:
            raise Close.not_found()
        return entity

    def _reader(self, request: StreamRequest) -> Callable[[], Any]:
        """The function that reads the current state for a path."""
        return {
            "/deployment/status": lambda: self._deployment(request),
            "/service/status": lambda: {"environments": [self._running(e) for e in self._environments(request)]},
            "/service/metrics": lambda: [measures.pod(pod.name) for pod in self.pods(request)],
            "/cluster/status": measures.healthy_cluster,
            "/cluster/metrics": lambda: {
                "nodes": [measures.node(name) for name in self.nodes(request)],
                "pvcs": [],
                "node_pools": [],
            },
            "/blueprint/service-created": lambda: None,
        }[request.path]

    def _deployment(self, request: StreamRequest) -> Any:
        environments = list(self._environments(request))
        if request.get("environment"):
            return statuses.statuses_with_stages(self.life, environments[0].id) if environments else None
        return {"results": [statuses.environment_status(self.life, e.id) for e in environments]}

    def _environments(self, request: StreamRequest) -> Iterator[Entity]:
        for environment in self.state.every("environment"):
            above = {entity.kind: entity.id for entity in environment.ancestors()}
            above["cluster"] = cluster_of(environment) or ""
            if all(request.get(name) in (None, id_) for name, id_ in above.items() if name in _IDS):
                yield environment

    def _running(self, environment: Entity) -> dict[str, Any]:
        lists: dict[str, list[Any]] = {name: [] for name in _LISTS.values()}
        states: set[str] = set()
        for service in services_of(environment):
            state = _RUNNING.get(StateEnum(self.life.service(service.id).state), "STOPPED")
            states.add(state)
            shown: dict[str, Any] = {"id": service.id, "state": state, "pods": [], "certificates": []}
            lists[_LISTS[service_type(service)]].append(shown)
        project = environment.parent.id if environment.parent else ""
        worst = next((s for s in ("ERROR", "STARTING", "STOPPING", "RUNNING") if s in states), "STOPPED")
        return {"id": environment.id, "project_id": project, "state": worst, **lists}


def _kinds(name: str) -> Collection[str]:
    return families().services if name == "service" else (name,)


async def _new_lines(read: Callable[[], list[LogLine]], past: Sequence[LogLine]) -> AsyncGenerator[LogLine]:
    """The lines that are not in `past`; those of one moment are counted, since some are equal."""
    last = past[-1].created_at if past else datetime.min.replace(tzinfo=UTC)
    known = sum(line.created_at == last for line in past)
    while True:
        coming = [line for line in read() if line.created_at >= last]
        for line in coming[known:]:
            yield line
        if coming:
            last = coming[-1].created_at
            known = sum(line.created_at == last for line in coming)
        await asyncio.sleep(_POLL)


def _line(found: Mapping[str, Any], kind: str) -> LogLine:
    return LogLine(
        created_at=datetime.fromisoformat(found["created_at"]),
        message=found["message"],
        pod_name=found["pod_name"],
        container_name=kind.lower(),
        version=found["version"],
        labels={"app": found["pod_name"].rpartition("-")[0]},
    )
