"""Which data do streams send about the objects of the emulator and their deployments?"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.http.rate_limit import RateLimit
from qovery_async.emulator.life import cluster_logs, logs, statuses, uptimes
from qovery_async.emulator.life.cluster_logs import ClusterEntry
from qovery_async.emulator.life.clusters import ClusterLives
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.records import DeploymentRun
from qovery_async.emulator.shell.container import Container
from qovery_async.emulator.streams import measures
from qovery_async.emulator.streams.announcer import Announcer
from qovery_async.emulator.streams.channel import Close
from qovery_async.emulator.streams.handshake import StreamRequest
from qovery_async.emulator.streams.running import RunningService, environment_status
from qovery_async.emulator.streams.sources import LogLine, Pod, Tail
from qovery_async.emulator.world import kubernetes
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.tokens import Tokens
from qovery_async.emulator.world.views import cluster_of, services_of

_EARLIEST = datetime.min.replace(tzinfo=UTC)
# Each belongs to the one before it. The exception is the cluster, below which nothing is.
_IDS = ("organization", "cluster", "project", "environment", "service")


@attrs.frozen
class StateSource:
    """The `StreamSource` of an emulator."""

    state: State
    tokens: Tokens
    rate_limit: RateLimit
    life: Life
    clusters: ClusterLives
    announcer: Announcer

    @classmethod
    def started(
        cls, state: State, tokens: Tokens, rate_limit: RateLimit, life: Life, clusters: ClusterLives
    ) -> StateSource:
        """A source that hears of what the clock changes, and of what is removed."""
        announcer = Announcer()
        life.clock.moved.append(announcer.announce)
        state.removed.append(lambda _: announcer.announce())
        return cls(state, tokens, rate_limit, life, clusters, announcer)

    def announce(self) -> None:
        """Lets every stream look at the state again."""
        self.announcer.announce()

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
        running = self._service(request)
        name = str(running.entity.value["name"])
        # Kept, since the deletion of a service is in the log, too.
        up = self.life.service(running.id).up
        past = logs.service_lines(up, name, self.life.clock.now())
        last = past[-1].at if past else _EARLIEST
        return Tail([running.log_line(line) for line in past], self._new_lines(running, up, last))

    async def _new_lines(
        self, running: RunningService, up: list[uptimes.UpTime], last: datetime
    ) -> AsyncGenerator[LogLine]:
        clock, name = self.life.clock, str(running.entity.value["name"])
        with self.announcer.listen() as news:
            while True:
                now, current = clock.now(), uptimes.running(up)
                for line in logs.service_lines(up, name, now, after=last):
                    yield running.log_line(line)
                    last = line.at
                due = None if current is None else (current.next_beat(now) - now).total_seconds()
                await news.changed(within=due)

    def infra_logs(self, request: StreamRequest) -> Tail[LogLine]:
        # All components of a cluster write what `clusters.list_logs` has.
        entries = self.clusters.cluster(self._entity(request, "cluster").id).entries
        last = entries[-1].at if entries else _EARLIEST
        return Tail([_infra_line(entry) for entry in entries], self._new_infra_lines(entries, last))

    async def _new_infra_lines(self, entries: Sequence[ClusterEntry], last: datetime) -> AsyncGenerator[LogLine]:
        with self.announcer.listen() as news:
            while True:
                for entry in cluster_logs.after(entries, last):
                    yield _infra_line(entry)
                    last = entry.at
                await news.changed()

    async def deployment_logs(self, request: StreamRequest) -> AsyncGenerator[Sequence[Mapping[str, Any]]]:
        environment, version = self._entity(request, "environment"), request.get("version")
        run: DeploymentRun | None = None
        sent = 0
        with self.announcer.listen() as news:
            while True:
                latest = logs.deployment_run(self.life, environment.id, version)
                # A new run has a new log. That of the previous one is sent to its end, also when its environment is gone.
                for each in dict.fromkeys(found for found in (run, latest) if found is not None):
                    sent = sent if each is run else 0
                    run, count = each, len(each.entries)
                    if batch := logs.deployment_lines(each, sent=sent):
                        yield batch
                    sent = count
                if version is not None and (latest is None or latest.ended is not None):
                    return
                await news.changed()

    async def watch(self, request: StreamRequest) -> AsyncGenerator[Any]:
        read = self._reader(request)
        shown: Any = None
        with self.announcer.listen() as news:
            while True:
                for now in read():
                    if now != shown:
                        yield now
                        shown = now
                await news.changed()

    async def preview(self, request: StreamRequest) -> Mapping[str, Any]:
        return {"type": "diff", "payload": f"no changes in {request.get('preview_id')}", "service_type": "TERRAFORM"}

    def pods(self, request: StreamRequest) -> Sequence[Pod]:
        return self._service(request).pods

    def nodes(self, request: StreamRequest) -> Sequence[str]:
        cluster = self._entity(request, "cluster")
        return [f"node-{cluster.id[:4]}-{number}" for number in range(int(cluster.value.get("min_running_nodes") or 1))]

    def container(self, request: StreamRequest) -> Container:
        if request.path == "/shell/debug":
            return Container(pod_name=next(iter(self.nodes(request))), directory="/")
        return Container(pod_name=request.get("pod_name") or self.pods(request)[0].name)

    def _entity(self, request: StreamRequest, name: str) -> Entity:
        entity = self.state.find(request.get(name) or "")
        if entity is None:
            raise Close.not_found()
        return entity

    def _reader(self, request: StreamRequest) -> Callable[[], Iterable[Any]]:
        """The function that reads what there is to send for a path: the current state, or new events."""
        return {
            "/deployment/status": lambda: self._deployment(request),
            "/service/status": lambda: [
                {"environments": [environment_status(self.life, e) for e in self._environments(request)]}
            ],
            "/service/metrics": lambda: [[measures.pod(pod.name) for pod in self.pods(request)]],
            "/cluster/status": lambda: [measures.healthy_cluster(self._version(request))],
            "/cluster/metrics": lambda: [self._cluster_metrics(request)],
            "/blueprint/service-created": self._new_blueprints(request),
        }[request.path]

    def _deployment(self, request: StreamRequest) -> Iterator[Any]:
        environments = list(self._environments(request))
        if not request.get("environment"):
            yield {"results": [statuses.environment_status(self.life, e.id) for e in environments]}
        elif environments:
            yield statuses.statuses_with_stages(self.life, environments[0].id)

    def _cluster_metrics(self, request: StreamRequest) -> dict[str, Any]:
        names, version = self.nodes(request), self._version(request)
        pods: dict[str, list[Any]] = {name: [] for name in names}
        for environment in self.state.every("environment"):
            for entity in services_of(environment) if cluster_of(environment) == request.get("cluster") else ():
                running = RunningService(self.life, entity)
                if running.up is not None:
                    # The pods of a service stay on one node.
                    pods[names[int(entity.id[:8], 16) % len(names)]].append(running.on_node(running.up))
        return {"nodes": [measures.node(name, pods[name], version) for name in names], "pvcs": [], "node_pools": []}

    def _version(self, request: StreamRequest) -> str:
        return kubernetes.version_of(self._entity(request, "cluster").value)

    def _new_blueprints(self, request: StreamRequest) -> Callable[[], Iterable[Any]]:
        def existing() -> list[str]:
            found = self.state.find(request.get("environment") or "")
            return [blueprint.id for blueprint in found.of_kind("blueprint")] if found is not None else []

        told = set(existing()) if request.path == "/blueprint/service-created" else set[str]()

        def new() -> Iterator[Any]:
            for id_ in existing():
                if id_ not in told:
                    told.add(id_)
                    yield {"blueprint_id": id_}

        return new

    def _service(self, request: StreamRequest) -> RunningService:
        return RunningService(self.life, self._entity(request, "service"))

    def _environments(self, request: StreamRequest) -> Iterator[Entity]:
        for environment in self.state.every("environment"):
            above = {entity.kind: entity.id for entity in environment.ancestors()}
            above["cluster"] = cluster_of(environment) or ""
            if all(request.get(name) in (None, id_) for name, id_ in above.items() if name in _IDS):
                yield environment


def _kinds(name: str) -> Collection[str]:
    return families().services if name == "service" else (name,)


def _infra_line(entry: ClusterEntry) -> LogLine:
    return LogLine(created_at=entry.at, message=entry.message)
