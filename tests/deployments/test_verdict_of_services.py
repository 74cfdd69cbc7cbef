"""What does a state say about one of the services, and about those that others deploy at the same time?"""

from __future__ import annotations

import itertools

import pytest

from qovery_async.deployments.kinds import DeploymentAction
from qovery_async.deployments.verdict import GRACE, RAREST, Verdict
from tests.deployments.test_verdict import asked, course, shown

WAIT, ASK, DONE, FAILED, CANCELED = Verdict.WAIT, Verdict.ASK, Verdict.DONE, Verdict.FAILED, Verdict.CANCELED
BEFORE = shown("DEPLOYED", "old", web="DEPLOYED", api="DEPLOYED")


class TestOneService:
    @pytest.mark.parametrize(("action", "verdict"), [("delete", DONE), ("deploy", FAILED), ("stop", FAILED)])
    def test_that_is_gone_is_what_deleting_wants(self, action: DeploymentAction, verdict: Verdict) -> None:
        assert asked(action, BEFORE).of_service("web", shown("DEPLOYED", "mine", api="DEPLOYED")) is verdict

    def test_is_judged_by_the_request_that_it_carries(self) -> None:
        expectation = asked("deploy", BEFORE, "mine")
        now = shown("DEPLOYING", "mine", web=("DEPLOYED", "mine"), api=("DEPLOYED", "old"), job=("BUILD_ERROR", "mine"))
        assert [expectation.of_service(name, now) for name in ("web", "api", "job")] == [DONE, WAIT, FAILED]

    def test_is_judged_by_what_is_newer_where_the_request_is_not_known(self) -> None:
        expectation = asked("deploy", BEFORE, None)
        now = shown("DEPLOYING", "mine", web=("DEPLOYED", "mine"), api=("DEPLOYED", "old"), job=("BUILD_ERROR", "mine"))
        assert [expectation.of_service(name, now) for name in ("web", "api", "job")] == [DONE, WAIT, FAILED]

    def test_is_judged_at_once_where_nothing_was_seen_before(self) -> None:
        expectation = asked("deploy", BEFORE, None)
        expectation.before = None
        assert expectation.of_service("api", shown("DEPLOYED", "old", api="DEPLOYED")) is DONE
        assert expectation.of_service("api", shown("STOPPED", "old", api="STOPPED")) is WAIT

    def test_that_says_nothing_of_its_last_action_is_judged_by_its_state(self) -> None:
        now = shown("DEPLOYED", "mine", web="DEPLOYED")
        now.services[0].status.status_details = None
        assert asked("deploy", BEFORE).of_service("web", now) is DONE


class TestSomeServices:
    def test_are_not_done_while_one_of_them_is_old(self) -> None:
        now = shown("DEPLOYED", "theirs", web=("DEPLOYED", "new"), api=("DEPLOYED", "old"))
        restarted = asked("restart", BEFORE, None, "web", "api")
        assert set(course(restarted, *[now] * int(GRACE))) == {WAIT}
        assert course(restarted, *[now] * 20)[-1] is FAILED, "one has come, the other has not"

    def test_wait_for_theirs_where_the_whole_is_done(self) -> None:
        now = shown("DEPLOYED", "mine", web=("DEPLOYED", "mine"), api=("DEPLOYED", "old"))
        assert course(asked("deploy", BEFORE, "mine", "web", "api"), now) == [WAIT]

    def test_an_old_failure_of_another_one_is_none_of_a_new_deployment(self) -> None:
        before = shown("BUILD_ERROR", "old", web="BUILD_ERROR", api="DEPLOYED")
        now = shown("DEPLOYED", "new", web=("BUILD_ERROR", "old"), api=("DEPLOYED", "new"))
        assert course(asked("deploy", before, None), *[now] * 20)[-1] is DONE

    def test_that_are_all_newer_are_judged_without_a_wait(self) -> None:
        now = shown("STOPPED", "new", web=("STOPPED", "new"), api=("STOPPED", "new"))
        assert course(asked("stop", BEFORE, None, "web", "api"), now) == [DONE]
        redeployed = shown("DEPLOYED", "new", web=("DEPLOYED", "new"), api=("DEPLOYED", "new"))
        assert course(asked("deploy", BEFORE, None, "web", "api"), redeployed) == [WAIT], "it may be another user's"

    def test_that_are_gone_fail_what_does_not_delete_them(self) -> None:
        now = shown("DEPLOYED", "new", web=("DEPLOYED", "new"))
        assert course(asked("deploy", BEFORE, None, "web", "api"), now) == [FAILED]
        assert course(asked("delete", BEFORE, None, "web", "api"), now)[0] is WAIT
        assert course(asked("delete", BEFORE, None, "api"), now) == [DONE]


class TestAnEmptyEnvironment:
    @pytest.mark.parametrize(("action", "verdict"), [("deploy", DONE), ("stop", DONE), ("delete", WAIT)])
    def test_has_nothing_to_wait_for_but_its_deletion(self, action: DeploymentAction, verdict: Verdict) -> None:
        empty = shown("DEPLOYED", "old")
        assert course(asked(action, empty, None), *[empty] * (int(GRACE) + 1))[-1] is verdict

    def test_is_one_that_had_no_services_either(self) -> None:
        full, empty = BEFORE, shown("DEPLOYED", "old")
        for before, now in ((full, empty), (empty, full)):
            assert set(course(asked("deploy", before, None), *[now] * 40)) <= {WAIT, DONE}
        assert set(course(asked("deploy", full, None), *[empty] * 40)) == {WAIT}


def test_canceled_parts_are_a_cancellation_and_failed_ones_a_failure() -> None:
    names = ("web", "api")
    ends = {
        CANCELED: shown("CANCELED", "mine", web="CANCELED", api="DEPLOYED"),
        FAILED: shown("CANCELED", "mine", web="CANCELED", api="BUILD_ERROR"),
    }
    for verdict, now in ends.items():
        assert course(asked("deploy", BEFORE, "mine", *names), now) == [verdict]


def test_the_questions_come_twice_as_rarely_each_time() -> None:
    expectation = asked("deploy", shown("READY"))
    seen = course(expectation, *[shown("DEPLOYING", "theirs")] * 1000)
    times = [number for number, verdict in enumerate(seen) if verdict is ASK]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps[:3] == [min(GRACE * 2**power, RAREST) for power in range(3)]
    assert max(gaps) == RAREST


def test_what_stirs_begins_the_wait_anew() -> None:
    expectation = asked("deploy", shown("READY"), None)
    now = shown("DEPLOYED", "new", web="DEPLOYED")
    assert expectation.see(now, 0.0) is WAIT
    expectation.stirred()
    assert [expectation.see(now, at) for at in (GRACE, 2 * GRACE - 1, 2 * GRACE)] == [WAIT, WAIT, DONE]
