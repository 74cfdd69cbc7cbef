"""What happens to an environment: requests of several users, queued, merged, canceled, run and seen too late.

It shares nothing with the emulator. `Timeline.settle` works out the truth, from beginning to end, and
`Timeline.snapshot` shows it as the API does.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Generic, TypeVar

import attrs

from qovery_async import models
from qovery_async.deployments.snapshot import EnvironmentSnapshot, ServiceSnapshot
from qovery_async.models import ServiceActionEnum, ServiceActionStatusEnum, ServiceSubActionEnum, StateEnum

T = TypeVar("T")

ACTIONS = ("deploy", "redeploy", "stop", "restart", "delete", "uninstall")
WORDS = {
    "deploy": ("DEPLOYMENT_QUEUED", "DEPLOYING", "DEPLOYED", "DEPLOYMENT_ERROR", "DEPLOY"),
    "redeploy": ("DEPLOYMENT_QUEUED", "DEPLOYING", "DEPLOYED", "DEPLOYMENT_ERROR", "DEPLOY"),
    "stop": ("STOP_QUEUED", "STOPPING", "STOPPED", "STOP_ERROR", "STOP"),
    "restart": ("RESTART_QUEUED", "RESTARTING", "RESTARTED", "RESTART_ERROR", "RESTART"),
    "delete": ("DELETE_QUEUED", "DELETING", "DELETED", "DELETE_ERROR", "DELETE"),
    "uninstall": ("DELETE_QUEUED", "DELETING", "DELETED", "DELETE_ERROR", "DELETE"),
}
"""Of an action: its state while queued, running, done and failed, and its name in the details of a service."""
ODD = ("EXECUTING", "RECAP", "UNAVAILABLE", "WAITING_RUNNING", "WARMING_UP", "FROM_THE_FUTURE")
"""States in the middle of something, some of them unknown."""
ONCE_FAILED = ("BUILD_ERROR", "FUTURE_ERROR")
EPOCH = datetime(2026, 1, 5, 9, tzinfo=UTC)
FOREVER = 1e9


@attrs.define
class Track(Generic[T]):
    """What something was at which time."""

    times: list[float] = attrs.field(factory=list[float])
    values: list[T] = attrs.field(factory=list[T])

    def add(self, at: float, value: T) -> None:
        self.times.append(at)
        self.values.append(value)

    def at(self, time: float) -> T:
        return self.values[bisect.bisect_right(self.times, time) - 1]

    def cut(self, time: float) -> None:
        """Forgets what would have come later."""
        kept = bisect.bisect_left(self.times, time)
        del self.times[kept:], self.values[kept:]


@attrs.frozen
class Part:
    """A service at one time: its state, and the run that it took part in last."""

    state: str
    status: str
    run: Request | None
    at: float


@attrs.define(eq=False)
class Request:
    """An action that someone asked for, and its run."""

    id: str
    user: str
    action: str
    accepted: float
    shown: float
    services: set[str]
    whole: bool
    begins: float = FOREVER
    """If it never ran, it never begins."""
    ends: float | None = None
    outcome: str = ""
    ended: dict[str, tuple[str, float]] = attrs.field(factory=dict[str, tuple[str, float]])
    """The state in which it left each of its services, and when."""
    canceled_at: float | None = None
    """When it was canceled while it waited."""

    def state_at(self, time: float) -> str:
        """As the API tells it, without delay."""
        if self.canceled_at is not None and time >= self.canceled_at:
            return "CANCELED"
        queued, running, *_ = WORDS[self.action]
        if time < self.begins:
            return queued
        return self.outcome if self.ends is not None and time >= self.ends else running


class Timeline:
    """An environment with up to five services in up to three stages, and all that happens to it."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.services = [f"s{number}" for number in range(random.randint(1, 5))]
        self.stage_of = {id_: random.randrange(3) for id_ in self.services}
        self.skipped = {id_ for id_ in self.services[1:] if random.random() < 0.1}
        self.lag = random.choice((0.5, 3.0, 3.0, 3.5))
        self.view_lag = random.choice((0.0, 0.2, 1.0))
        """For how long the statuses may show what was before."""
        self.shows_requests = random.random() < 0.9
        self.shows_executions = random.random() < 0.8
        self.odd = random.random() < 0.3
        self.failing = random.choice((0.0, 0.0, 0.1, 0.4))
        self.stuck: str | None = None
        self.requests: list[Request] = []
        self.runs: list[Request] = []
        self.cancels: list[float] = []
        self.gone_at = FOREVER
        self.waits: list[tuple[float, float, set[str]]] = []
        self.environment = Track[tuple[str, Request | None, float]]()
        self.tracks = {id_: Track[Part | None]() for id_ in self.services}
        self.free = -FOREVER
        self._names = 0
        self._past()

    def _past(self) -> None:
        self.environment.add(-FOREVER, ("READY", None, 0.0))
        for track in self.tracks.values():
            track.add(-FOREVER, Part("READY", "NEVER", None, 0.0))
        if self.random.random() < 0.85:
            old = self.new(
                "old", self.random.choice(("deploy", "deploy", "stop", "restart", "uninstall")), -500.0, None
            )
            self.requests.remove(old)
            self._run(old, -500.0)

    def new(self, user: str, action: str, at: float, services: set[str] | None, lag: float | None = None) -> Request:
        """Accepts a request, or merges it into one of the same user and action that waits: `settle` does."""
        self._names += 1
        shown = at + (self.lag if lag is None else lag)
        request = Request(f"r{self._names}", user, action, at, shown, set(services or ()), services is None)
        self.requests.append(request)
        return request

    def settle(self) -> dict[str, Request]:
        """Works out all that happens; the request that carries out each one, by id."""
        carried: dict[str, Request] = {}
        self.runs.clear()
        waiting = sorted(self.requests, key=lambda request: request.accepted)
        while waiting:
            request = waiting.pop(0)
            carried[request.id] = request
            self.runs.append(request)
            begins = max(self.free, request.shown)
            for other in [each for each in waiting if (each.user, each.action) == (request.user, request.action)]:
                if other.accepted < begins:
                    waiting.remove(other)
                    carried[other.id] = request
                    request.services |= other.services
                    request.whole |= other.whole
            cancels = [at for at in self.cancels if at >= max(request.accepted, self.free)]
            before = self.free
            if cancels and cancels[0] + self.lag < begins:
                request.canceled_at = cancels[0] + self.lag
                self._waited(request, request.canceled_at)
                self.cancels.remove(cancels[0])
            else:
                self._waited(request, begins)
                self._run(request, begins, cancels[0] + self.lag if cancels else FOREVER)
                self.cancels = [at for at in self.cancels if not before <= at < self.free]
            if self.gone_at <= self.free:
                break
        self.environment.cut(self.gone_at)
        for track in self.tracks.values():
            track.cut(self.gone_at)
        return carried

    def _waited(self, request: Request, until: float) -> None:
        self.waits.append((request.shown, until, {id_ for id_ in self.services if self._is_of(id_, request)}))

    def _is_of(self, id_: str, request: Request) -> bool:
        takes_skipped = request.action in ("delete", "uninstall")
        return id_ in request.services or (request.whole and (takes_skipped or id_ not in self.skipped))

    def _run(self, request: Request, begins: float, canceled: float = FOREVER) -> None:
        queued, running, done, failed, _ = WORDS[request.action]
        random, now = self.random, begins
        there = [id_ for id_ in self.services if self._is_of(id_, request) and self.tracks[id_].at(begins) is not None]
        before = {id_: part.state for id_ in there if (part := self.tracks[id_].at(begins))}
        request.begins, request.outcome = begins, done
        self.environment.add(begins, (queued, request, begins))
        for id_ in there:
            self.tracks[id_].add(begins, Part(queued, "QUEUED", request, begins))
        left, now = set(there), now + 0.5
        for stage in range(3):
            staged = [id_ for id_ in there if self.stage_of[id_] == stage]
            if not staged or request.outcome != done or now >= canceled:
                continue
            self.environment.add(now, (random.choice(ODD) if self.odd else running, request, begins))
            ends = now
            for id_ in staged:
                left.discard(id_)
                self.tracks[id_].add(now, Part(random.choice(ODD) if self.odd else running, "ONGOING", request, now))
                end = now + random.uniform(0.5, 12.0)
                if self.stuck == id_ and request.action not in ("stop", "delete", "uninstall"):
                    end = FOREVER
                if end > canceled:
                    end = max(canceled, now) + 1.0
                    self.tracks[id_].add(end - 1.0, Part("CANCELING", "CANCELING", request, now))
                    self._end(request, id_, end, "CANCELED", "CANCELED")
                elif random.random() < self.failing:
                    state = random.choice((failed, *ONCE_FAILED)) if "DEPLOY" in failed else failed
                    self._end(request, id_, end, state, "ERROR")
                    request.outcome = state
                else:
                    self._end(request, id_, end, done, "SUCCESS")
                ends = max(ends, end)
            now = ends
        if canceled < now or (left and request.outcome == done):
            request.outcome, now = "CANCELED", max(now, canceled)
            self.environment.add(canceled, ("CANCELING", request, begins))
        for id_ in left:  # those of stages that were never reached go back to where they were
            state = "CANCELED" if request.outcome == "CANCELED" else before[id_]
            self._end(request, id_, now, state, "CANCELED" if request.outcome == "CANCELED" else "NEVER")
        request.ends = self.free = now
        self.environment.add(now, (request.outcome, request, now))
        if request.action == "delete" and request.whole and request.outcome == done:
            self.gone_at = min(self.gone_at, now)

    def _end(self, request: Request, id_: str, at: float, state: str, status: str) -> None:
        request.ended[id_] = state, at
        gone = request.action == "delete" and state == "DELETED" and status == "SUCCESS"
        self.tracks[id_].add(at, None if gone else Part(state, status, request, at))

    def snapshot(self, time: float) -> EnvironmentSnapshot:
        """What the API shows of a time."""
        if time >= self.gone_at:
            return EnvironmentSnapshot(environment_id="e", is_gone=True)
        state, run, at = self.environment.at(time)
        status = models.EnvironmentStatus(
            id="e",
            state=StateEnum(state),
            last_deployment_state=StateEnum(state),
            last_deployment_date=EPOCH + timedelta(seconds=at) if run else None,
            last_deployment_id=f"e-{run.id}" if run and self.shows_executions else None,
            deployment_request_id=run.id if run and self.shows_requests else None,
        )
        return EnvironmentSnapshot(environment_id="e", status=status, services=tuple(self._services(time)))

    def _services(self, time: float) -> Iterator[ServiceSnapshot]:
        for id_ in self.services:
            part = self.tracks[id_].at(time)
            if part is not None:
                waits = sum(shown <= time < until and id_ in ids for shown, until, ids in self.waits)
                yield service(id_, part, waits, requests=self.shows_requests, executions=self.shows_executions)


def service(id_: str, part: Part, waits: int = 0, *, requests: bool = True, executions: bool = True) -> ServiceSnapshot:
    """A service as the API shows it."""
    run = part.run
    more: dict[str, Any] = {}
    if run is not None:
        more["last_deployment_date"] = EPOCH + timedelta(seconds=part.at)
        if executions:
            more["execution_id"] = f"e-{run.id}"
    status = models.Status(
        id=id_,
        state=StateEnum(part.state),
        service_deployment_status=models.ServiceDeploymentStatusEnum.UP_TO_DATE,
        is_part_last_deployment=run is not None,
        status_details=models.StatusDetails(
            action=ServiceActionEnum(WORDS[run.action][-1] if run else "UNKNOWN"),
            status=ServiceActionStatusEnum(part.status),
            sub_action=ServiceSubActionEnum.NONE,
        ),
        deployment_request_id=run.id if run and requests else None,
        deployment_requests_count=waits,
        **more,
    )
    return ServiceSnapshot(id=id_, name=id_, kind="APPLICATION", stage="", status=status)
