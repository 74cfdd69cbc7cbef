"""A small world for the tests of deployments: one environment of five services in three stages."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs

from qovery_async.codec.reader import Codec
from qovery_async.emulator.life import statuses
from qovery_async.emulator.life.actions import Action, Durations, PipelineStage, Service, Trigger
from qovery_async.emulator.life.clock import SteppedClock
from qovery_async.emulator.life.environments import Life
from qovery_async.models import ClusterStateEnum, StateEnum

ENV = "e0000000-0000-4000-8000-000000000001"
ADA, BOB = Trigger("ada"), Trigger("bob", "CLI")

DB, WEB, API, JOB, DOCS = (f"50000000-0000-4000-8000-00000000000{n}" for n in range(1, 6))
STAGES = [
    PipelineStage(id=f"a0000000-0000-4000-8000-00000000000{n}", name=name)
    for n, name in enumerate(("DB", "APP", "END"))
]


def services() -> list[Service]:
    return [
        Service(id=DB, name="db", kind="DATABASE", stage_id=STAGES[0].id, version="15"),
        Service(id=WEB, name="web", kind="APPLICATION", stage_id=STAGES[1].id, from_git=True, version="c0ffee1"),
        Service(id=API, name="api", kind="CONTAINER", stage_id=STAGES[1].id, image="acme/api", version="1.2"),
        Service(id=JOB, name="job", kind="JOB", stage_id=STAGES[2].id, image="acme/job", version="3"),
        Service(id=DOCS, name="docs", kind="HELM", stage_id=STAGES[2].id, image="docs", version="0.1", skipped=True),
    ]


class SmallWorld:
    """What `Life` needs to know of a state, in two dicts."""

    def __init__(self) -> None:
        self.environments = {ENV: services()}
        self.removed: list[tuple[str, str]] = []
        self.clusters: dict[str, tuple[ClusterStateEnum, str]] = {}
        """The state and the version that each cluster shows."""

    def services(self, environment_id: str) -> list[Service]:
        return list(self.environments.get(environment_id, ()))

    def stages(self, environment_id: str) -> list[PipelineStage]:
        return STAGES

    def deployed(self, service: Service, at: datetime) -> None:
        for found in self.environments.values():
            found[:] = [attrs.evolve(s, version=service.version) if s.id == service.id else s for s in found]

    def cluster_changed(self, cluster_id: str, state: ClusterStateEnum, version: str = "") -> None:
        self.clusters[cluster_id] = (state, version or self.clusters.get(cluster_id, (state, ""))[1])

    def remove(self, kind: str, id: str) -> None:  # noqa: A002
        self.removed.append((kind, id))
        self.environments.pop(id, None)
        for found in self.environments.values():
            found[:] = [service for service in found if service.id != id]


class Stand:
    """A world, a stepped clock and the life in it; states as one reads them."""

    def __init__(self, *, seed: int = 1, durations: Durations | None = None) -> None:
        self.world, self.clock = SmallWorld(), SteppedClock()
        self.life = Life(self.world, self.clock, seed=seed, durations=durations)

    def service(self, service_id: str) -> str:
        return str(statuses.service_status(self.life, ENV, service_id)["state"])

    @property
    def environment(self) -> str:
        return str(statuses.environment_status(self.life, ENV)["last_deployment_state"])

    def act(self, action: Action, by: Trigger = ADA, services: list[str] | None = None) -> str:
        """Asks for an action and lets everything run to its end; how it came out."""
        request = self.life.act(ENV, action, by, services)
        self.clock.run_out()
        return request.state

    def until(self, reached: Callable[[], bool], *, step: float = 0.05, limit: float = 60) -> None:
        """Steps the clock until something holds."""
        for _ in range(int(limit / step)):
            if reached():
                return
            self.clock.advance(step)
        raise AssertionError(f"not reached within {limit} s")

    def course(self, read: Callable[[], Any], seconds: float = 60, step: float = 0.05) -> list[Any]:
        """The different values that something takes, one after another."""
        seen = [read()]
        for _ in range(int(seconds / step)):
            self.clock.advance(step)
            if read() != seen[-1]:
                seen.append(read())
        return seen


WORKFLOW, TERRAFORM, ARGO, GIT_JOB, GIT_HELM = (f"50000000-0000-4000-8000-0000000001{n:02}" for n in range(5))


def decode(value: Any, type_: Any) -> Any:
    """As the strict client would read it off the wire."""
    return Codec(strict=True).decode(json.loads(json.dumps(value)), type_, operation="t")


def every_kind() -> Stand:
    stand = Stand()
    last = STAGES[-1].id
    stand.world.environments[ENV] += [
        Service(id=WORKFLOW, name="agent", kind="AGENTIC_WORKFLOW", stage_id=last),
        Service(id=TERRAFORM, name="infra", kind="TERRAFORM", stage_id=last, from_git=True),
        Service(id=ARGO, name="argo", kind="ARGOCD_APP", stage_id=last),
        Service(id=GIT_JOB, name="cron", kind="JOB", stage_id=last, from_git=True, job_type="CRON"),
        Service(id=GIT_HELM, name="chart", kind="HELM", stage_id=last, from_git=True),
    ]
    return stand


def ended(stand: Stand) -> None:
    stand.act(Action.DEPLOY)


def failed(stand: Stand) -> None:
    stand.life.fail_next_build(WEB)
    stand.act(Action.DEPLOY)


def canceled(stand: Stand) -> None:
    under_way(stand)
    stand.life.cancel(ENV)
    stand.clock.run_out()


def under_way(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(6)


def queued(stand: Stand) -> None:
    under_way(stand)
    stand.life.act(ENV, Action.STOP, BOB)
    stand.life.act(ENV, Action.UNINSTALL, BOB, [TERRAFORM])
    stand.clock.advance(3)


def canceling(stand: Stand) -> None:
    under_way(stand)
    stand.life.cancel(ENV)
    stand.clock.advance(3)


def restored(stand: Stand) -> None:
    states = {WEB: StateEnum.DEPLOYED, DB: StateEnum.STOPPED, API: StateEnum.CANCELED}
    stand.life.restore(ENV, states, at=stand.clock.now() - timedelta(days=90), trigger=ADA)


def never(_: Stand) -> None:
    pass
