"""What does canceling do in each state of an environment, with force and without?"""

from __future__ import annotations

import attrs
import pytest

from qovery_async.emulator.life import statuses
from qovery_async.emulator.life.actions import Action, ActionRefused, Durations
from tests.support.life_world import ADA, API, BOB, DB, ENV, JOB, STAGES, WEB, Stand

# Shown at once, so that each test cancels exactly what it sees.
PACE = Durations(lag=0)


@pytest.fixture
def stand() -> Stand:
    return Stand(durations=PACE)


def test_nothing_to_cancel_is_refused(stand: Stand) -> None:
    with pytest.raises(ActionRefused, match="already cancelled or finished"):
        stand.life.cancel(ENV)


def test_an_ended_action_cannot_be_canceled(stand: Stand) -> None:
    request = stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.run_out()
    with pytest.raises(ActionRefused):
        stand.life.cancel(ENV)
    with pytest.raises(ActionRefused):
        stand.life.cancel_request(request.id)


def test_an_unknown_request_is_a_key_error(stand: Stand) -> None:
    with pytest.raises(KeyError):
        stand.life.cancel_request("none")


def test_canceling_within_the_lag_ends_the_action_before_it_does_anything() -> None:
    stand = Stand()
    request = stand.life.act(ENV, Action.DEPLOY, ADA)
    assert statuses.accepted_environment(stand.life, stand.life.cancel(ENV))["state"] == "CANCELING"
    stand.clock.run_out()
    assert request.state == "CANCELED"
    assert stand.service(DB) == "CANCELED"
    assert request.run is not None
    assert all(part.began is None for part in request.run.parts)


@pytest.mark.parametrize(
    ("action", "service", "state"),
    [
        (Action.DEPLOY, DB, "DEPLOYING"),
        (Action.DEPLOY, WEB, "BUILDING"),
        (Action.DEPLOY, WEB, "DEPLOYMENT_QUEUED"),
        (Action.DEPLOY, WEB, "DEPLOYING"),
        (Action.STOP, WEB, "STOPPING"),
        (Action.RESTART, WEB, "RESTARTING"),
        (Action.DELETE, WEB, "DELETING"),
        (Action.UNINSTALL, WEB, "DELETING"),
    ],
)
def test_what_is_under_way_is_canceled_in_a_moment(stand: Stand, action: Action, service: str, state: str) -> None:
    stand.life.act(ENV, action, ADA)
    stand.until(lambda: stand.service(service) == state)
    stand.life.cancel(ENV)
    assert stand.course(lambda: stand.service(service)) == [state, "CANCELING", "CANCELED"]
    assert stand.environment == "CANCELED"
    assert stand.service(JOB) == "CANCELED"
    assert ("ENVIRONMENT", ENV) not in stand.world.removed


@pytest.mark.parametrize(
    ("action", "queued"),
    [
        (Action.DEPLOY, "DEPLOYMENT_QUEUED"),
        (Action.STOP, "STOP_QUEUED"),
        (Action.RESTART, "RESTART_QUEUED"),
        (Action.DELETE, "DELETE_QUEUED"),
    ],
)
def test_what_is_queued_is_canceled_at_once(stand: Stand, action: Action, queued: str) -> None:
    stand.life.act(ENV, action, ADA)
    stand.clock.advance(0)
    assert stand.environment == queued
    stand.life.cancel(ENV)
    stand.clock.advance(0)
    assert stand.environment == "CANCELED"
    assert stand.service(WEB) == "CANCELED"


