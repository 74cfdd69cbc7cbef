"""How does the deployment engine read the state, and what has it deployed when the emulator starts?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.life.actions import Durations, PipelineStage, Service, Trigger
from qovery_async.emulator.life.clock import Clock
from qovery_async.emulator.life.clusters import ClusterLives
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import kubernetes, versions
from qovery_async.emulator.world.stages import is_skipped, stage_of, stages_of
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.views import service_type, services_of
from qovery_async.models import ClusterStateEnum, StateEnum

# Who deployed the services of a new world, and how long ago.
_FOUNDER = Trigger("ada@example.com")
_BEFORE = timedelta(hours=20)


class StateTopology:
    """The `Topology` of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def services(self, environment_id: str) -> Sequence[Service]:
        environment = self._state.find(environment_id)
        return [service_of(self._state, entity) for entity in services_of(environment)] if environment else []

    def stages(self, environment_id: str) -> Sequence[PipelineStage]:
        environment = self._state.find(environment_id)
        stages = stages_of(self._state, environment) if environment else ()
        return [
            PipelineStage(id=s.id, name=s.value["name"], description=s.value.get("description") or "") for s in stages
        ]

    def deployed(self, service: Service, at: datetime) -> None:
        entity = self._state.find(service.id)
        if entity is not None:
            versions.keep(entity, service, at)

    def cluster_changed(self, cluster_id: str, state: ClusterStateEnum, version: str = "") -> None:
        entity = self._state.find(cluster_id)
        if entity is not None:
            entity.value = {**entity.value, **kubernetes.when_changed(state, version)}

    def remove(self, kind: str, id: str) -> None:  # noqa: A002, ARG002  # the protocol's name; ids are unique
        entity = self._state.find(id)
        if entity is not None:
            self._state.remove(entity)


def find_service(state: State, id_: str) -> Service | None:
    """The service with this id, or None."""
    entity = state.find(id_)
    return service_of(state, entity) if entity and entity.kind in families().services else None


def service_of(state: State, entity: Entity) -> Service:
    """An entity as the deployment engine sees it."""
    return Service(
        id=entity.id,
        name=entity.value["name"],
        kind=service_type(entity),
        stage_id=stage_of(state, entity).id,
        from_git=versions.is_from_git(entity),
        skipped=is_skipped(entity),
        version=versions.version_of(entity),
        values_commit=versions.values_commit_of(entity),
        image=versions.image_of(entity),
        job_type=str(entity.value.get("job_type") or "LIFECYCLE"),
        icon=entity.value["icon_uri"],
    )


def start_life(state: State, clock: Clock, seed: int, durations: Durations | None) -> tuple[Life, ClusterLives]:
    """The deployment engine, with the environments and clusters of a state in the states they have there."""
    state.clock, state.in_real_seconds = clock.now, clock.in_real_seconds
    topology = StateTopology(state)
    life = Life(topology, clock, seed=seed, durations=durations)
    clusters = ClusterLives(topology, clock, seed=seed, durations=durations)
    at = clock.now() - _BEFORE
    for environment in state.every("environment"):
        _restore(life, environment, at)
    for cluster in state.every("cluster"):
        if "state" in cluster.facts:
            clusters.restore(cluster.id, ClusterStateEnum(cluster.facts["state"]), at=at)

    def forget(entity: Entity) -> None:
        if entity.kind == "environment":
            life.forget(entity.id)
        if entity.kind == "cluster":
            clusters.forget(entity.id)

    state.removed.append(forget)
    return life, clusters


def _restore(life: Life, environment: Entity, at: datetime) -> None:
    states = {s.id: StateEnum(s.facts.get("state", "READY")) for s in services_of(environment)}
    deployed = {id_: state for id_, state in states.items() if state != StateEnum.READY}
    if deployed:
        life.restore(environment.id, deployed, at=at, trigger=_FOUNDER)
