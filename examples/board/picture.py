"""What does the board show now, and how old is it?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
from watchers import Watchers
from words import name, seen, tone

from qovery_async import Inventory, InventoryEnvironment, models

CONSOLE = "https://console.qovery.com/organization"
HEAD = ""
"""The id of what stands above all environments."""
RunningService = (
    models.ServiceRunningStatus
    | models.DatabaseRunningStatus
    | models.TerraformRunningStatus
    | models.ArgoCdAppRunningStatus
)


@attrs.define
class Service:
    id: str
    name: str
    kind: str
    deployed: str | None = None
    """The state of its deployment."""
    running: str | None = None
    """The state of its pods; None if no stream tells."""
    pods: int = 0

    def shown(self) -> dict[str, Any]:
        kind = self.kind.replace("_", " ").lower()
        return {
            "id": self.id,
            "name": self.name,
            "kind": kind,
            "pods": self.pods,
            **state(seen(self.deployed, self.running)),
        }


@attrs.define
class Environment:
    node: InventoryEnvironment
    services: dict[str, Service]
    deployed: str | None = None
    running: str | None = None
    last_deployment: datetime | None = None
    since: datetime | None = None
    """When the board saw its state change."""
    stages: Sequence[models.DeploymentStageWithServicesStatuses] = ()

    @property
    def state(self) -> str | None:
        return seen(self.deployed, self.running)


class Picture:
    """All that the board shows. Each change is told to all who watch."""

    def __init__(self, watchers: Watchers) -> None:
        self.title = ""
        self._watchers = watchers
        self._console = CONSOLE
        self._environments: dict[str, Environment] = {}
        self._lost: dict[str, tuple[str, datetime]] = {}
        """By the id of an environment or a cluster: why, and since when, its stream says nothing."""
        self._notes: dict[str, str] = {}

    def arrange(self, inventory: Inventory, chosen: Sequence[InventoryEnvironment]) -> None:
        """Show these environments, with what is known of those that were there before."""
        self._console = f"{CONSOLE}/{inventory.organization_id}"
        before, self._environments = self._environments, {}
        for node in chosen:
            old = before.get(node.id) or Environment(node, {}, deployed=node.state)
            services = {
                one.id: attrs.evolve(old.services.get(one.id) or Service("", "", ""), id=one.id, name=one.name, kind=one.kind)
                for one in node.services
            }  # fmt: skip
            self._environments[node.id] = attrs.evolve(old, node=node, services=services)
            if node.id not in before:
                self._lost.setdefault(node.id, ("connecting", datetime.now(UTC)))
        there = {*self._environments, *(cluster.id for cluster in inventory.clusters)}
        self._lost = {id_: lost for id_, lost in self._lost.items() if id_ in there}
        self._watchers.tell(HEAD, *before, *self._environments)

    def deploys(self, id_: str, status: models.EnvironmentStatusesWithStages) -> None:
        """A deployment stream has told the state of an environment, and of each service by stage."""
        self.found(id_)
        environment, now = self._environments.get(id_), status.environment
        if environment is None or now is None:
            return
        was, environment.stages = environment.state, status.stages or ()
        environment.deployed, environment.last_deployment = now.state, now.last_deployment_date
        for service in (service for stage in environment.stages for service in _services(stage)):
            if service.id in environment.services:
                environment.services[service.id].deployed = service.state
        self._changed(environment, was)

    def runs(self, running: models.EnvironmentRunningStatus) -> set[str]:
        """The stream of a cluster has told what runs in an environment. Returns all ids that it names."""
        services = {service.id: service for service in _running(running)}
        environment = self._environments.get(running.id)
        if environment is not None:
            # The first word on what runs is no change.
            was = None if environment.running is None else environment.state
            environment.running = running.state
            for service in environment.services.values():
                told = services.get(service.id)
                service.running, service.pods = (told.state, len(told.pods)) if told else (None, 0)
            self._changed(environment, was)
        return {running.id, *services}

    def lost(self, id_: str, why: str) -> None:
        """The stream of an environment or a cluster says nothing any more: what it said last may be old."""
        _, since = self._lost.get(id_, (why, datetime.now(UTC)))
        self._lost[id_] = why, since
        self._watchers.tell(*self._of(id_))

    def found(self, id_: str) -> None:
        """The stream of an environment or a cluster speaks again."""
        if self._lost.pop(id_, None) is not None:
            self._watchers.tell(*self._of(id_))

    def note(self, about: str, text: str | None) -> None:
        """Tell something about the whole board, such as what it leaves out; None takes it back."""
        if self._notes.get(about) != text:
            self._notes = {key: other for key, other in self._notes.items() if key != about} | (
                {about: text} if text else {}
            )
            self._watchers.tell(HEAD)

    def whole(self) -> dict[str, Any]:
        return {**self.head(), "environments": [self.card(id_) for id_ in self._environments]}

    def head(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "order": [*self._environments],
            "notes": [*self._notes.values()],
            "now": datetime.now(UTC).isoformat(),
        }

    def card(self, id_: str) -> dict[str, Any] | None:
        """An environment as the page shows it; None if it is gone."""
        environment = self._environments.get(id_)
        if environment is None:
            return None
        node, project, cluster = environment.node, environment.node.project, environment.node.cluster
        lost = self._lost.get(id_) or (self._lost.get(cluster.id) if cluster else None)
        since = environment.since or environment.last_deployment
        return {
            "id": id_,
            "name": node.name,
            "project": {"id": project.id, "name": project.name},
            "mode": (node.mode or "").lower(),
            "url": f"{self._console}/project/{project.id}/environment/{id_}",
            **state(environment.state),
            "since": since.isoformat() if since else None,
            "stale": {"why": lost[0], "since": lost[1].isoformat()} if lost else None,
            "stages": [
                {"name": name(stage.stage.name), **state(stage.stage.status)}
                for stage in environment.stages
                if stage.stage is not None and any(True for _ in _services(stage))
            ],
            "services": [service.shown() for service in environment.services.values()],
        }

    def _changed(self, environment: Environment, was: str | None) -> None:
        if was is not None and environment.state != was:
            environment.since = datetime.now(UTC)
        self._watchers.tell(environment.node.id)

    def _of(self, id_: str) -> Iterator[str]:
        """The environment, or those of the cluster."""
        for key, environment in self._environments.items():
            cluster = environment.node.cluster
            if id_ in (key, cluster.id if cluster else None):
                yield key


def state(of: str | None) -> dict[str, str]:
    return {"state": name(of), "tone": tone(of)}


def _services(stage: models.DeploymentStageWithServicesStatuses) -> Iterator[models.Status]:
    lists = (stage.applications, stage.containers, stage.databases, stage.jobs, stage.helms, stage.terraforms)
    for services in (*lists, stage.agentic_workflows):
        yield from services or ()


def _running(environment: models.EnvironmentRunningStatus) -> Iterator[RunningService]:
    lists = (environment.applications, environment.containers, environment.databases, environment.jobs)
    for services in (*lists, environment.helms, environment.terraform, environment.argocd_apps):
        yield from services or ()
    yield from environment.agentic_workflows or ()
