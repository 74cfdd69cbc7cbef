"""What holds after any actions in any order? One runs at a time, states follow each other as they may, all end."""

from __future__ import annotations

import itertools

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from qovery_async import models
from qovery_async.codec.reader import Codec
from qovery_async.emulator.life import history, logs, statuses
from qovery_async.emulator.life.actions import STATES_OF, Action, ActionRefused, Trigger
from tests.support.life_world import ADA, API, BOB, DB, DOCS, ENV, JOB, WEB, Stand

IDS = [DB, WEB, API, JOB, DOCS]
IDLE = {"READY", "CANCELED", "BUILD_ERROR"} | {s for c in STATES_OF.values() for s in (c.done, c.failed)}
QUEUED = {"QUEUED"} | {course.queued for course in STATES_OF.values()}
RUNNING = {"BUILDING"} | {course.running for course in STATES_OF.values()}

# From each state to those that may follow. A queued service goes back to where it was when its stage is skipped.
EDGES: dict[str, set[str]] = (
    dict.fromkeys(IDLE, QUEUED)
    | dict.fromkeys(QUEUED, IDLE)
    | {"QUEUED": {"BUILDING"} | IDLE, "BUILDING": {"DEPLOYMENT_QUEUED", "BUILD_ERROR", "CANCELING"}}
    | {c.running: {c.done, c.failed, "CANCELING"} for c in STATES_OF.values()}
    | {"CANCELING": {"CANCELED"}}
)
for course in STATES_OF.values():
    EDGES[course.queued] = EDGES[course.queued] | {course.running, "CANCELING"}


def seen_in(messages: list[str], name: str) -> list[str]:
    return [message.partition(": ")[2] for message in messages if message.startswith(f"{name}: ")]


class Lives(RuleBasedStateMachine):
    """One environment, two users, every action on all and on some."""

    def __init__(self) -> None:
        super().__init__()
        self.stand = Stand()
        self.requests: list[str] = []
        self.states: dict[str, str] = {}

    @property
    def there(self) -> bool:
        return ENV in self.stand.world.environments

    @precondition(lambda self: self.there)
    @rule(
        action=st.sampled_from(Action),
        by=st.sampled_from([ADA, BOB]),
        services=st.none() | st.lists(st.sampled_from(IDS), min_size=1, max_size=3),
    )
    def act(self, action: Action, by: Trigger, services: list[str] | None) -> None:
        if action is Action.DELETE and services is None:
            return  # ends the game; has a rule of its own
        try:
            request = self.stand.life.act(ENV, action, by, services)
        except ActionRefused:
            assert action is Action.STOP
            return
        self.requests.append(request.id)
        assert not request.canceled
        assert request.run is None

    @precondition(lambda self: self.there and len(self.requests) > 8)
    @rule()
    def delete(self) -> None:
        self.stand.life.act(ENV, Action.DELETE, ADA)

    @rule(force=st.booleans())
    def cancel(self, force: bool) -> None:  # noqa: FBT001
        environment = self.stand.life.environment(ENV)
        nothing = environment.execution is None and not environment.pending
        try:
            self.stand.life.cancel(ENV, force=force)
        except ActionRefused:
            return
        assert not nothing

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def cancel_request(self, data: st.DataObject) -> None:
        request_id = data.draw(st.sampled_from(self.requests))
        try:
            self.stand.life.cancel_request(request_id)
        except ActionRefused:
            pass
        except KeyError:
            assert not self.there

    @rule(service=st.sampled_from(IDS), action=st.sampled_from(Action), build=st.booleans())
    def fail(self, service: str, action: Action, build: bool) -> None:  # noqa: FBT001
        if build:
            self.stand.life.fail_next_build(service)
        else:
            self.stand.life.fail_next(service, action)

    @rule(service=st.sampled_from(IDS))
    def never_ready(self, service: str) -> None:
        self.stand.life.never_ready(service)

    @rule(service=st.sampled_from(IDS))
    def change(self, service: str) -> None:
        self.stand.life.changed(service)

    @rule(seconds=st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 8.0]))
    def step(self, seconds: float) -> None:
        self.stand.clock.advance(seconds)

    @invariant()
    def at_most_one_runs(self) -> None:
        environment = self.stand.life.environment(ENV)
        assert all(run.ended is not None for run in environment.past)
        ends = [(run.began, run.ended) for run in environment.past if run.ended]
        if environment.execution is not None:
            ends.append((environment.execution.run.began, self.stand.clock.now()))
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(ends))

    @invariant()
    def busy_services_belong_to_what_runs(self) -> None:
        running = self.stand.life.environment(ENV).execution
        parts = set() if running is None else {part.service.id for part in running.run.parts}
        for service in self.stand.world.services(ENV):
            state = self.stand.service(service.id)
            assert state in IDLE or service.id in parts, state

    @invariant()
    def states_move_along_allowed_edges(self) -> None:
        environment = self.stand.life.environment(ENV)
        runs = [*environment.past, *([environment.execution.run] if environment.execution else [])]
        for part in (part for run in runs for part in run.parts):
            messages = [entry.message for entry in part.run.entries if entry.part is part]
            course = [part.before.value, *seen_in(messages, part.service.name)]
            for before, after in itertools.pairwise(course):
                assert after in EDGES[before], (before, after)
            assert part.began is not None or course[-1] in IDLE | QUEUED

    @invariant()
    def the_environment_moves_along(self) -> None:
        state = self.stand.environment
        idle = self.stand.life.environment(ENV).execution is None
        assert (state in IDLE) == idle
        assert idle or state in QUEUED | RUNNING | {"CANCELING"}

    @invariant()
    def answers_fit(self) -> None:
        codec, life = Codec(strict=True), self.stand.life
        codec.decode(statuses.environment_statuses(life, ENV), models.EnvironmentStatuses, operation="t")
        codec.decode(
            history.environment_history_v2(life, ENV)["results"],
            list[models.DeploymentHistoryEnvironmentV2],
            operation="t",
        )
        codec.decode(logs.deployment_logs(life, ENV), list[models.EnvironmentLogs], operation="t")

    def teardown(self) -> None:
        assert self.stand.clock.run_out() < 3600
        environment = self.stand.life.environment(ENV)
        while environment.execution is not None:  # something is never ready
            assert {"DEPLOYING", "RESTARTING"} & {self.stand.service(id_) for id_ in IDS}
            self.stand.life.cancel(ENV, force=True)
            assert self.stand.clock.run_out() < 3600
        assert environment.pending == []
        assert self.stand.environment in IDLE
        for service in self.stand.world.services(ENV):
            assert self.stand.service(service.id) in IDLE


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
