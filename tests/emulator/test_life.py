"""Through which states does an action lead, when do they show, and how does it fail?"""

from __future__ import annotations

import asyncio

import attrs
import pytest

from qovery_async.emulator.life import history, statuses
from qovery_async.emulator.life.actions import Action, Durations
from qovery_async.emulator.life.clock import RunningClock
from qovery_async.emulator.life.environments import Life
from tests.support.life_world import ADA, API, BOB, DB, ENV, JOB, WEB, SmallWorld, Stand


def test_nothing_is_deployed_at_first(stand: Stand) -> None:
    status = statuses.environment_status(stand.life, ENV)
    assert (status["state"], status["last_deployment_state"]) == ("READY", "READY")
    assert status["deployment_status"] == "NEVER_DEPLOYED"
    assert stand.service(WEB) == "READY"


@pytest.mark.parametrize(
    ("action", "service", "course"),
    [
        (Action.DEPLOY, WEB, "READY QUEUED BUILDING DEPLOYMENT_QUEUED DEPLOYING DEPLOYED"),
        (Action.DEPLOY, API, "READY DEPLOYMENT_QUEUED DEPLOYING DEPLOYED"),
        (Action.DEPLOY, DB, "READY DEPLOYMENT_QUEUED DEPLOYING DEPLOYED"),
        (Action.STOP, WEB, "READY STOP_QUEUED STOPPING STOPPED"),
        (Action.RESTART, WEB, "READY RESTART_QUEUED RESTARTING RESTARTED"),
        (Action.UNINSTALL, WEB, "READY DELETE_QUEUED DELETING DELETED"),
    ],
)
def test_a_service_goes_through_the_states_of_the_action(
    stand: Stand, action: Action, service: str, course: str
) -> None:
    stand.life.act(ENV, action, ADA, [service])
    assert stand.course(lambda: stand.service(service)) == course.split()


@pytest.mark.parametrize(
    ("action", "course"),
    [
        (Action.DEPLOY, "READY DEPLOYMENT_QUEUED DEPLOYING BUILDING DEPLOYING DEPLOYED"),
        (Action.STOP, "READY STOP_QUEUED STOPPING STOPPED"),
        (Action.RESTART, "READY RESTART_QUEUED RESTARTING RESTARTED"),
        (Action.UNINSTALL, "READY DELETE_QUEUED DELETING DELETED"),
    ],
)
def test_an_environment_goes_through_them_as_a_whole(stand: Stand, action: Action, course: str) -> None:
    stand.world.environments[ENV] = [s for s in stand.world.services(ENV) if s.id in {DB, WEB}]
    stand.life.act(ENV, action, ADA)
    assert stand.course(lambda: stand.environment) == course.split()


