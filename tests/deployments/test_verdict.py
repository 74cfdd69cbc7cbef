"""Is a state from before the action ever taken for its result, and does every end get its verdict?"""

from __future__ import annotations

import itertools
from typing import Any

import attrs
import pytest

from qovery_async import models
from qovery_async.deployments.cluster_errand import ClusterExpectation
from qovery_async.deployments.kinds import ACTIONS, DeploymentAction
from qovery_async.deployments.patience import intervals
from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot
from qovery_async.deployments.verdict import GRACE, SUCCESS, Expectation, Verdict, is_over
from qovery_async.models import ClusterStateEnum, StateEnum
from tests.support.timelines import EPOCH, Part, Request, service

WAIT, ASK, DONE, FAILED, CANCELED = Verdict.WAIT, Verdict.ASK, Verdict.DONE, Verdict.FAILED, Verdict.CANCELED
GONE = EnvironmentSnapshot(environment_id="e", is_gone=True)
SUCCESSES = [(action, state) for action in ACTIONS for state in sorted(SUCCESS[action])]
RUNNING = [state for state in StateEnum if not is_over(state)]


def run(id_: str) -> Request:
    return Request(id_, "ada", "deploy", 0, 0, set(), whole=True)


def shown(state: str, request: str | None = None, run_: str | None = None, **services: Any) -> EnvironmentSnapshot:
    """An environment of a state, whose last deployment has these ids; services by name: state, request, what waits."""
    status = models.EnvironmentStatus(
        id="e",
        state=StateEnum(state),
        last_deployment_state=StateEnum(state),
        last_deployment_id=run_ or request,
        deployment_request_id=request,
    )
    parts = {
        name: (*given, 0)[:3] if isinstance(given, tuple) else (given, request, 0) for name, given in services.items()
    }
    return EnvironmentSnapshot(
        environment_id="e",
        status=status,
        services=tuple(
            service(name, Part(state, "SUCCESS", run(id_) if id_ else None, 0.0), waits)
            for name, (state, id_, waits) in parts.items()
        ),
    )


def course(expectation: Expectation, *seen: EnvironmentSnapshot, step: float = 1.0) -> list[Verdict]:
    return [expectation.see(each, number * step) for number, each in enumerate(seen)]


def asked(action: DeploymentAction, before: EnvironmentSnapshot, id_: str | None = "mine", *ids: str) -> Expectation:
    return Expectation(action=action, before=before, request_id=id_, service_ids=frozenset(ids) or None)


