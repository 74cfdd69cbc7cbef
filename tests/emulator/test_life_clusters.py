"""Through which states do actions on clusters lead?"""

from __future__ import annotations

import pytest

from qovery_async import models
from qovery_async.codec.reader import Codec
from qovery_async.emulator.life.actions import Action, ActionRefused
from qovery_async.emulator.life.clock import SteppedClock, stamp
from qovery_async.emulator.life.cluster_logs import MOST
from qovery_async.emulator.life.clusters import ClusterLives
from qovery_async.models import ClusterStateEnum
from tests.support.life_world import SmallWorld

ID = "c0000000-0000-4000-8000-000000000001"


class Ground:
    def __init__(self) -> None:
        self.world, self.clock = SmallWorld(), SteppedClock()
        self.clusters = ClusterLives(self.world, self.clock, seed=1)

    def status(self) -> models.ClusterStatus:
        return Codec(strict=True).decode(self.clusters.status(ID), models.ClusterStatus, operation="t")

    def act(self, action: Action) -> str:
        self.clusters.act(ID, action)
        self.clock.run_out()
        return self.status().status.value


@pytest.fixture
def ground() -> Ground:
    return Ground()


def test_a_cluster_is_ready_and_not_deployed_at_first(ground: Ground) -> None:
    status = ground.status()
    assert (status.status, status.is_deployed, status.last_deployment_date) == ("READY", False, None)


@pytest.mark.parametrize(
    ("action", "course"),
    [
        (Action.DEPLOY, "READY DEPLOYMENT_QUEUED DEPLOYING DEPLOYED"),
        (Action.STOP, "READY STOP_QUEUED STOPPING STOPPED"),
        (Action.DELETE, "READY DELETE_QUEUED DELETING READY"),
    ],
)
def test_a_cluster_goes_through_the_states_of_the_action(ground: Ground, action: Action, course: str) -> None:
    ground.clusters.act(ID, action)
    seen = [ground.status().status.value]
    for _ in range(300):
        ground.clock.advance(0.05)
        if ground.status().status != seen[-1]:
            seen.append(ground.status().status.value)
    assert seen == course.split()


def test_an_action_shows_after_the_lag_and_is_answered_at_once(ground: Ground) -> None:
    answer = ground.clusters.act(ID, Action.DEPLOY)
    assert answer["status"] == "DEPLOYMENT_QUEUED"
    ground.clock.advance(2.9)
    assert ground.status().status == "READY"
    ground.clock.advance(0.2)
    assert ground.status().status == "DEPLOYMENT_QUEUED"


def test_a_deployed_cluster_says_so_even_when_stopped(ground: Ground) -> None:
    ground.act(Action.DEPLOY)
    assert ground.status().is_deployed
    assert ground.status().last_execution_id
    assert ground.clusters.status(ID)["last_deployment_date"] == stamp(ground.clock.now())
    ground.act(Action.STOP)
    assert ground.status().is_deployed


def test_one_action_at_a_time(ground: Ground) -> None:
    ground.clusters.act(ID, Action.DEPLOY)
    for _ in range(3):
        with pytest.raises(ActionRefused, match="in progress"):
            ground.clusters.act(ID, Action.STOP)
        ground.clock.advance(2)
    ground.clock.run_out()
    assert ground.act(Action.STOP) == "STOPPED"
    with pytest.raises(ActionRefused, match="already stopped"):
        ground.clusters.act(ID, Action.STOP)


@pytest.mark.parametrize(
    ("action", "error"),
    [(Action.DEPLOY, "DEPLOYMENT_ERROR"), (Action.STOP, "STOP_ERROR"), (Action.DELETE, "DELETE_ERROR")],
)
def test_an_action_told_to_fail_fails_once(ground: Ground, action: Action, error: str) -> None:
    ground.clusters.fail_next(ID)
    assert ground.act(action) == error
    assert ground.world.removed == []
    assert ground.act(Action.DEPLOY) == "DEPLOYED"


def test_credentials_can_be_what_fails(ground: Ground) -> None:
    ground.clusters.fail_next(ID, credentials=True)
    assert ground.act(Action.DEPLOY) == "INVALID_CREDENTIALS"


def test_a_deleted_cluster_is_removed(ground: Ground) -> None:
    ground.act(Action.DEPLOY)
    ground.act(Action.DELETE)
    assert ground.world.removed == [("CLUSTER", ID)]


def test_a_cluster_can_be_put_into_a_past(ground: Ground) -> None:
    ground.clusters.restore(ID, ClusterStateEnum.DEPLOYED, at=ground.clock.now())
    assert (ground.status().status, ground.status().is_deployed) == ("DEPLOYED", True)


def test_a_forgotten_cluster_does_nothing_more(ground: Ground) -> None:
    ground.clusters.act(ID, Action.DEPLOY)
    ground.clusters.forget(ID)
    ground.clusters.forget(ID)
    ground.clock.run_out()
    assert ground.status().status == "READY"


def test_a_cluster_shows_each_of_its_states(ground: Ground) -> None:
    ground.act(Action.DEPLOY)
    assert ground.world.clusters[ID] == (ClusterStateEnum.DEPLOYED, "")
    ground.clusters.act(ID, Action.DEPLOY, upgrade_to="1.34")
    ground.clock.advance(4)
    assert ground.world.clusters[ID] == (ClusterStateEnum.DEPLOYING, "")
    ground.clock.run_out()
    assert ground.world.clusters[ID] == (ClusterStateEnum.DEPLOYED, "1.34")
    ground.act(Action.STOP)
    assert ground.world.clusters[ID] == (ClusterStateEnum.STOPPED, "1.34")


def test_an_upgrade_that_fails_is_over(ground: Ground) -> None:
    ground.clusters.fail_next(ID)
    ground.clusters.act(ID, Action.DEPLOY, upgrade_to="1.34")
    ground.clock.run_out()
    ground.act(Action.DEPLOY)
    assert ground.world.clusters[ID] == (ClusterStateEnum.DEPLOYED, "")


def test_the_lines_of_a_log_have_distinct_times_and_are_limited(ground: Ground) -> None:
    for _ in range(MOST // 3):
        ground.act(Action.DEPLOY)
        ground.act(Action.STOP)
    entries = ground.clusters.cluster(ID).entries
    assert len(entries) == len({entry.at for entry in entries}) == MOST
    assert [entry.step for entry in entries[-3:]] == ["LoadConfiguration", "Pause", "Paused"]