def test_stages_run_one_after_another_and_their_services_side_by_side(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.until(lambda: stand.service(DB) == "DEPLOYING")
    assert [stand.service(s) for s in (WEB, API, JOB)] == ["QUEUED", "DEPLOYMENT_QUEUED", "DEPLOYMENT_QUEUED"]
    stand.until(lambda: stand.service(DB) == "DEPLOYED")
    assert [stand.service(s) for s in (WEB, API, JOB)] == ["BUILDING", "DEPLOYING", "DEPLOYMENT_QUEUED"]
    stand.until(lambda: stand.service(JOB) == "DEPLOYING")
    assert [stand.service(s) for s in (DB, WEB, API)] == ["DEPLOYED"] * 3


def test_a_deployment_takes_a_few_seconds(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    assert 5 < stand.clock.run_out() < 20


def test_charts_and_terraform_modules_in_git_are_not_built(stand: Stand) -> None:
    stand.world.environments[ENV] = [
        attrs.evolve(service, from_git=True, kind=kind)
        for service, kind in zip(stand.world.services(ENV), ("APPLICATION", "JOB", "HELM", "TERRAFORM"), strict=False)
    ]
    stand.life.act(ENV, Action.DEPLOY, ADA, [DB, WEB, API, JOB])
    stand.clock.run_out()
    (run,) = stand.life.environment(ENV).past
    built = [part.service.kind for part in run.parts if part.steps[0].name == "BUILD"]
    assert built == ["APPLICATION", "JOB"]


@pytest.mark.anyio
async def test_a_running_clock_lets_it_happen_by_itself() -> None:
    world, clock = SmallWorld(), RunningClock(500)
    life = Life(world, clock)
    request = life.act(ENV, Action.DEPLOY, ADA)
    async with asyncio.timeout(10):
        while request.state != "DEPLOYED":
            await asyncio.sleep(0.005)
    clock.close()


def test_an_environment_without_services_deploys_too(stand: Stand) -> None:
    stand.world.environments[ENV] = []
    assert stand.act(Action.DEPLOY) == "DEPLOYED"
    assert stand.environment == "DEPLOYED"


def test_the_same_seed_gives_the_same_life() -> None:
    def live(seed: int) -> object:
        stand = Stand(seed=seed)
        stand.act(Action.DEPLOY)
        stand.act(Action.STOP, BOB)
        return history.environment_history_v2(stand.life, ENV)

    assert live(7) == live(7)
    assert live(7) != live(8)


def test_an_action_shows_some_seconds_after_it_was_accepted(stand: Stand) -> None:
    request = stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(2.9)
    assert stand.environment == "READY"
    assert stand.service(WEB) == "READY"
    assert statuses.request_status(stand.life, request.id)["status"] == "DEPLOYMENT_QUEUED"
    stand.clock.advance(0.2)
    assert stand.environment == "DEPLOYMENT_QUEUED"


def test_the_lag_can_be_set() -> None:
    stand = Stand(durations=Durations(lag=0))
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(0)
    assert stand.environment == "DEPLOYMENT_QUEUED"


def test_the_answer_to_an_action_does_not_wait_for_the_lag(stand: Stand) -> None:
    request = stand.life.act(ENV, Action.DEPLOY, ADA)
    answer = statuses.accepted_service(stand.life, request, WEB)
    assert (answer["id"], answer["state"]) == (WEB, "DEPLOYMENT_QUEUED")
    assert answer["deployment_request_id"] == request.id
    assert answer["deployment_requests_count"] == 1
    assert statuses.accepted_environment(stand.life, request)["last_deployment_state"] == "DEPLOYMENT_QUEUED"
    assert statuses.service_status(stand.life, ENV, WEB)["deployment_request_id"] is None


def test_a_build_told_to_fail_fails_once(stand: Stand) -> None:
    stand.life.fail_next_build(WEB)
    assert stand.act(Action.DEPLOY) == "BUILD_ERROR"
    assert stand.service(WEB) == "BUILD_ERROR"
    assert stand.environment == "BUILD_ERROR"
    assert stand.act(Action.DEPLOY) == "DEPLOYED"


def test_a_deployment_told_to_fail_fails_after_its_build(stand: Stand) -> None:
    stand.life.fail_next_deployment(WEB)
    stand.life.act(ENV, Action.DEPLOY, ADA)
    assert stand.course(lambda: stand.service(WEB))[-3:] == ["DEPLOYMENT_QUEUED", "DEPLOYING", "DEPLOYMENT_ERROR"]


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (Action.STOP, "STOP_ERROR"),
        (Action.RESTART, "RESTART_ERROR"),
        (Action.DELETE, "DELETE_ERROR"),
        (Action.UNINSTALL, "DELETE_ERROR"),
    ],
)
def test_every_action_can_fail(deployed: Stand, action: Action, error: str) -> None:
    deployed.life.fail_next(API, action)
    assert deployed.act(action) == error
    assert deployed.service(API) == error
    assert ("ENVIRONMENT", ENV) not in deployed.world.removed


def test_a_failure_lets_its_stage_end_and_skips_the_later_ones(stand: Stand) -> None:
    stand.life.fail_next_build(WEB)
    stand.act(Action.DEPLOY)
    assert [stand.service(s) for s in (DB, API, JOB)] == ["DEPLOYED", "DEPLOYED", "READY"]
    stages = statuses.statuses_with_stages(stand.life, ENV)["stages"]
    assert [stage["stage"]["status"] for stage in stages] == ["DONE", "ERROR", "SKIPPED"]
    assert statuses.service_status(stand.life, ENV, JOB)["status_details"]["status"] == "NEVER"


def test_what_waits_goes_on_after_a_failure(stand: Stand) -> None:
    stand.life.fail_next_deployment(DB)
    stand.life.act(ENV, Action.DEPLOY, ADA)
    assert stand.act(Action.DEPLOY, BOB) == "DEPLOYED"
