"""Which services does an action take, and what remains of an environment afterwards?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from qovery_async.emulator.life import history, statuses
from qovery_async.emulator.life.actions import Action, ActionRefused
from qovery_async.models import StateEnum
from tests.support.life_world import ADA, API, BOB, DB, DOCS, ENV, JOB, WEB, Stand


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
