"""How are actions on environments accepted, merged, queued, run and canceled?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from qovery_async.emulator.life import uptimes
from qovery_async.emulator.life.actions import (
    Action,
    ActionRefused,
    Durations,
    PipelineStage,
    Service,
    Topology,
    Trigger,
    Wanted,
)
from qovery_async.emulator.life.clock import Clock
from qovery_async.emulator.life.dice import Chances, Ids
from qovery_async.emulator.life.execution import Execution
from qovery_async.emulator.life.past import TOOK, past_action, past_run
from qovery_async.emulator.life.queues import EnvironmentLife
from qovery_async.emulator.life.records import DeploymentRequest, DeploymentRun, ServiceLife
from qovery_async.emulator.life.scenarios import Scenarios
from qovery_async.models import StateEnum

_KEPT_RUNS = 100


class Life(Scenarios):
    """The deployment engine: accepts actions and runs them on the clock.

    `statuses`, `history` and `logs` turn what it knows into responses. The same seed, actions and clock
    steps give the same ids, durations and logs. `durations` may be replaced; what was accepted keeps its lag.
    """

    def __init__(self, topology: Topology, clock: Clock, *, seed: int = 0, durations: Durations | None = None) -> None:
        super().__init__()
        self.topology = topology
        self.clock = clock
        self.durations = durations or Durations()
        self.seed = seed
        self.started: list[Callable[[DeploymentRun], None]] = []
        """Functions that are called with each run that has begun."""
        self.dropped: list[Callable[[DeploymentRequest], None]] = []
        """Functions that are called with each request that was canceled while queued."""
        self.ended: list[Callable[[DeploymentRun], None]] = []
        """Functions that are called with each run that has ended."""
        self.ids = Ids(f"{seed}/requests")
        self.environments: dict[str, EnvironmentLife] = {}
        self.services: dict[str, ServiceLife] = {}
        self.requests: dict[str, DeploymentRequest] = {}

    def environment(self, environment_id: str) -> EnvironmentLife:
        """The deployments of an environment. An unknown environment was never deployed."""
        return self.environments.setdefault(environment_id, EnvironmentLife(environment_id))

    def service(self, service_id: str) -> ServiceLife:
        """The state of a service. An unknown service was never deployed."""
        return self.services.setdefault(service_id, ServiceLife())

    def request(self, request_id: str) -> DeploymentRequest:
        """The request with this `deployment_request_id`. Raises `KeyError` if it does not exist."""
        return self.requests[request_id]

    def act(
        self,
        environment_id: str,
        action: Action,
        trigger: Trigger,
        service_ids: Iterable[str] | None = None,
        wanted: Mapping[str, Wanted] | None = None,
    ) -> DeploymentRequest:
        """Accepts an action on an environment or on some of its services. Statuses show it after the lag.

        `wanted` holds what services are to be deployed with, by their ids.

        Qovery ignores an uninstall of services of which none is `deployed`; the caller must check that.

        Raises:
            ActionRefused: Everything that is to be stopped is stopped already.
        """
        environment = self.environment(environment_id)
        named = None if service_ids is None else set(service_ids)
        if action is Action.STOP:
            self._refuse_second_stop(environment, named)
        merges = (
            request
            for request in environment.pending
            if request.action is action and request.trigger.user == trigger.user and not request.cancel_asked
        )
        request = next(merges, None) or self._accept(environment, action, trigger)
        request.whole |= named is None
        request.service_ids |= named or set()
        for id_, want in (wanted or {}).items():
            request.wanted[id_] = want.over(request.wanted.get(id_, want))
        return request

    def cancel(self, environment_id: str, *, force: bool = False) -> DeploymentRequest:
        """Cancels the current run of an environment, else its next request. Statuses show it after the lag.

        Raises:
            ActionRefused: Nothing can be canceled.
        """
        environment = self.environment(environment_id)
        if environment.execution is not None:
            return self._ask_cancel(environment, environment.execution.run.request, force=force)
        if environment.pending:
            return self._ask_cancel(environment, environment.pending[0], force=force)
        raise ActionRefused("Environment deployment is already cancelled or finished")

    def cancel_request(self, request_id: str, *, force: bool = False) -> DeploymentRequest:
        """Cancels a queued or running request.

        Raises:
            KeyError: No request has this id.
            ActionRefused: The request has ended or is canceled already.
        """
        request = self.requests[request_id]
        if request.canceled or (request.run is not None and request.run.outcome is not None):
            raise ActionRefused("Deployment request is already cancelled or finished")
        return self._ask_cancel(self.environment(request.environment_id), request, force=force)

    def targets(self, request: DeploymentRequest) -> list[tuple[PipelineStage, list[Service]]]:
        """The services that a request affects now, by stage."""
        services = [
            request.wanted[service.id].over(service) if service.id in request.wanted else service
            for service in self.topology.services(request.environment_id)
            if service.id in request.service_ids
            or (request.whole and (request.action.takes_skipped or not service.skipped))
        ]
        plan = [
            (stage, [service for service in services if service.stage_id == stage.id])
            for stage in self.topology.stages(request.environment_id)
        ]
        return [(stage, staged) for stage, staged in plan if staged]

    def changed(self, service_id: str) -> None:
        """Marks a deployed service as out of date, since its configuration has changed."""
        service = self.service(service_id)
        service.outdated = service.deployed

    def restore(self, environment_id: str, states: Mapping[str, StateEnum], *, at: datetime, trigger: Trigger) -> None:
        """Sets the services of an environment to the states that a deployment left, which ended at `at`."""
        environment = self.environment(environment_id)
        request = DeploymentRequest(
            id=self.ids.new(),
            environment_id=environment_id,
            action=past_action(states),
            trigger=trigger,
            accepted_at=at - TOOK,
            service_ids=set(states),
            shown=True,
        )
        plan = self._plan(request)
        request.whole = True
        environment.runs_made += 1
        beat = uptimes.beat_of(self.clock)
        run = past_run(request, self._execution_id(environment, at - TOOK), plan, states, beat)
        self.requests[request.id] = request
        self._keep(environment, run)
        for part in run.parts:
            if part.life.deployed:
                self.topology.deployed(part.service, at)

    def forget(self, environment_id: str) -> None:
        """Forgets a removed environment and cancels its run and its queue."""
        environment = self.environments.pop(environment_id, None)
        if environment is None:
            return
        runs = environment.past
        if environment.execution is not None:
            environment.execution.abandon()
            runs = [*runs, environment.execution.run]
            environment.execution = None
        for request in environment.pending:
            self.requests.pop(request.id, None)
        for run in runs:
            self.requests.pop(run.request.id, None)
            for part in run.parts:
                self.services.pop(part.service.id, None)
        environment.pending.clear()

    def _refuse_second_stop(self, environment: EnvironmentLife, named: set[str] | None) -> None:
        states = {
            self.service(service.id).state
            for service in self.topology.services(environment.id)
            if (not service.skipped if named is None else service.id in named)
        }
        if states == {StateEnum.STOPPED} and environment.execution is None and not environment.pending:
            raise ActionRefused("Already stopped")

    def _accept(self, environment: EnvironmentLife, action: Action, trigger: Trigger) -> DeploymentRequest:
        request = DeploymentRequest(
            id=self.ids.new(),
            environment_id=environment.id,
            action=action,
            trigger=trigger,
            accepted_at=self.clock.now(),
        )
        self.requests[request.id] = request
        environment.pending.append(request)
        self.show_later(environment, request, self.durations.lag)
        return request

    def show_later(self, environment: EnvironmentLife, request: DeploymentRequest, seconds: float) -> None:
        """Lets the statuses show an accepted request after `seconds`. It begins then, or waits for its turn."""
        self.clock.call_later(seconds, lambda: self._show(environment, request), "show", environment, request)

    def _show(self, environment: EnvironmentLife, request: DeploymentRequest) -> None:
        request.shown = True
        if request in environment.pending and self.take_merge(environment.id):
            del self.requests[request.id]
            request.id = self.ids.new()
            self.requests[request.id] = request
        self._next(environment)

    def _next(self, environment: EnvironmentLife) -> None:
        waiting = environment.waiting
        if environment.execution is not None or not waiting:
            return
        request = waiting[0]
        environment.pending.remove(request)
        now = self.clock.now()
        environment.runs_made += 1
        run = request.run = DeploymentRun(request=request, execution_id=self._execution_id(environment, now), began=now)
        environment.execution = self.execution(environment, run)
        environment.execution.begin(self._plan(request))
        for listener in self.started:
            listener(run)

    def execution(self, environment: EnvironmentLife, run: DeploymentRun) -> Execution:
        """What runs a run of an environment, before it has begun."""
        return Execution(
            run,
            clock=self.clock,
            durations=self.durations,
            chances=Chances(f"{self.seed}/{environment.id}/{environment.runs_made}"),
            scenarios=self,
            deployed=lambda service: self.topology.deployed(service, self.clock.now()),
            gone=self._gone,
            over=lambda ended: self._over(environment, ended),
        )

    def _plan(self, request: DeploymentRequest) -> list[tuple[PipelineStage, list[tuple[Service, ServiceLife]]]]:
        return [
            (stage, [(service, self.service(service.id)) for service in services])
            for stage, services in self.targets(request)
        ]

    def _ask_cancel(
        self, environment: EnvironmentLife, request: DeploymentRequest, *, force: bool
    ) -> DeploymentRequest:
        if request.cancel_asked and (request.cancel_forced or not force):
            raise ActionRefused("Deployment is already cancelled")
        request.cancel_asked, request.cancel_forced = True, force
        self.cancel_later(environment, request, self.durations.lag, force=force)
        return request

    def cancel_later(
        self, environment: EnvironmentLife, request: DeploymentRequest, seconds: float, *, force: bool
    ) -> None:
        """Cancels a request after `seconds`."""
        what = "cancel", environment, request, force
        self.clock.call_later(seconds, lambda: self._cancel(environment, request, force=force), *what)

    def _cancel(self, environment: EnvironmentLife, request: DeploymentRequest, *, force: bool) -> None:
        if request in environment.pending:
            environment.pending.remove(request)
            request.canceled = True
            for listener in self.dropped:
                listener(request)
        elif environment.execution is not None and environment.execution.run is request.run:
            environment.execution.cancel(force=force)

    def _over(self, environment: EnvironmentLife, run: DeploymentRun) -> None:
        environment.execution = None
        self._keep(environment, run)
        for listener in self.ended:
            listener(run)
        if run.request.whole and run.request.action is Action.DELETE and run.outcome is StateEnum.DELETED:
            self.forget(environment.id)
            self.topology.remove("ENVIRONMENT", environment.id)
        else:
            self._next(environment)

    def _keep(self, environment: EnvironmentLife, run: DeploymentRun) -> None:
        environment.past.append(run)
        if len(environment.past) > _KEPT_RUNS:
            self.requests.pop(environment.past.pop(0).request.id, None)

    def _gone(self, service: Service) -> None:
        self.services.pop(service.id, None)
        self.topology.remove(service.kind, service.id)

    def _execution_id(self, environment: EnvironmentLife, at: datetime) -> str:
        # Two runs may begin in the same second, and each needs an id of its own.
        environment.last_epoch = max(int(at.timestamp()), environment.last_epoch + 1)
        return f"{environment.id}-{environment.last_epoch}"