def test_what_is_done_stays_done(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.until(lambda: stand.service(API) == "DEPLOYED")
    stand.life.cancel(ENV)
    stand.clock.run_out()
    assert [stand.service(s) for s in (DB, API, WEB)] == ["DEPLOYED", "DEPLOYED", "CANCELED"]
    stages = statuses.statuses_with_stages(stand.life, ENV)["stages"]
    assert [stage["stage"]["status"] for stage in stages] == ["DONE", "CANCELED", "CANCELED"]


def test_a_job_that_executes_is_left_to_its_end(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.until(lambda: stand.service(JOB) == "DEPLOYING")
    stand.life.cancel(ENV)
    stand.clock.advance(0)
    assert (stand.environment, stand.service(JOB)) == ("CANCELING", "DEPLOYING")
    stand.clock.run_out()
    assert (stand.environment, stand.service(JOB)) == ("CANCELED", "DEPLOYED")


def test_force_cancels_a_job_that_executes(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.until(lambda: stand.service(JOB) == "DEPLOYING")
    stand.life.cancel(ENV)
    stand.clock.advance(0)
    with pytest.raises(ActionRefused, match="already cancelled"):
        stand.life.cancel(ENV)
    stand.life.cancel(ENV, force=True)
    stand.clock.run_out()
    assert (stand.environment, stand.service(JOB)) == ("CANCELED", "CANCELED")


def test_force_twice_is_refused(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(1)
    stand.life.cancel(ENV, force=True)
    for force in (True, False):
        with pytest.raises(ActionRefused):
            stand.life.cancel(ENV, force=force)


def test_what_waits_runs_after_a_cancellation(stand: Stand) -> None:
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(1)
    second = stand.life.act(ENV, Action.DEPLOY, BOB)
    stand.life.cancel(ENV)
    stand.clock.run_out()
    assert second.state == "DEPLOYED"


def test_one_request_of_the_queue_is_canceled_without_running(stand: Stand) -> None:
    first = stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(1)
    second = stand.life.act(ENV, Action.STOP, BOB)
    stand.life.cancel_request(second.id)
    stand.clock.run_out()
    assert (first.state, second.state) == ("DEPLOYED", "CANCELED")
    assert statuses.request_status(stand.life, second.id)["status"] == "CANCELED"
    with pytest.raises(ActionRefused):
        stand.life.cancel_request(second.id)


def test_the_running_request_can_be_canceled_by_its_id(stand: Stand) -> None:
    first = stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.clock.advance(1)
    stand.life.cancel_request(first.id)
    stand.clock.run_out()
    assert first.state == "CANCELED"


def test_a_cancellation_that_comes_too_late_changes_nothing() -> None:
    stand = Stand()
    stand.life.act(ENV, Action.DEPLOY, ADA, [API])
    stand.clock.advance(4)
    stand.life.cancel(ENV)
    stand.clock.run_out()
    assert stand.service(API) == "DEPLOYED"


def test_nothing_merges_with_what_is_being_canceled() -> None:
    stand = Stand()
    first = stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.life.cancel(ENV)
    second = stand.life.act(ENV, Action.DEPLOY, ADA)
    assert second is not first
    stand.clock.run_out()
    assert (first.state, second.state) == ("CANCELED", "DEPLOYED")


def test_a_cancellation_never_hits_the_action_after_the_one_it_was_for() -> None:
    stand = Stand()
    stand.life.act(ENV, Action.DEPLOY, ADA, [API])
    second = stand.life.act(ENV, Action.DEPLOY, BOB)
    stand.clock.advance(4)
    stand.life.cancel(ENV)
    stand.clock.run_out()
    assert second.state == "DEPLOYED"


def test_no_stage_begins_after_a_cancellation(stand: Stand) -> None:
    job = next(service for service in stand.world.services(ENV) if service.id == JOB)
    web = next(service for service in stand.world.services(ENV) if service.id == WEB)
    stand.world.environments[ENV] = [attrs.evolve(job, stage_id=STAGES[0].id), web]
    stand.life.act(ENV, Action.DEPLOY, ADA)
    stand.until(lambda: stand.service(JOB) == "DEPLOYING")
    stand.life.cancel(ENV)
    assert stand.course(lambda: stand.service(WEB)) == ["QUEUED", "CANCELED"]
    assert stand.service(JOB) == "DEPLOYED"
    assert stand.environment == "CANCELED"