class TestWhoseStateItIs:
    @pytest.mark.parametrize(("action", "state"), SUCCESSES)
    def test_the_state_from_before_is_not_the_result(self, action: DeploymentAction, state: str) -> None:
        before = shown(state, "old", web=state)
        assert set(course(asked(action, before), *[before] * 5)) == {WAIT}
        assert set(course(asked(action, before, None), *[before] * 60)) == {WAIT}

    @pytest.mark.parametrize("state", ["BUILD_ERROR", "DEPLOYMENT_ERROR", "CANCELED"])
    def test_an_old_failure_is_not_the_result(self, state: str) -> None:
        before = shown(state, "old", web=state)
        assert set(course(asked("deploy", before), *[before] * 5)) == {WAIT}
        assert set(course(asked("deploy", before, None), *[before] * 60)) == {WAIT}

    @pytest.mark.parametrize(("action", "state"), [each for each in SUCCESSES if each[0] != "delete"])
    def test_the_end_of_the_request_is_its_success_at_once(self, action: DeploymentAction, state: str) -> None:
        before = shown("DEPLOYED", "old")
        assert course(asked(action, before), before, shown("QUEUED", "mine"), shown(state, "mine")) == [
            WAIT,
            WAIT,
            DONE,
        ]

    @pytest.mark.parametrize("state", ["BUILD_ERROR", "STOP_ERROR", "FUTURE_ERROR"])
    def test_an_error_of_the_request_is_its_failure_at_once(self, state: str) -> None:
        assert course(asked("deploy", shown("DEPLOYED", "old")), shown(state, "mine")) == [FAILED]

    def test_who_cancels_has_succeeded_and_others_have_not(self) -> None:
        before, end = shown("DEPLOYING", "mine"), shown("CANCELED", "mine")
        assert course(asked("cancel", before), before, end) == [WAIT, DONE]
        assert course(asked("deploy", shown("READY")), end) == [CANCELED]

    @pytest.mark.parametrize("state", ["DEPLOYED", "BUILD_ERROR", "CANCELED"])
    def test_the_end_of_another_users_deployment_is_not_the_result(self, state: str) -> None:
        before = shown("DEPLOYING", "theirs")
        seen = course(asked("deploy", before), before, shown(state, "theirs"), shown("DEPLOYING", "mine"))
        assert seen == [WAIT] * 3

    def test_the_api_is_asked_once_anothers_deployment_hides_the_end(self) -> None:
        expectation = asked("deploy", shown("READY"))
        hidden = [shown("DEPLOYING", "theirs")] * 8
        assert course(expectation, *hidden).index(ASK) == GRACE
        assert [expectation.told(state) for state in ("DEPLOYING", "WARMING_UP", "DEPLOYED")] == [WAIT, WAIT, DONE]
        assert [expectation.told(state) for state in ("BUILD_ERROR", "CANCELED", "READY")] == [FAILED, CANCELED, FAILED]

    @pytest.mark.parametrize(("state", "told"), [("DEPLOYED", FAILED), ("BUILD_ERROR", FAILED), ("CANCELED", DONE)])
    def test_a_cancellation_that_came_too_late_has_failed(self, state: str, told: Verdict) -> None:
        assert asked("cancel", shown("DEPLOYING", "mine")).told(state) is told

    def test_an_id_is_given_up_once_the_api_does_not_know_it(self) -> None:
        expectation = asked("deploy", shown("DEPLOYED", "old", web="DEPLOYED"))
        assert expectation.told(None) is WAIT
        ended = shown("DEPLOYED", "merged", web="DEPLOYED")
        seen = course(expectation, shown("DEPLOYING", "merged", web="DEPLOYING"), *[ended] * 8)
        assert seen == [WAIT] * 6 + [DONE] * 3, "what is newer counts once nothing has run or waited for 5 s"

    def test_without_ids_a_new_date_tells_what_is_new(self) -> None:
        def dated(hour: int) -> EnvironmentSnapshot:
            status = models.EnvironmentStatus(
                id="e",
                state=StateEnum("DELETED"),
                last_deployment_state=StateEnum("DELETED"),
                last_deployment_date=EPOCH.replace(hour=hour),
            )
            return EnvironmentSnapshot(environment_id="e", status=status, services=shown("READY", a="READY").services)

        assert set(course(asked("uninstall", dated(9), None), *[dated(9)] * 8)) == {WAIT}
        assert course(asked("uninstall", dated(9), None), *[dated(10)] * 8)[-1] is DONE


class TestWaiting:
    @pytest.mark.parametrize("state", [*RUNNING, "WARMING_UP", "", "FROM_THE_FUTURE"])
    @pytest.mark.parametrize("action", ACTIONS)
    def test_what_is_under_way_or_unknown_keeps_waiting(self, action: DeploymentAction, state: str) -> None:
        assert set(course(asked(action, shown("READY")), *[shown(state, "mine")] * 60)) == {WAIT}
        assert set(course(Expectation(action=action), *[shown(state, "mine")] * 60)) == {WAIT}

    def test_a_state_that_was_not_asked_for_is_asked_about_before_it_is_a_failure(self) -> None:
        seen = course(asked("deploy", shown("DEPLOYED", "old")), *[shown("STOPPED", "mine")] * 8)
        assert seen.index(ASK) == GRACE

    def test_the_api_is_asked_less_and_less_often(self) -> None:
        """At most 300 requests an hour, together with the looks."""
        at, times, expectation = 0.0, list[float](), asked("deploy", shown("READY"))
        looks = 0
        for seconds in intervals():
            at += seconds
            if at > 3600:
                break
            looks += 1
            if expectation.see(shown("DEPLOYING", "theirs"), at) is ASK:
                times.append(at)
                assert expectation.told("DEPLOYMENT_QUEUED") is WAIT
        assert looks + len(times) <= 300
        assert times[0] < 10
        assert max(later - sooner for sooner, later in itertools.pairwise(times)) < 330

    def test_what_waits_in_the_queue_is_not_over(self) -> None:
        ended = shown("DEPLOYED", "theirs", web=("DEPLOYED", "theirs", 1))
        assert set(course(asked("uninstall", shown("READY", web="READY"), None), *[ended] * 60)) == {WAIT}


