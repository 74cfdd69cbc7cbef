"""Which environments does `office_hours.py` stop and start, and what does it say of those that fail?"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from qovery_async.emulator import Fault
from tests.examples.conftest import MakeStage, Stage

QUICK = 60
"""A deployment takes some 10 seconds of the emulator's clock."""


def states(stage: Stage) -> Mapping[str, str | None]:
    inventory = stage.client.inventory()
    return {f"{one.project.name}/{one.name}": one.state for one in inventory.environments}


def test_the_plan_is_printed_and_nothing_is_done(make_stage: MakeStage) -> None:
    stage = make_stage(QUICK)
    before = states(stage)
    planned = stage.run("office_hours.py", "stop")
    assert (planned.returncode, planned.stderr) == (0, "")
    *lines, last = planned.stdout.splitlines()
    assert {line.split()[2] for line in lines} == {path for path in before if not path.endswith("/production")}
    assert last == f"{len(lines)} environments; nothing was done, --yes does it"
    assert states(stage) == before


def test_production_is_stopped_only_if_asked_for(make_stage: MakeStage) -> None:
    stage = make_stage(QUICK)
    planned = stage.run("office_hours.py", "stop", "--mode", "PRODUCTION", "--name", "shop/*")
    assert planned.stdout.startswith("would stop  shop/production ")
    assert "\n1 environments; nothing was done" in planned.stdout


@pytest.mark.slow
def test_what_stops_at_night_starts_in_the_morning(make_stage: MakeStage) -> None:
    stage = make_stage(QUICK)
    rule = ("--name", "payments/*", "--name", "*/experiments", "--yes")
    before = states(stage)
    night = stage.run("office_hours.py", "stop", *rule)
    assert night.returncode == 0, night.stderr
    assert night.stdout.endswith("stop: 3 done, 0 failed\n")
    stopped = {"payments/staging", "payments/sandbox", "analytics/experiments"}
    assert states(stage) == {**before, **dict.fromkeys(stopped, "STOPPED")}
    assert stage.run("office_hours.py", "stop", *rule).stdout == "stop: 0 done, 0 failed\n"
    morning = stage.run("office_hours.py", "start", *rule)
    assert morning.returncode == 0, morning.stderr
    assert states(stage) == {**before, **dict.fromkeys(stopped, "DEPLOYED")}


@pytest.mark.slow
def test_one_failure_hides_no_other_environment_and_ends_with_status_1(make_stage: MakeStage) -> None:
    stage = make_stage(QUICK)
    stage.emulator.faults.add(Fault.status(403), call="environments.stop", count=1)
    night = stage.run("office_hours.py", "stop", "--name", "payments/*", "--yes")
    assert night.returncode == 1
    assert night.stdout.count("failed: ") == 1
    assert "STOPPED" in night.stdout
    assert night.stdout.endswith("stop: 1 done, 1 failed\n")
