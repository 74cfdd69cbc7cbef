"""Which actions wait for each other, which merge, and what does the queue list?"""

from __future__ import annotations

from qovery_async.emulator.life import history, statuses
from qovery_async.emulator.life.actions import Action
from tests.support.life_world import ADA, API, BOB, DB, DOCS, ENV, JOB, WEB, Stand


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
