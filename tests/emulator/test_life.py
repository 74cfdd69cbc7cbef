"""What becomes of actions on an environment: their states, their order, their queue, their end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import attrs
import pytest
from life_world import ADA, API, BOB, DB, DOCS, ENV, JOB, WEB, SmallWorld, Stand

from qovery_async.emulator.life import history, statuses
from qovery_async.emulator.life.actions import Action, ActionRefused, Durations
from qovery_async.emulator.life.clock import RunningClock
from qovery_async.emulator.life.environments import Life
from qovery_async.models.statuses import StateEnum


@pytest.fixture
def stand() -> Stand:
    return Stand()


@pytest.fixture
def deployed(stand: Stand) -> Stand:
    assert stand.act(Action.DEPLOY) == "DEPLOYED"
    return stand


# The states that an action leads through


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


# The lag


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


# What an action takes


def test_a_deploy_of_some_services_leaves_the_others_alone(stand: Stand) -> None:
    assert stand.act(Action.DEPLOY, services=[API, DOCS]) == "DEPLOYED"
    assert [stand.service(s) for s in (DB, WEB, API, JOB, DOCS)] == ["READY", "READY", "DEPLOYED", "READY", "DEPLOYED"]


@pytest.mark.parametrize("action", [Action.DEPLOY, Action.STOP, Action.RESTART])
def test_skipped_services_are_left_out_of_environment_level_actions(stand: Stand, action: Action) -> None:
    stand.act(action)
    assert stand.service(DOCS) == "READY"
    assert stand.service(JOB) != "READY"


def test_skipped_services_are_deleted_with_their_environment(stand: Stand) -> None:
    assert stand.act(Action.DELETE) == "DELETED"
    assert ("HELM", DOCS) in stand.world.removed


def test_deleting_an_environment_removes_its_services_one_by_one_and_then_itself(deployed: Stand) -> None:
    deployed.life.act(ENV, Action.DELETE, ADA)
    deployed.until(lambda: ("DATABASE", DB) in deployed.world.removed)
    assert (deployed.service(WEB), deployed.service(JOB)) == ("DELETING", "DELETE_QUEUED")
    assert deployed.environment == "DELETING"
    deployed.clock.run_out()
    assert deployed.world.removed[-1] == ("ENVIRONMENT", ENV)
    assert len(deployed.world.removed) == 6


def test_deleting_services_keeps_their_environment(deployed: Stand) -> None:
    assert deployed.act(Action.DELETE, services=[WEB]) == "DELETED"
    assert deployed.world.removed == [("APPLICATION", WEB)]
    status = statuses.environment_status(deployed.life, ENV)
    assert (status["state"], status["last_deployment_state"]) == ("DEPLOYED", "DELETED")


def test_uninstalling_keeps_the_configuration(deployed: Stand) -> None:
    assert deployed.act(Action.UNINSTALL) == "DELETED"
    assert deployed.world.removed == []
    assert statuses.service_status(deployed.life, ENV, WEB)["service_deployment_status"] == "NEVER_DEPLOYED"
    assert deployed.act(Action.DEPLOY) == "DEPLOYED"


def test_what_is_stopped_is_not_stopped_again(deployed: Stand) -> None:
    deployed.act(Action.STOP)
    with pytest.raises(ActionRefused, match="Already stopped"):
        deployed.life.act(ENV, Action.STOP, ADA)
    with pytest.raises(ActionRefused, match="Already stopped"):
        deployed.life.act(ENV, Action.STOP, ADA, [WEB])
    deployed.life.act(ENV, Action.DEPLOY, ADA)
    assert deployed.act(Action.STOP) == "STOPPED"


def test_an_environment_amounts_to_the_sum_of_its_services_after_an_action_on_some(deployed: Stand) -> None:
    deployed.act(Action.STOP, services=[WEB])
    status = statuses.environment_status(deployed.life, ENV)
    assert (status["state"], status["last_deployment_state"]) == ("DEPLOYED", "STOPPED")
    deployed.act(Action.STOP)
    status = statuses.environment_status(deployed.life, ENV)
    assert (status["state"], status["last_deployment_state"]) == ("STOPPED", "STOPPED")


def test_a_change_puts_what_is_deployed_out_of_date_until_deployed_again(deployed: Stand) -> None:
    def read() -> tuple[str, str]:
        service = statuses.service_status(deployed.life, ENV, WEB)["service_deployment_status"]
        return service, statuses.environment_status(deployed.life, ENV)["deployment_status"]

    assert read() == ("UP_TO_DATE", "UP_TO_DATE")
    deployed.life.changed(WEB)
    assert read() == ("OUT_OF_DATE", "OUT_OF_DATE")
    deployed.act(Action.RESTART)
    assert read() == ("OUT_OF_DATE", "OUT_OF_DATE")
    deployed.act(Action.DEPLOY)
    assert read() == ("UP_TO_DATE", "UP_TO_DATE")


# The queue


def test_one_action_at_a_time_in_an_environment(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(4)
    stop = stand.life.act(ENV, Action.STOP, ADA)
    stand.clock.advance(3)
    assert stand.environment in {"BUILDING", "DEPLOYING"}
    assert statuses.service_status(stand.life, ENV, WEB)["deployment_requests_count"] == 1
    assert stop.run is None
    stand.until(lambda: stop.run is not None)
    assert statuses.service_status(stand.life, ENV, WEB)["deployment_requests_count"] == 0
    stand.clock.run_out()
    assert stand.environment == "STOPPED"


def test_the_same_action_of_the_same_user_merges_while_it_waits(stand: Stand) -> None:
    first = stand.life.act(ENV, Action.DEPLOY, ADA, [WEB])
    stand.clock.advance(1)
    assert stand.life.act(ENV, Action.DEPLOY, ADA, [API]) is first
    stand.clock.run_out()
    assert [stand.service(s) for s in (WEB, API, DB)] == ["DEPLOYED", "DEPLOYED", "READY"]
    assert len(history.environment_history(stand.life, ENV)["results"]) == 1


def test_a_merge_with_the_whole_environment_takes_all(stand: Stand) -> None:
    first = stand.life.act(ENV, Action.DEPLOY, ADA, [DOCS])
    assert stand.life.act(ENV, Action.DEPLOY, ADA) is first
    stand.clock.run_out()
    assert {stand.service(s) for s in (DB, WEB, API, JOB, DOCS)} == {"DEPLOYED"}


def test_another_user_another_action_and_what_has_begun_do_not_merge(stand: Stand) -> None:
    first = stand.life.act(ENV, Action.DEPLOY, ADA)
    others = stand.life.act(ENV, Action.DEPLOY, BOB)
    restart = stand.life.act(ENV, Action.RESTART, ADA)
    stand.clock.advance(4)
    assert first.run is not None
    again = stand.life.act(ENV, Action.DEPLOY, ADA)
    assert len({request.id for request in (first, others, restart, again)}) == 4
    stand.clock.run_out()
    ends = [request.run.ended for request in (first, others, restart, again) if request.run and request.run.ended]
    assert len(ends) == 4
    assert ends == sorted(ends)


def test_the_queue_lists_what_waits_and_not_what_runs(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    waits = stand.life.act(ENV, Action.DEPLOY, BOB, [WEB])
    assert history.environment_queue(stand.life, ENV)["results"] == []
    stand.clock.advance(3.1)
    (queued,) = history.environment_queue(stand.life, ENV)["results"]
    assert queued["identifier"] == {"deployment_request_id": waits.id, "environment_id": ENV}
    assert queued["auditing_data"] == {"triggered_by": "bob", "origin": "CLI"}
    assert [stage["name"] for stage in queued["stages"]] == ["APP"]
    assert len(history.service_queue(stand.life, ENV, WEB)["results"]) == 1
    assert history.service_queue(stand.life, ENV, API)["results"] == []


def test_environments_do_not_wait_for_each_other(stand: Stand) -> None:
    other = "e0000000-0000-4000-8000-000000000002"
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.life.act(other, Action.DEPLOY, ADA)
    stand.clock.advance(4)
    assert stand.life.environment(ENV).execution is not None
    assert stand.environment != "READY"
    assert statuses.environment_status(stand.life, other)["state"] == "DEPLOYED"


# Failures


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


# The past of a world that is made up


def test_an_environment_can_be_put_into_a_believable_past(stand: Stand) -> None:
    states = {
        DB: StateEnum.DEPLOYED,
        WEB: StateEnum.BUILD_ERROR,
        API: StateEnum.DEPLOYED,
        JOB: StateEnum.READY,
    }
    stand.life.restore(ENV, states, at=stand.clock.now() - timedelta(days=2), trigger=BOB)
    assert {k: stand.service(k) for k in states} == states
    assert stand.environment == "BUILD_ERROR"
    (past,) = history.environment_history_v2(stand.life, ENV)["results"]
    assert [stage["name"] for stage in past["stages"]] == ["DB", "APP"]
    assert past["total_duration"] == "PT30S"
    assert stand.act(Action.DEPLOY) == "DEPLOYED"


def test_a_forgotten_environment_does_nothing_more(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(4)
    stand.life.act(ENV, Action.STOP, ADA)
    stand.life.cancel(ENV)
    stand.life.forget(ENV)
    stand.life.forget(ENV)
    stand.clock.run_out()
    assert stand.environment == "READY"
    assert stand.service(DB) == "READY"


def test_forgetting_what_is_being_deleted_removes_nothing_more(deployed: Stand) -> None:
    deployed.life.act(ENV, Action.DELETE, ADA)
    deployed.until(lambda: deployed.service(DB) == "DELETING")
    deployed.life.forget(ENV)
    deployed.clock.run_out()
    assert deployed.world.removed == []


def test_an_environment_deleted_takes_what_waits_along(stand: Stand) -> None:
    stand.life.act(ENV, Action.DELETE, ADA)
    waits = stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.run_out()
    assert waits.run is None
    with pytest.raises(KeyError):
        stand.life.request(waits.id)
