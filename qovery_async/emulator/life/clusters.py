"""How are actions on clusters run?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

import attrs

from qovery_async.emulator.life import cluster_logs
from qovery_async.emulator.life.actions import STATES_OF, Action, ActionRefused, Durations, Topology, Trigger
from qovery_async.emulator.life.clock import Clock, Timer, stamp
from qovery_async.emulator.life.cluster_logs import ClusterEntry
from qovery_async.models import ClusterStateEnum, DeploymentInfraReason

_QOVERY = Trigger("Qovery", "QOVERY_INTERNAL")


@attrs.define(eq=False)
class ClusterLife:
    """The state of a cluster."""

    id: str
    state: ClusterStateEnum = ClusterStateEnum.READY
    deployed: bool = False
    execution_id: str = ""
    ended: datetime | None = None
    """When the last action ended."""
    action: Action | None = None
    """The current action, from its acceptance to its end."""
    upgrade_to: str = ""
    """The version of Kubernetes that the current action upgrades to, or nothing."""
    timer: Timer | None = None
    actions_made: int = 0
    entries: list[ClusterEntry] = attrs.field(factory=list[ClusterEntry])
    """The log of the latest actions, oldest first."""


class ClusterLives:
    """Deploys, upgrades, stops and deletes clusters, one action at a time."""

    def __init__(self, topology: Topology, clock: Clock, *, seed: int = 0, durations: Durations | None = None) -> None:
        self.topology = topology
        self.clock = clock
        self.durations = durations or Durations()
        self.ended: list[Callable[[ClusterLife, Action, Trigger], None]] = []
        """Functions that are called when an action on a cluster has ended."""
        self._seed = seed
        self.clusters: dict[str, ClusterLife] = {}
        self.failing: dict[str, ClusterStateEnum] = {}

    def cluster(self, cluster_id: str) -> ClusterLife:
        """The state of a cluster. An unknown cluster was never deployed."""
        return self.clusters.setdefault(cluster_id, ClusterLife(cluster_id))

    def act(
        self, cluster_id: str, action: Action, trigger: Trigger = _QOVERY, *, upgrade_to: str = ""
    ) -> dict[str, Any]:
        """Accepts DEPLOY, STOP or DELETE. The status shows it after the lag.

        A deployment may upgrade to a version of Kubernetes. Returns the `ClusterStatus` for the response.

        Raises:
            ActionRefused: Another action is running, or the cluster is stopped already.
        """
        cluster = self.cluster(cluster_id)
        if cluster.action is not None:
            raise ActionRefused("Operation is in progress")
        if action is Action.STOP and cluster.state is ClusterStateEnum.STOPPED:
            raise ActionRefused("Cluster is already stopped")
        cluster.action, cluster.upgrade_to = action, upgrade_to
        self.go_on(cluster, self.durations.lag, "queue", action, trigger)
        return self.status(cluster_id) | {"status": STATES_OF[action].queued.value}

    def go_on(self, cluster: ClusterLife, seconds: float, step: str, action: Action, trigger: Trigger) -> None:
        """Schedules the next step of an action: `queue`, `begin` or `end`."""
        function = {"queue": self._queue, "begin": self._begin, "end": self._end}[step]
        what = "cluster", cluster, step, action, trigger
        cluster.timer = self.clock.call_later(seconds, lambda: function(cluster, action, trigger), *what)

    def fail_next(self, cluster_id: str, *, credentials: bool = False) -> None:
        """Makes the next action on a cluster fail, with its own error or because of invalid credentials."""
        self.failing[cluster_id] = (
            ClusterStateEnum.INVALID_CREDENTIALS if credentials else ClusterStateEnum.DEPLOYMENT_ERROR
        )

    def restore(self, cluster_id: str, state: ClusterStateEnum, *, at: datetime) -> None:
        """Sets a cluster to the state that an action left, which ended at `at`."""
        cluster = self.cluster(cluster_id)
        cluster.state, cluster.ended = state, at
        cluster.deployed = state in {ClusterStateEnum.DEPLOYED, ClusterStateEnum.STOPPED}
        cluster.execution_id = f"{cluster_id}-{int(at.timestamp())}"
        cluster_logs.restored(cluster.entries, state, at)

    def forget(self, cluster_id: str) -> None:
        """Forgets a removed cluster and cancels its action."""
        cluster = self.clusters.pop(cluster_id, None)
        if cluster is not None and cluster.timer is not None:
            cluster.timer.cancel()

    def status(self, cluster_id: str) -> dict[str, Any]:
        """The `ClusterStatus` of a cluster."""
        cluster = self.cluster(cluster_id)
        status: dict[str, Any] = {
            "cluster_id": cluster_id,
            "status": cluster.state.value,
            "is_deployed": cluster.deployed,
            "reason": DeploymentInfraReason.UNSPECIFIED.value,
        }
        if cluster.execution_id:
            status["last_execution_id"] = cluster.execution_id
        if cluster.ended is not None:
            status["last_deployment_date"] = stamp(cluster.ended)
        return status

    def _queue(self, cluster: ClusterLife, action: Action, trigger: Trigger) -> None:
        cluster.actions_made += 1
        self._reach(cluster, ClusterStateEnum(STATES_OF[action].queued.value))
        cluster_logs.queued(cluster.entries, self.clock.now(), action, trigger.user)
        self.go_on(cluster, self.durations.queue, "begin", action, trigger)

    def _begin(self, cluster: ClusterLife, action: Action, trigger: Trigger) -> None:
        self._reach(cluster, ClusterStateEnum(STATES_OF[action].running.value))
        cluster_logs.begun(cluster.entries, self.clock.now(), action, cluster.upgrade_to)
        cluster.execution_id = f"{cluster.id}-{int(self.clock.now().timestamp())}"
        random = Random(f"{self._seed}/{cluster.id}/{cluster.actions_made}")  # noqa: S311  # must be repeatable
        seconds = self.durations.cluster * random.uniform(0.75, 1.25)
        self.go_on(cluster, seconds, "end", action, trigger)

    def _end(self, cluster: ClusterLife, action: Action, trigger: Trigger) -> None:
        failure = self.failing.pop(cluster.id, None)
        if failure is ClusterStateEnum.DEPLOYMENT_ERROR:
            failure = ClusterStateEnum(STATES_OF[action].failed.value)
        upgraded_to, now = "" if failure else cluster.upgrade_to, self.clock.now()
        self._reach(cluster, failure or ClusterStateEnum(STATES_OF[action].done.value), upgraded_to)
        cluster_logs.ended(cluster.entries, now, action, failure, upgraded_to)
        cluster.action, cluster.upgrade_to, cluster.timer, cluster.ended = None, "", None, now
        for listener in self.ended:
            listener(cluster, action, trigger)
        if cluster.state is ClusterStateEnum.DEPLOYED:
            cluster.deployed = True
        elif cluster.state is ClusterStateEnum.DELETED:
            self.forget(cluster.id)
            self.topology.remove("CLUSTER", cluster.id)

    def _reach(self, cluster: ClusterLife, state: ClusterStateEnum, version: str = "") -> None:
        cluster.state = state
        self.topology.cluster_changed(cluster.id, state, version)
