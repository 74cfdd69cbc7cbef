"""Which deployments of an environment are running, queued and past?"""

from __future__ import annotations

import attrs

from qovery_async.emulator.life.execution import Execution
from qovery_async.emulator.life.records import DeploymentRequest, DeploymentRun


@attrs.define(eq=False)
class EnvironmentLife:
    """The deployments of an environment: the running one, the queue, the past."""

    id: str
    execution: Execution | None = None
    pending: list[DeploymentRequest] = attrs.field(factory=list[DeploymentRequest])
    """Requests that were accepted and not begun, in order. Within the lag they are not `shown`."""
    past: list[DeploymentRun] = attrs.field(factory=list[DeploymentRun])
    """Runs that have ended, oldest first."""
    runs_made: int = 0
    last_epoch: int = 0

    @property
    def latest(self) -> DeploymentRun | None:
        """The current run, else the last one, else None."""
        if self.execution is not None:
            return self.execution.run
        return self.past[-1] if self.past else None

    @property
    def waiting(self) -> list[DeploymentRequest]:
        """The queue as the API shows it."""
        return [request for request in self.pending if request.shown]
