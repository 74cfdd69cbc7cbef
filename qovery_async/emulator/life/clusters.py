"""What becomes of the actions asked of clusters?"""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

import attrs

from qovery_async.emulator.life.actions import COURSES, Action, ActionRefused, Pace, World
from qovery_async.emulator.life.clock import Clock, Timer, stamp
from qovery_async.models.clusters import ClusterStateEnum, DeploymentInfraReason


@attrs.define(eq=False)
class ClusterLife:
    """How a cluster stands."""

    id: str
    state: ClusterStateEnum = ClusterStateEnum.READY
    deployed: bool = False
    execution_id: str = ""
    ended: datetime | None = None
    """When the last action on it ended."""
    action: Action | None = None
    """What goes on, from being accepted to its end."""
    timer: Timer | None = None
    actions_made: int = 0


class ClusterLives:
    """Deploys, upgrades, stops and deletes clusters on the clock, one action at a time."""

    def __init__(self, world: World, clock: Clock, *, seed: int = 0, pace: Pace | None = None) -> None:
        self.world = world
        self.clock = clock
        self.pace = pace or Pace()
        self._seed = seed
        self._clusters: dict[str, ClusterLife] = {}
        self._fails: dict[str, ClusterStateEnum] = {}

    def cluster(self, cluster_id: str) -> ClusterLife:
        """How a cluster stands; one never heard of was never deployed."""
        return self._clusters.setdefault(cluster_id, ClusterLife(cluster_id))

    def act(self, cluster_id: str, action: Action) -> dict[str, Any]:
        """Accepts a DEPLOY (an upgrade is one), STOP or DELETE; it shows after the lag.

        Returns the `ClusterStatus` that answers it; raises `ActionRefused` while another goes on.
        """
        cluster = self.cluster(cluster_id)
        if cluster.action is not None:
            raise ActionRefused("Operation is in progress")
        if action is Action.STOP and cluster.state is ClusterStateEnum.STOPPED:
            raise ActionRefused("Cluster is already stopped")
        cluster.action = action
        cluster.timer = self.clock.call_later(self.pace.lag, lambda: self._queue(cluster, action))
        return self.status(cluster_id) | {"status": COURSES[action].queued.value}

    def fail_next(self, cluster_id: str, *, credentials: bool = False) -> None:
        """Lets the next action on a cluster fail, once: in the action's error, or for its credentials."""
        self._fails[cluster_id] = (
            ClusterStateEnum.INVALID_CREDENTIALS if credentials else ClusterStateEnum.DEPLOYMENT_ERROR
        )

    def restore(self, cluster_id: str, state: ClusterStateEnum, *, at: datetime) -> None:
        """Puts a cluster where an action that ended at `at` left it."""
        cluster = self.cluster(cluster_id)
        cluster.state, cluster.ended = state, at
        cluster.deployed = state in {ClusterStateEnum.DEPLOYED, ClusterStateEnum.STOPPED}
        cluster.execution_id = f"{cluster_id}-{int(at.timestamp())}"

    def forget(self, cluster_id: str) -> None:
        """Drops all that is known and waits of a cluster: it is gone."""
        cluster = self._clusters.pop(cluster_id, None)
        if cluster is not None and cluster.timer is not None:
            cluster.timer.cancel()

    def status(self, cluster_id: str) -> dict[str, Any]:
        """`ClusterStatus`."""
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

    def _queue(self, cluster: ClusterLife, action: Action) -> None:
        cluster.state = ClusterStateEnum(COURSES[action].queued.value)
        cluster.actions_made += 1
        cluster.timer = self.clock.call_later(self.pace.queue, lambda: self._begin(cluster, action))

    def _begin(self, cluster: ClusterLife, action: Action) -> None:
        cluster.state = ClusterStateEnum(COURSES[action].running.value)
        cluster.execution_id = f"{cluster.id}-{int(self.clock.now().timestamp())}"
        random = Random(f"{self._seed}/{cluster.id}/{cluster.actions_made}")  # noqa: S311  # has to repeat
        seconds = self.pace.cluster * random.uniform(0.75, 1.25)
        cluster.timer = self.clock.call_later(seconds, lambda: self._end(cluster, action))

    def _end(self, cluster: ClusterLife, action: Action) -> None:
        failure = self._fails.pop(cluster.id, None)
        if failure is ClusterStateEnum.DEPLOYMENT_ERROR:
            failure = ClusterStateEnum(COURSES[action].failed.value)
        cluster.state = failure or ClusterStateEnum(COURSES[action].done.value)
        cluster.action, cluster.timer, cluster.ended = None, None, self.clock.now()
        if cluster.state is ClusterStateEnum.DEPLOYED:
            cluster.deployed = True
        elif cluster.state is ClusterStateEnum.DELETED:
            self.forget(cluster.id)
            self.world.remove("CLUSTER", cluster.id)
