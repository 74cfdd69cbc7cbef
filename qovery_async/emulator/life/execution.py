"""How does one deployment run? Stage after stage, with the services of a stage in parallel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from qovery_async.emulator.life import uptimes
from qovery_async.emulator.life.actions import DOWN, ERRORS, UP, Action, Durations, PipelineStage, Service
from qovery_async.emulator.life.clock import Clock, Timer
from qovery_async.emulator.life.dice import Chances
from qovery_async.emulator.life.records import DeploymentRun, Part, ServiceLife, StageRun, StepTiming
from qovery_async.emulator.life.scenarios import Scenarios
from qovery_async.models import (
    ServiceActionStatusEnum,
    ServiceStepMetricNameEnum,
    StageStatusEnum,
    StateEnum,
    StepMetricStatusEnum,
)

_FASTEST, _SLOWEST = 0.75, 1.25

_STEP_ENDS: Final[Mapping[ServiceActionStatusEnum, StepMetricStatusEnum]] = {
    ServiceActionStatusEnum.SUCCESS: StepMetricStatusEnum.SUCCESS,
    ServiceActionStatusEnum.ERROR: StepMetricStatusEnum.ERROR,
    ServiceActionStatusEnum.CANCELED: StepMetricStatusEnum.CANCEL,
}


class Execution:
    """Runs one deployment on the clock.

    `deployed` and `gone` are called when a service has been deployed or deleted, `over` when the run has ended.
    `current` is the number of the stage that runs.
    """

    def __init__(
        self,
        run: DeploymentRun,
        *,
        clock: Clock,
        durations: Durations,
        chances: Chances,
        scenarios: Scenarios,
        deployed: Callable[[Service], None],
        gone: Callable[[Service], None],
        over: Callable[[DeploymentRun], None],
    ) -> None:
        self.run = run
        self._action = run.request.action
        self._states = run.request.states
        self._clock = clock
        self._pace = durations
        self.chances = chances
        self._scenarios = scenarios
        self._deployed = deployed
        self._gone = gone
        self._over = over
        self.current = -1
        self.timer: Timer | None = None

    def begin(self, plan: Sequence[tuple[PipelineStage, Sequence[tuple[Service, ServiceLife]]]]) -> None:
        """Queues the services and schedules the first stage."""
        self._log("Start", f"{self._action.capitalize()} requested by {self.run.request.trigger.user}")
        for stage, services in plan:
            stage_run = StageRun(stage)
            self.run.stages.append(stage_run)
            for service, life in services:
                queued = StateEnum.QUEUED if self._builds(service) else self._states.queued
                part = Part(run=self.run, stage=stage, service=service, life=life, before=life.state, state=queued)
                stage_run.parts.append(part)
                life.part = part
                self._move(part, queued)
        self.begin_stages(self._pace.queue)

    def begin_stages(self, seconds: float) -> None:
        """Schedules the first stage."""
        self.timer = self._clock.call_later(seconds, self._next_stage, "stage", self)

    def go_on(self, part: Part, seconds: float, then: str) -> None:
        """Schedules the next step of a service: `built`, `act`, `acted` or `canceled`."""
        step = {"built": self._built, "act": self._act, "acted": self._acted, "canceled": self._canceled}[then]
        if part.timer is not None:
            part.timer.cancel()
        part.timer = self._clock.call_later(seconds, lambda: step(part), "part", self, part, then)

    def cancel(self, *, force: bool) -> None:
        """Cancels what can be canceled. A job that is executing runs to its end unless forced."""
        self.run.canceling = True
        self._log("Cancel", "Cancellation requested")
        for part in self.run.parts:
            if part.ended is not None or part.status is ServiceActionStatusEnum.CANCELING:
                continue
            if part.began is None:
                self._end(part, StateEnum.CANCELED, ServiceActionStatusEnum.CANCELED)
            elif force or part.service.kind != "JOB" or part.state is not self._states.running:
                part.status = ServiceActionStatusEnum.CANCELING
                self._move(part, StateEnum.CANCELING)
                self.go_on(part, self._pace.cancel, "canceled")
        self._settle()

    def abandon(self) -> None:
        """Cancels all timers, since the environment was removed."""
        for timer in (self.timer, *(part.timer for part in self.run.parts)):
            if timer is not None:
                timer.cancel()

    def _builds(self, service: Service) -> bool:
        return service.is_built and self._action is Action.DEPLOY

    def _next_stage(self) -> None:
        self.current += 1
        if self.current == len(self.run.stages):
            self._finish()
            return
        stage = self.run.stages[self.current]
        stage.status, stage.began = StageStatusEnum.ONGOING, self._clock.now()
        for part in stage.parts:
            part.began, part.status = stage.began, ServiceActionStatusEnum.ONGOING
            if self._action is Action.DEPLOY:
                self._log("Start", f"Deploying {part.service.name} {part.service.version}".rstrip(), part)
            if self._builds(part.service):
                self._step(part, StateEnum.BUILDING, ServiceStepMetricNameEnum.BUILD, self._pace.build, "built")
            else:
                self._act(part)

    def _built(self, part: Part) -> None:
        if self._scenarios.take_failure(part.service.id, StateEnum.BUILD_ERROR):
            self._end(part, StateEnum.BUILD_ERROR, ServiceActionStatusEnum.ERROR)
            self._settle()
            return
        self._end_step(part, StepMetricStatusEnum.SUCCESS)
        self._move(part, self._states.queued)
        self.go_on(part, self._pace.queue, "act")

    def _act(self, part: Part) -> None:
        deploys = self._action is Action.DEPLOY
        name = ServiceStepMetricNameEnum.DEPLOYMENT if deploys else ServiceStepMetricNameEnum.EXECUTING
        self._step(part, self._states.running, name, self._pace.action, "acted")

    def _acted(self, part: Part) -> None:
        if self._states.done in UP and self._scenarios.take_never_ready(part.service.id):
            return
        if self._scenarios.take_failure(part.service.id, self._states.failed):
            self._end(part, self._states.failed, ServiceActionStatusEnum.ERROR)
        else:
            self._end(part, self._states.done, ServiceActionStatusEnum.SUCCESS)
        self._settle()

    def _canceled(self, part: Part) -> None:
        self._end(part, StateEnum.CANCELED, ServiceActionStatusEnum.CANCELED)
        self._settle()

    def _step(
        self,
        part: Part,
        state: StateEnum,
        name: ServiceStepMetricNameEnum,
        seconds: float,
        then: str,
    ) -> None:
        part.steps.append(StepTiming(name, self._clock.now()))
        self._move(part, state)
        self.go_on(part, seconds * self.chances.between(_FASTEST, _SLOWEST), then)

    def _end_step(self, part: Part, status: StepMetricStatusEnum) -> None:
        if part.steps and part.steps[-1].ended is None:
            part.steps[-1].ended, part.steps[-1].status = self._clock.now(), status

    def _end(self, part: Part, state: StateEnum, status: ServiceActionStatusEnum) -> None:
        part.status, part.ended = status, self._clock.now()
        self._end_step(part, _STEP_ENDS[status])
        self._move(part, state)
        if state is StateEnum.RESTARTED:
            part.life.deployed = True
        elif state is StateEnum.DEPLOYED and part.service.sub_action is None:
            part.life.deployed, part.life.outdated = True, False
            self._deployed(part.service)
        elif state is StateEnum.DELETED:
            part.life.deployed = part.life.outdated = False
            if self._action is Action.DELETE:
                self._gone(part.service)

    def _settle(self) -> None:
        """Begins the next stage, or ends the run, once all services of the stage have ended."""
        if self.current >= 0:
            stage = self.run.stages[self.current]
            if any(part.ended is None for part in stage.parts):
                return
            stage.ended, stage.status = self._clock.now(), _end_of(stage)
            if stage.status is StageStatusEnum.DONE and not self.run.canceling:
                self._next_stage()
                return
        self._skip_rest()
        self._finish()

    def _skip_rest(self) -> None:
        for stage in self.run.stages[self.current + 1 :]:
            stage.status = StageStatusEnum.CANCELED if self.run.canceling else StageStatusEnum.SKIPPED
            for part in stage.parts:
                if part.ended is None:
                    part.status, part.ended = ServiceActionStatusEnum.NEVER, self._clock.now()
                    self._move(part, part.before)

    def _finish(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        failed = [part.state for part in self.run.parts if part.status is ServiceActionStatusEnum.ERROR]
        self.run.ended = self._clock.now()
        if self.run.canceling:
            self.run.outcome = StateEnum.CANCELED
        else:
            self.run.outcome = failed[0] if failed else self._states.done
        self._log("Terminated", f"{self._action.capitalize()} ended: {self.run.outcome.value}")
        self._over(self.run)

    def _move(self, part: Part, state: StateEnum) -> None:
        part.state = part.life.state = state
        up, version = part.life.up, part.service.version
        current = uptimes.running(up)
        if state in UP and (current is None or current.version != version):
            beat = uptimes.beat_of(self._clock)
            uptimes.start(up, self._clock.now(), version, self.run.execution_id, beat)
        elif state in DOWN:
            uptimes.end(up, self._clock.now())
        self._log(
            state.value.capitalize(),
            f"{part.service.name}: {state.value}",
            part,
            error=state.value if state in ERRORS else "",
        )
        for function in self._scenarios.take_functions(part.service.id, state):
            # Not at once: it may cancel this run, or remove its environment.
            self._clock.call_later(0, function)

    def _log(self, step: str, message: str, part: Part | None = None, *, error: str = "") -> None:
        self.run.log(self._clock.now(), step, message, part, error=error)


def _end_of(stage: StageRun) -> StageStatusEnum:
    statuses = {part.status for part in stage.parts}
    if ServiceActionStatusEnum.CANCELED in statuses:
        return StageStatusEnum.CANCELED
    return StageStatusEnum.ERROR if ServiceActionStatusEnum.ERROR in statuses else StageStatusEnum.DONE