class TestDeleting:
    @pytest.mark.parametrize("action", ACTIONS)
    def test_an_environment_that_is_gone_is_deleted_and_else_a_failure(self, action: DeploymentAction) -> None:
        for expectation in asked(action, shown("READY")), Expectation(action=action):
            assert course(expectation, GONE) == [DONE if action == "delete" else FAILED]

    def test_an_uninstall_by_another_is_no_deletion(self) -> None:
        ended = shown("DELETED", "theirs", web="DELETED")
        assert set(course(asked("delete", shown("DEPLOYED", "old", web="DEPLOYED"), None), *[ended] * 60)) == {WAIT}
        assert set(course(Expectation(action="delete"), *[ended] * 60)) == {WAIT}

    def test_services_are_deleted_once_they_are_not_listed(self) -> None:
        before = shown("DEPLOYED", "old", web="DEPLOYED", api="DEPLOYED")
        expectation = asked("delete", before, None, "web")
        listed, gone = shown("DELETED", "new", web="DELETED", api="DEPLOYED"), shown("DELETED", "new", api="DEPLOYED")
        assert course(expectation, *[listed] * 9, gone) == [WAIT] * 9 + [DONE]

    def test_a_service_deleted_meanwhile_is_a_failure(self) -> None:
        before = shown("DEPLOYED", "old", web="DEPLOYED")
        assert course(asked("deploy", before, "mine", "web"), shown("DEPLOYING", "mine")) == [FAILED]
        assert course(asked("stop", before, None, "web"), shown("STOPPING", "new")) == [FAILED]

    def test_a_deletion_that_failed_is_a_failure_once_nothing_runs(self) -> None:
        before, end = shown("DEPLOYED", "old", web="DEPLOYED"), shown("DELETE_ERROR", "new", web="DELETE_ERROR")
        assert course(asked("delete", before, None), *[end] * 6)[-1] is FAILED
        assert course(asked("delete", before, None, "web"), *[end] * 6)[-1] is FAILED


class TestServices:
    BEFORE = shown("DEPLOYED", "old", web="DEPLOYED", api="DEPLOYED")

    def test_all_of_them_must_have_ended(self) -> None:
        half = shown("DEPLOYING", "mine", web="DEPLOYED", api="DEPLOYING")
        both = shown("DEPLOYING", "mine", web="DEPLOYED", api="DEPLOYED", db="DEPLOYING")
        assert course(asked("deploy", self.BEFORE, "mine", "web", "api"), half, both) == [WAIT, DONE]

    def test_those_of_another_request_do_not_count(self) -> None:
        theirs = shown("DEPLOYING", "mine", web=("DEPLOYED", "theirs"), api="DEPLOYED")
        assert course(asked("deploy", self.BEFORE, "mine", "web", "api"), theirs) == [WAIT]

    @pytest.mark.parametrize(("ends", "verdict"), [("BUILD_ERROR", FAILED), ("CANCELED", CANCELED)])
    def test_the_worst_of_them_decides(self, ends: str, verdict: Verdict) -> None:
        end = shown(ends, "mine", web="DEPLOYED", api=ends)
        assert course(asked("deploy", self.BEFORE, "mine", "web", "api"), end) == [verdict]

    def test_one_that_an_earlier_stage_left_behind_has_failed_with_it(self) -> None:
        now = shown("BUILD_ERROR", "mine", web="DEPLOYED", db="BUILD_ERROR")
        never = attrs.evolve(now.services[0].status.status_details, status=models.ServiceActionStatusEnum("NEVER"))
        web = attrs.evolve(now.services[0], status=attrs.evolve(now.services[0].status, status_details=never))
        now = attrs.evolve(now, services=(web, now.services[1]))
        before = shown("DEPLOYED", "old", web="DEPLOYED", db="DEPLOYED")
        assert course(asked("deploy", before, "mine", "web"), now) == [FAILED]

    def test_a_stop_is_done_once_they_are_stopped_anew(self) -> None:
        expectation = asked("stop", self.BEFORE, None, "web")
        seen = course(
            expectation, self.BEFORE, shown("STOPPING", "n", web="STOPPING"), shown("STOPPED", "n", web="STOPPED")
        )
        assert seen == [WAIT, WAIT, DONE]

    def test_a_failure_of_another_users_action_on_them_is_not_the_result(self) -> None:
        theirs = shown("DEPLOYMENT_ERROR", "theirs", web=("DEPLOYMENT_ERROR", "theirs", 1), api="DEPLOYED")
        assert set(course(asked("stop", self.BEFORE, None, "web"), *[theirs] * 60)) == {WAIT}

    def test_one_that_was_stopped_already_does_not_keep_the_others_waiting(self) -> None:
        before = shown("DEPLOYED", "old", web="DEPLOYED", api="STOPPED")
        end = shown("STOPPED", "new", web="STOPPED", api=("STOPPED", "old"))
        assert course(asked("stop", before, None, "web", "api"), *[end] * 6)[-1] is DONE

    def test_an_uninstall_of_one_service_by_another_is_not_that_of_the_environment(self) -> None:
        waits = shown("DELETED", "theirs", web="DELETED", api=("DEPLOYED", "old", 1))
        assert set(course(asked("uninstall", self.BEFORE, None), *[waits] * 60)) == {WAIT}


