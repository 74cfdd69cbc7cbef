"""What is recorded about deployment requests, their runs and the affected services?"""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs

from qovery_async.emulator.life.actions import STATES_OF, Action, ActionStates, PipelineStage, Service, Trigger, Wanted
from qovery_async.emulator.life.clock import Timer
from qovery_async.emulator.life.uptimes import UpTime
from qovery_async.models import (
    ServiceActionStatusEnum,
    ServiceStepMetricNameEnum,
    StageStatusEnum,
    StateEnum,
    StepMetricStatusEnum,
)

_TICK = timedelta(microseconds=1)


@attrs.define(eq=False, kw_only=True)
class DeploymentRequest:
    """A requested action. Queued requests of one user for the same action are merged."""

    id: str
    environment_id: str
    action: Action
    trigger: Trigger
    accepted_at: datetime
    whole: bool = False
    """Whether the action is on the whole environment, not only on `service_ids`."""
    service_ids: set[str] = attrs.field(factory=set[str])
    wanted: dict[str, Wanted] = attrs.field(factory=dict[str, Wanted])
    """What services are to be deployed with, by their ids."""
    shown: bool = False
    cancel_asked: bool = False
    cancel_forced: bool = False
    canceled: bool = False
    """Whether it was canceled while queued. A canceled run has the outcome CANCELED instead."""
    run: DeploymentRun | None = None

    @property
    def states(self) -> ActionStates:
        """The states that the action goes through."""
        return STATES_OF[self.action]

    @property
    def state(self) -> StateEnum:
        """The current state."""
        if self.canceled:
            return StateEnum.CANCELED
        return self.states.queued if self.run is None else self.run.state


@attrs.define(eq=False)
class StepTiming:
    """A measured step of a deployment, such as the build."""

    name: ServiceStepMetricNameEnum
    began: datetime
    ended: datetime | None = None
    status: StepMetricStatusEnum | None = None


@attrs.define(eq=False)
class ServiceLife:
    """The state of a service, across runs."""

    state: StateEnum = StateEnum.READY
    deployed: bool = False
    outdated: bool = False
    """Whether its configuration has changed since its deployment."""
    part: Part | None = None
    """Its part in the last run that affected it."""
    up: list[UpTime] = attrs.field(factory=list[UpTime])


@attrs.define(eq=False, kw_only=True)
class Part:
    """One service in one run."""

    run: DeploymentRun
    stage: PipelineStage
    service: Service
    life: ServiceLife
    before: StateEnum
    state: StateEnum
    status: ServiceActionStatusEnum = ServiceActionStatusEnum.QUEUED
    steps: list[StepTiming] = attrs.field(factory=list[StepTiming])
    began: datetime | None = None
    ended: datetime | None = None
    timer: Timer | None = None


@attrs.define(eq=False)
class StageRun:
    """A stage in one run, with the services that are affected."""

    stage: PipelineStage
    parts: list[Part] = attrs.field(factory=list[Part])
    status: StageStatusEnum = StageStatusEnum.QUEUED
    began: datetime | None = None
    ended: datetime | None = None


@attrs.frozen
class Entry:
    """A line in the log of a run."""

    at: datetime
    step: str
    message: str
    part: Part | None = None
    error: str = ""


@attrs.define(eq=False, kw_only=True)
class DeploymentRun:
    """One execution of a request."""

    request: DeploymentRequest
    execution_id: str
    began: datetime
    ended: datetime | None = None
    outcome: StateEnum | None = None
    canceling: bool = False
    stages: list[StageRun] = attrs.field(factory=list[StageRun])
    entries: list[Entry] = attrs.field(factory=list[Entry])

    def log(self, at: datetime, step: str, message: str, part: Part | None = None, *, error: str = "") -> None:
        """Writes a line. Its time is distinct: clients tell lines from each other by it."""
        if self.entries:
            at = max(at, self.entries[-1].at + _TICK)
        self.entries.append(Entry(at, step, message, part, error))

    @property
    def parts(self) -> list[Part]:
        """All affected services, in the order of their stages."""
        return [part for stage in self.stages for part in stage.parts]

    @property
    def state(self) -> StateEnum:
        """The state of the environment in this run."""
        if self.outcome is not None:
            return self.outcome
        if self.canceling:
            return StateEnum.CANCELING
        begun = [stage for stage in self.stages if stage.began is not None]
        if not begun:
            return self.request.states.queued
        states = {part.state for part in begun[-1].parts}
        if StateEnum.BUILDING in states and self.request.states.running not in states:
            return StateEnum.BUILDING
        return self.request.states.running
