"""What becomes of the actions asked of environments: merged, queued, run one at a time, canceled?"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random

import attrs

from qovery_async.emulator.life.actions import COURSES, Action, ActionRefused, Pace, Service, Stage, Trigger, World
from qovery_async.emulator.life.clock import Clock
from qovery_async.emulator.life.execution import Execution, Watch
from qovery_async.emulator.life.past import TOOK, past_action, past_run
from qovery_async.emulator.life.records import Request, Run, ServiceLife
from qovery_async.models.statuses import StateEnum

_KEPT_RUNS = 100


@attrs.define(eq=False)
class EnvironmentLife:
    """How an environment stands: what runs, what waits, what was."""

    id: str
    execution: Execution | None = None
    pending: list[Request] = attrs.field(factory=list[Request])
    """Accepted and not begun, in order; those within the lag are not `shown` yet."""
    past: list[Run] = attrs.field(factory=list[Run])
    """What has ended, oldest first."""
    runs_made: int = 0
    last_epoch: int = 0

    @property
    def latest(self) -> Run | None:
        """The run that goes on, else the last that ended."""
        if self.execution is not None:
            return self.execution.run
        return self.past[-1] if self.past else None

    @property
    def waiting(self) -> list[Request]:
        """The queue as it shows."""
        return [request for request in self.pending if request.shown]


class Life:
    """Takes actions and lets them run on the clock; what it knows is read by `statuses`, `history` and `logs`.

    The same seed, actions and clock steps give the same ids, durations and logs.
    """

    def __init__(self, world: World, clock: Clock, *, seed: int = 0, pace: Pace | None = None) -> None:
        self.world = world
        self.clock = clock
        self.pace = pace or Pace()
        self.seed = seed
        self._random = Random(seed)  # noqa: S311  # has to repeat, not to be secret
        self._environments: dict[str, EnvironmentLife] = {}
        self._services: dict[str, ServiceLife] = {}
        self._requests: dict[str, Request] = {}
        self._fails: set[tuple[str, StateEnum]] = set()

    def environment(self, environment_id: str) -> EnvironmentLife:
        """How an environment stands; one never heard of was never deployed."""
        return self._environments.setdefault(environment_id, EnvironmentLife(environment_id))

    def service(self, service_id: str) -> ServiceLife:
        """How a service stands; one never heard of was never deployed."""
        return self._services.setdefault(service_id, ServiceLife())

    def request(self, request_id: str) -> Request:
        """The request with this `deployment_request_id`; `KeyError` when there is none."""
        return self._requests[request_id]

    def act(
        self, environment_id: str, action: Action, trigger: Trigger, service_ids: Iterable[str] | None = None
    ) -> Request:
        """Accepts an action for an environment, or for some of its services; it shows after the lag.

        Raises `ActionRefused` for a stop of what is stopped already. An uninstall of services none of which is
        `deployed` triggers nothing in Qovery: ask first.
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
        return request

    def cancel(self, environment_id: str, *, force: bool = False) -> Request:
        """Cancels what runs in an environment, else what would run next; it shows after the lag.

        Raises `ActionRefused` when there is nothing, or nothing left, to cancel.
        """
        environment = self.environment(environment_id)
        if environment.execution is not None:
            return self._ask_cancel(environment, environment.execution.run.request, force=force)
        if environment.pending:
            return self._ask_cancel(environment, environment.pending[0], force=force)
        raise ActionRefused("Environment deployment is already cancelled or finished")

    def cancel_request(self, request_id: str, *, force: bool = False) -> Request:
        """Cancels one request, waiting or running; `KeyError` when there is none of this id."""
        request = self._requests[request_id]
        if request.canceled or (request.run is not None and request.run.outcome is not None):
            raise ActionRefused("Deployment request is already cancelled or finished")
        return self._ask_cancel(self.environment(request.environment_id), request, force=force)

    def targets(self, request: Request) -> list[tuple[Stage, list[Service]]]:
        """The services that a request takes, by stage, as things stand now."""
        services = [
            service
            for service in self.world.services(request.environment_id)
            if service.id in request.service_ids
            or (request.whole and (request.action.takes_skipped or not service.skipped))
        ]
        plan = [
            (stage, [service for service in services if service.stage_id == stage.id])
            for stage in self.world.stages(request.environment_id)
        ]
        return [(stage, staged) for stage, staged in plan if staged]

    def fail_next_build(self, service_id: str) -> None:
        """Lets the next build of a service fail, once."""
        self._fails.add((service_id, StateEnum.BUILD_ERROR))

    def fail_next_deployment(self, service_id: str) -> None:
        """Lets the next deployment of a service fail after its build, once."""
        self.fail_next(service_id, Action.DEPLOY)

    def fail_next(self, service_id: str, action: Action) -> None:
        """Lets the next action of this kind fail on a service, once."""
        self._fails.add((service_id, COURSES[action].failed))

    def changed(self, service_id: str) -> None:
        """The configuration of a service has changed: what is deployed is out of date."""
        service = self.service(service_id)
        service.outdated = service.deployed

    def restore(self, environment_id: str, states: Mapping[str, StateEnum], *, at: datetime, trigger: Trigger) -> None:
        """Puts an environment where a deployment that ended at `at` left it: services in these final states."""
        environment = self.environment(environment_id)
        request = Request(
            id=self._new_id(),
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
        run = past_run(request, self._execution_id(environment, at - TOOK), plan, states)
        self._requests[request.id] = request
        self._keep(environment, run)

    def forget(self, environment_id: str) -> None:
        """Drops all that is known and waits of an environment: it is gone."""
        environment = self._environments.pop(environment_id, None)
        if environment is None:
            return
        runs = environment.past
        if environment.execution is not None:
            environment.execution.abandon()
            runs = [*runs, environment.execution.run]
            environment.execution = None
        for request in environment.pending:
            self._requests.pop(request.id, None)
        for run in runs:
            self._requests.pop(run.request.id, None)
            for part in run.parts:
                self._services.pop(part.service.id, None)
        environment.pending.clear()

    def _refuse_second_stop(self, environment: EnvironmentLife, named: set[str] | None) -> None:
        states = {
            self.service(service.id).state
            for service in self.world.services(environment.id)
            if (not service.skipped if named is None else service.id in named)
        }
        if states == {StateEnum.STOPPED} and environment.execution is None and not environment.pending:
            raise ActionRefused("Already stopped")

    def _accept(self, environment: EnvironmentLife, action: Action, trigger: Trigger) -> Request:
        request = Request(
            id=self._new_id(),
            environment_id=environment.id,
            action=action,
            trigger=trigger,
            accepted_at=self.clock.now(),
        )
        self._requests[request.id] = request
        environment.pending.append(request)
        self.clock.call_later(self.pace.lag, lambda: self._show(environment, request))
        return request

    def _show(self, environment: EnvironmentLife, request: Request) -> None:
        request.shown = True
        self._next(environment)

    def _next(self, environment: EnvironmentLife) -> None:
        waiting = environment.waiting
        if environment.execution is not None or not waiting:
            return
        request = waiting[0]
        environment.pending.remove(request)
        now = self.clock.now()
        environment.runs_made += 1
        run = request.run = Run(request=request, execution_id=self._execution_id(environment, now), began=now)
        environment.execution = Execution(
            run,
            clock=self.clock,
            pace=self.pace,
            random=Random(f"{self.seed}/{environment.id}/{environment.runs_made}"),  # noqa: S311  # likewise
            watch=Watch(
                fails=self._fails_now,
                gone=self._gone,
                over=lambda ended: self._over(environment, ended),
            ),
        )
        environment.execution.begin(self._plan(request))

    def _plan(self, request: Request) -> list[tuple[Stage, list[tuple[Service, ServiceLife]]]]:
        return [
            (stage, [(service, self.service(service.id)) for service in services])
            for stage, services in self.targets(request)
        ]

    def _ask_cancel(self, environment: EnvironmentLife, request: Request, *, force: bool) -> Request:
        if request.cancel_asked and (request.cancel_forced or not force):
            raise ActionRefused("Deployment is already cancelled")
        request.cancel_asked, request.cancel_forced = True, force
        self.clock.call_later(self.pace.lag, lambda: self._cancel(environment, request, force=force))
        return request

    def _cancel(self, environment: EnvironmentLife, request: Request, *, force: bool) -> None:
        if request in environment.pending:
            environment.pending.remove(request)
            request.canceled = True
        elif environment.execution is not None and environment.execution.run is request.run:
            environment.execution.cancel(force=force)

    def _over(self, environment: EnvironmentLife, run: Run) -> None:
        environment.execution = None
        self._keep(environment, run)
        if run.request.whole and run.request.action is Action.DELETE and run.outcome is StateEnum.DELETED:
            self.forget(environment.id)
            self.world.remove("ENVIRONMENT", environment.id)
        else:
            self._next(environment)

    def _keep(self, environment: EnvironmentLife, run: Run) -> None:
        environment.past.append(run)
        if len(environment.past) > _KEPT_RUNS:
            self._requests.pop(environment.past.pop(0).request.id, None)

    def _gone(self, service: Service) -> None:
        self._services.pop(service.id, None)
        self.world.remove(service.kind, service.id)

    def _fails_now(self, service_id: str, state: StateEnum) -> bool:
        told = (service_id, state) in self._fails
        self._fails.discard((service_id, state))
        return told

    def _execution_id(self, environment: EnvironmentLife, at: datetime) -> str:
        # Two runs may begin in the same second; their ids name their logs.
        environment.last_epoch = max(int(at.timestamp()), environment.last_epoch + 1)
        return f"{environment.id}-{environment.last_epoch}"

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
