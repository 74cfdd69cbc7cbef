"""What do the logs of deployments and services hold, and how much of it is kept?"""

from __future__ import annotations

from datetime import datetime
from typing import cast

import pytest

from qovery_async import models
from qovery_async.emulator.life import logs, statuses
from qovery_async.emulator.life.actions import Action
from tests.support.life_world import API, DOCS, ENV, JOB, WEB, Stand, decode, restored


def test_each_execution_has_its_log() -> None:
    stand = Stand()
    stand.act(Action.DEPLOY)
    first = statuses.environment_status(stand.life, ENV)["last_deployment_id"]
    stand.act(Action.STOP)
    messages = [line["message"]["safe_message"] for line in logs.deployment_logs(stand.life, ENV, first)]
    assert messages[0] == "Deploy requested by ada"
    assert "web: BUILDING" in messages
    assert messages[-1] == "Deploy ended: DEPLOYED"
    assert logs.deployment_logs(stand.life, ENV)[-1]["message"] == {"safe_message": "Stop ended: STOPPED"}
    assert logs.deployment_logs(stand.life, ENV, f"{ENV}-1") == []


def test_a_failure_is_an_error_in_the_log() -> None:
    stand = Stand()
    stand.life.fail_next_build(WEB)
    stand.act(Action.DEPLOY)
    (error,) = [line for line in logs.deployment_logs(stand.life, ENV) if line["type"] == "error"]
    assert error["error"]["tag"] == "BUILD_ERROR"
    assert error["details"]["transmitter"] == {"id": WEB, "name": "web", "type": "Application"}
    assert error["details"]["stage"]["name"] == "APP"


def service_lines(stand: Stand, service_id: str) -> list[str]:
    service = next(s for s in stand.world.services(ENV) if s.id == service_id)
    return [line["message"] for line in logs.service_logs(stand.life, service)]


def test_a_service_writes_from_its_start_to_its_stop() -> None:
    stand = Stand()
    assert service_lines(stand, API) == []
    stand.act(Action.DEPLOY, services=[API])
    assert service_lines(stand, API) == ["Starting api 1.2", "Ready"]
    stand.clock.advance(25)
    assert service_lines(stand, API)[2:] == ["Served request 1", "Served request 2"]
    stand.act(Action.STOP, services=[API])
    stopped = service_lines(stand, API)
    assert stopped[-1] == "Received SIGTERM, shutting down"
    stand.clock.advance(100)
    assert service_lines(stand, API) == stopped
    stand.act(Action.DEPLOY, services=[API])
    assert service_lines(stand, API) == [*stopped, "Starting api 1.2", "Ready"]


def test_only_the_last_thousand_lines_are_kept() -> None:
    stand = Stand()
    restored(stand)
    written = service_lines(stand, WEB)
    assert len(written) == 1000
    assert written[-1] == f"Served request {90 * 24 * 360}"
    stand.act(Action.STOP)
    stand.act(Action.DEPLOY)
    stand.clock.advance(11)
    written = service_lines(stand, WEB)
    assert len(written) == 1000
    assert written[-4:] == ["Received SIGTERM, shutting down", "Starting web c0ffee1", "Ready", "Served request 1"]


@pytest.mark.parametrize("beats", [996, 997, 998, 999, 1000])
def test_the_limit_holds_to_the_line(beats: int) -> None:
    stand = Stand()
    stand.act(Action.DEPLOY, services=[DOCS])
    stand.clock.advance(beats * 10)
    whole = ["Starting docs 0.1", "Ready", *(f"Served request {n}" for n in range(1, beats + 1))]
    assert service_lines(stand, DOCS) == whole[-1000:]


def test_times_in_logs_go_forward() -> None:
    stand = Stand()
    stand.act(Action.DEPLOY)
    stand.clock.advance(60)
    service = next(s for s in stand.world.services(ENV) if s.id == JOB)
    times = cast(
        "list[datetime]", [log.created_at for log in decode(logs.service_logs(stand.life, service), list[models.Log])]
    )
    assert times == sorted(times)
    assert times[-1] <= stand.clock.now()