class TestJoining:
    def test_what_was_busy_is_judged_at_its_end(self) -> None:
        seen = shown("DEPLOYED", "a"), shown("DEPLOYING", "b"), shown("DEPLOYED", "b")
        assert course(Expectation(action="deploy"), *seen) == [WAIT, WAIT, DONE]

    @pytest.mark.parametrize(
        ("state", "verdict"), [("DEPLOYED", DONE), ("BUILD_ERROR", FAILED), ("CANCELED", CANCELED), ("STOPPED", FAILED), ("READY", FAILED)]
    )  # fmt: skip
    def test_without_anything_under_way_the_last_deployment_is_judged_after_a_while(
        self, state: str, verdict: Verdict
    ) -> None:
        seen = course(Expectation(action="deploy"), *[shown(state, "a")] * 6)
        assert seen == [WAIT] * 5 + [verdict]

    def test_it_waits_for_all_that_is_queued(self) -> None:
        between = shown("DEPLOYED", "a", web=("DEPLOYED", "a", 1))
        assert course(Expectation(action="deploy"), shown("DEPLOYING", "a"), between, between) == [WAIT] * 3


def cluster(state: str, run_: str | None = None) -> ClusterSnapshot:
    status = models.ClusterStatus(
        cluster_id="c",
        status=ClusterStateEnum(state),
        is_deployed=True,
        reason=models.DeploymentInfraReason.UNSPECIFIED,
        last_execution_id=run_,
    )
    return ClusterSnapshot(cluster_id="c", status=status)


CLUSTERS: list[tuple[Any, str, bool | None]] = [
    ("deploy", "DEPLOYED", True), ("deploy", "RESTARTED", True), ("upgrade", "DEPLOYED", True), ("stop", "STOPPED", True),
    ("delete", "DELETED", True), ("deploy", "INVALID_CREDENTIALS", False), ("deploy", "BUILD_ERROR", False),
    ("stop", "FUTURE_ERROR", False), ("deploy", "CANCELED", False), ("deploy", "STOPPED", False), ("deploy", "READY", False),
    ("deploy", "DRY_RUN", None), ("deploy", "FROM_THE_FUTURE", None), ("stop", "STOPPING", None),
]  # fmt: skip


class TestClusters:
    @pytest.mark.parametrize(("action", "state", "verdict"), CLUSTERS)
    def test_the_state_after_it_was_busy_decides(self, action: Any, state: str, verdict: bool | None) -> None:  # noqa: FBT001
        expectation = ClusterExpectation(action=action, before=cluster("DEPLOYED", "old"))
        assert [expectation.see(cluster(each)) for each in ("DEPLOYING", state)] == [None, verdict]

    @pytest.mark.parametrize(("action", "state", "verdict"), CLUSTERS)
    def test_a_state_of_a_new_run_decides_though_nothing_was_seen_of_it(
        self,
        action: Any,
        state: str,
        verdict: bool | None,  # noqa: FBT001
    ) -> None:
        expectation = ClusterExpectation(action=action, before=cluster("DEPLOYED", "old"))
        assert expectation.see(cluster(state, "new")) is verdict

    @pytest.mark.parametrize(("action", "state", "verdict"), CLUSTERS)
    def test_the_state_from_before_is_not_the_result(self, action: Any, state: str, verdict: bool | None) -> None:  # noqa: FBT001
        before = cluster(state, "old")
        expectation = ClusterExpectation(action=action, before=before)
        assert {expectation.see(before) for _ in range(60)} == {None}

    def test_one_that_is_gone_is_deleted_and_else_a_failure(self) -> None:
        gone = ClusterSnapshot(cluster_id="c", is_gone=True)
        for action in ("deploy", "upgrade", "stop", "delete"):
            expectation = ClusterExpectation(action=action, before=cluster("DEPLOYED"))
            assert expectation.see(gone) is (action == "delete")
