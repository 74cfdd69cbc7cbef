"""What is remembered of requests, of their runs and of the services they took?"""

from __future__ import annotations

from datetime import datetime

import attrs

from qovery_async.emulator.life.actions import COURSES, Action, Course, Service, Stage, Trigger
from qovery_async.emulator.life.clock import Timer
from qovery_async.models.statuses import (
    ServiceActionStatusEnum,
    ServiceStepMetricNameEnum,
    StageStatusEnum,
    StateEnum,
    StepMetricStatusEnum,
)


@attrs.define(eq=False, kw_only=True)
class Request:
    """An action that was asked for; requests of one user for the same action merge while they wait."""

    id: str
    environment_id: str
    action: Action
    trigger: Trigger
    accepted_at: datetime
    whole: bool = False
    """Whether it is for the environment, beside the services it names."""
    service_ids: set[str] = attrs.field(factory=set[str])
    shown: bool = False
    cancel_asked: bool = False
    cancel_forced: bool = False
    canceled: bool = False
    """Whether it was canceled while it still waited; a run that is canceled says so itself."""
    run: Run | None = None

    @property
    def course(self) -> Course:
        """The states it leads through."""
        return COURSES[self.action]

    @property
    def state(self) -> StateEnum:
        """How far it has come."""
        if self.canceled:
            return StateEnum.CANCELED
        return self.course.queued if self.run is None else self.run.state


@attrs.define(eq=False)
class Step:
    """A measured part of what is done to a service."""

    name: ServiceStepMetricNameEnum
    began: datetime
    ended: datetime | None = None
    status: StepMetricStatusEnum | None = None


@attrs.define(eq=False)
class UpTime:
    """From when to when a service has been running."""

    began: datetime
    ended: datetime | None = None


@attrs.define(eq=False)
class ServiceLife:
    """How a service stands, across its runs."""

    state: StateEnum = StateEnum.READY
    deployed: bool = False
    outdated: bool = False
    """Whether its configuration has changed since it was deployed."""
    part: Part | None = None
    """What it went through in the last run that took it."""
    up: list[UpTime] = attrs.field(factory=list[UpTime])


@attrs.define(eq=False, kw_only=True)
class Part:
    """What one service goes through in one run."""

    run: Run
    stage: Stage
    service: Service
    life: ServiceLife
    before: StateEnum
    state: StateEnum
    status: ServiceActionStatusEnum = ServiceActionStatusEnum.QUEUED
    steps: list[Step] = attrs.field(factory=list[Step])
    began: datetime | None = None
    ended: datetime | None = None
    timer: Timer | None = None


@attrs.define(eq=False)
class StageRun:
    """A stage of a run, with those of its services that take part."""

    stage: Stage
    parts: list[Part] = attrs.field(factory=list[Part])
    status: StageStatusEnum = StageStatusEnum.QUEUED
    began: datetime | None = None
    ended: datetime | None = None


@attrs.frozen
class Entry:
    """A line of a run's log."""

    at: datetime
    step: str
    message: str
    part: Part | None = None
    error: str = ""


@attrs.define(eq=False, kw_only=True)
class Run:
    """One execution of a request."""

    request: Request
    execution_id: str
    began: datetime
    ended: datetime | None = None
    outcome: StateEnum | None = None
    canceling: bool = False
    stages: list[StageRun] = attrs.field(factory=list[StageRun])
    entries: list[Entry] = attrs.field(factory=list[Entry])

    @property
    def parts(self) -> list[Part]:
        """All services that take part, in the order of their stages."""
        return [part for stage in self.stages for part in stage.parts]

    @property
    def state(self) -> StateEnum:
        """How the environment stands in this run."""
        if self.outcome is not None:
            return self.outcome
        if self.canceling:
            return StateEnum.CANCELING
        begun = [stage for stage in self.stages if stage.began is not None]
        if not begun:
            return self.request.course.queued
        states = {part.state for part in begun[-1].parts}
        if StateEnum.BUILDING in states and self.request.course.running not in states:
            return StateEnum.BUILDING
        return self.request.course.running
