"""Does every response about deployments fit its model strictly, and say what happened?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qovery_async import models
from qovery_async.emulator.life import history, logs, statuses
from qovery_async.emulator.life.actions import Action
from tests.support.life_world import (
    ADA,
    API,
    BOB,
    ENV,
    TERRAFORM,
    WEB,
    Stand,
    canceled,
    canceling,
    decode,
    ended,
    every_kind,
    failed,
    never,
    queued,
    restored,
    under_way,
)


@pytest.mark.parametrize("reach", [never, under_way, ended, failed, queued, canceling, canceled, restored])
def test_every_answer_fits_its_model(reach: Callable[[Stand], None]) -> None:
    stand = every_kind()
    reach(stand)
    life = stand.life
    decode(statuses.environment_status(life, ENV), models.EnvironmentStatus)
    decode(statuses.environment_statuses(life, ENV), models.EnvironmentStatuses)
    decode(statuses.statuses_with_stages(life, ENV), models.EnvironmentStatusesWithStages)
    decode(history.environment_history(life, ENV)["results"], list[models.DeploymentHistoryEnvironment])
    decode(history.environment_history_v2(life, ENV)["results"], list[models.DeploymentHistoryEnvironmentV2])
    decode(history.environment_queue(life, ENV)["results"], list[models.QueuedDeploymentRequestWithStages])
    decode(logs.deployment_logs(life, ENV), list[models.EnvironmentLogs])
    v1 = {
        "APPLICATION": models.DeploymentHistory,
        "CONTAINER": models.DeploymentHistoryContainer,
        "DATABASE": models.DeploymentHistoryDatabase,
        "JOB": models.DeploymentHistoryJobResponse,
        "HELM": models.DeploymentHistoryHelmResponse,
    }
    for service in stand.world.services(ENV):
        decode(statuses.service_status(life, ENV, service.id), models.Status)
        decode(history.service_queue(life, ENV, service.id)["results"], list[models.QueuedDeploymentRequestForService])
        decode(history.service_history_v2(life, ENV, service.id)["results"], list[models.DeploymentHistoryService])
        decode(logs.service_logs(life, service), list[models.Log])
        if service.kind in v1:
            type_ = list[v1[service.kind]]  # type: ignore[misc]
            decode(history.service_history(life, ENV, service.id)["results"], type_)


def test_answers_to_actions_fit_their_models() -> None:
    stand = Stand()
    request = stand.life.act(ENV, Action.DEPLOY, ADA)
    decode(statuses.accepted_service(stand.life, request, WEB), models.Status)
    decode(statuses.accepted_environment(stand.life, request), models.EnvironmentStatus)
    # What deploying an environment answers is declared as one and read as the other.
    both = statuses.accepted_environment_as_status(stand.life, request)
    decode(both, models.Status)
    assert decode(both, models.EnvironmentStatus).state == "DEPLOYMENT_QUEUED"
    decode(statuses.request_status(stand.life, request.id), models.EnvDeploymentStatus)
    with pytest.raises(KeyError):
        statuses.request_status(stand.life, "none")


def test_the_status_of_a_service_tells_of_its_last_deployment() -> None:
    stand = Stand()
    request = stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.run_out()
    status = decode(statuses.service_status(stand.life, ENV, WEB), models.Status)
    assert status.execution_id.rpartition("-")[0] == ENV
    assert status.execution_id == request.run.execution_id if request.run else False
    assert status.deployment_request_id == request.id
    assert status.is_part_last_deployment
    assert (status.status_details.action, status.status_details.status) == ("DEPLOY", "SUCCESS")
    assert [step.step_name for step in status.steps.details] == ["BUILD", "DEPLOYMENT"]
    assert status.steps.total_duration_sec >= 3
    stand.act(Action.RESTART, services=[API])
    status = statuses.service_status(stand.life, ENV, WEB)
    assert (status["is_part_last_deployment"], status["state"]) == (False, "DEPLOYED")


def test_executions_are_named_after_the_environment_and_the_second_they_began() -> None:
    stand = Stand()
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(3)
    status = statuses.environment_status(stand.life, ENV)
    assert status["last_deployment_id"] == f"{ENV}-{int(stand.clock.now().timestamp())}"


def test_executions_that_begin_in_the_same_second_have_their_own_names() -> None:
    stand = Stand()
    stand.world.environments[ENV] = []
    for user in (ADA, BOB):
        stand.life.act(ENV, Action.DEPLOY, user)
    stand.clock.run_out()
    names = [item["identifier"]["execution_id"] for item in history.environment_history_v2(stand.life, ENV)["results"]]
    assert len(set(names)) == 2


def test_the_status_of_an_environment_tells_who_and_how_long() -> None:
    stand = Stand()
    stand.act(Action.DEPLOY, BOB)
    status = decode(statuses.environment_status(stand.life, ENV), models.EnvironmentStatus)
    assert (status.triggered_by, status.origin) == ("bob", "CLI")
    assert status.total_deployment_duration_in_seconds >= 5
    assert status.deployment_status == "UP_TO_DATE"


def test_terraform_services_say_what_they_do() -> None:
    stand = every_kind()
    stand.act(Action.DEPLOY)
    assert statuses.service_status(stand.life, ENV, TERRAFORM)["status_details"]["sub_action"] == (
        "TERRAFORM_PLAN_AND_APPLY"
    )
    stand.act(Action.UNINSTALL, services=[TERRAFORM])
    assert statuses.service_status(stand.life, ENV, TERRAFORM)["status_details"]["sub_action"] == "TERRAFORM_DESTROY"


def test_history_is_newest_first_and_goes_on_after_an_id() -> None:
    stand = Stand()
    for action in (Action.DEPLOY, Action.STOP, Action.DEPLOY):
        stand.act(action)
    first = history.environment_history(stand.life, ENV, size=2)
    assert [item["status"] for item in first["results"]] == ["DEPLOYED", "STOPPED"]
    rest = history.environment_history(stand.life, ENV, start_id=first["results"][-1]["id"], size=2)
    assert [item["status"] for item in rest["results"]] == ["DEPLOYED"]
    assert history.environment_history(stand.life, ENV, start_id=rest["results"][-1]["id"])["results"] == []
    assert len(history.environment_history_v2(stand.life, ENV, size=2)["results"]) == 2
    assert len(history.service_history(stand.life, ENV, WEB)["results"]) == 3


def test_history_shows_what_goes_on_and_how_it_ended() -> None:
    stand = Stand()
    stand.life.act(ENV, Action.DEPLOY, ADA)
    seen = stand.course(
        lambda: [i["action_status"] for i in history.environment_history_v2(stand.life, ENV)["results"]]
    )
    assert seen == [[], ["QUEUED"], ["ONGOING"], ["SUCCESS"]]
    stand.life.fail_next(WEB, Action.STOP)
    stand.act(Action.STOP)
    item = history.environment_history_v2(stand.life, ENV)["results"][0]
    assert (item["action_status"], item["trigger_action"], item["status"]) == ("ERROR", "STOP", "STOP_ERROR")
    application = history.service_history(stand.life, ENV, WEB)["results"]
    assert [entry["status"] for entry in application] == ["FAILED", "SUCCESS"]


def test_history_remembers_services_that_are_gone() -> None:
    stand = Stand()
    stand.act(Action.DEPLOY)
    stand.act(Action.DELETE, services=[API])
    names = [
        service["identifier"]["name"]
        for stage in history.environment_history_v2(stand.life, ENV)["results"][0]["stages"]
        for service in stage["services"]
    ]
    assert names == ["api"]


def test_history_keeps_the_last_hundred() -> None:
    stand = Stand()
    stand.world.environments[ENV] = []
    first = stand.life.act(ENV, Action.DEPLOY, ADA)
    for _ in range(101):
        stand.act(Action.DEPLOY)
    assert len(history.environment_history_v2(stand.life, ENV, size=1000)["results"]) == 100
    with pytest.raises(KeyError):
        stand.life.request(first.id)
