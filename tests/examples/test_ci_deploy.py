"""What does a CI job get from `ci_deploy.py` and `ci_deploy_sync.py`: which lines, and which exit status?"""

from __future__ import annotations

import signal

import pytest

from tests.examples.conftest import MakeStage, Stage, Started

BOTH = pytest.mark.parametrize("example", ["ci_deploy.py", "ci_deploy_sync.py"])
QUICK, SLOW = 30, 3
"""A deployment takes some 10 seconds of the emulator's clock."""
COMMIT = "4f2c1d7e9a3b5c6d8e0f1a2b3c4d5e6f7a8b9c0d"


def shop(stage: Stage) -> tuple[str, str, str]:
    """The ids of an environment and of two services of it."""
    environment = stage.environment("shop", "staging")
    return environment, stage.service(environment, "storefront"), stage.service(environment, "api")


def under_way(stage: Stage, example: str) -> Started:
    """Starts the example, and returns once it has printed that the deployment runs."""
    environment, storefront, _ = shop(stage)
    process = stage.start(example, environment, f"{storefront}={COMMIT}")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("storefront (application): ")
    return process


@pytest.mark.slow
@BOTH
def test_a_deployment_of_two_services_ends_with_status_0(make_stage: MakeStage, example: str) -> None:
    stage = make_stage(QUICK)
    environment, storefront, api = shop(stage)
    before = stage.client.environments.get_status(environment).last_deployment_id
    done = stage.run(example, environment, f"{storefront}={COMMIT}", f"{api}={COMMIT}")
    assert (done.returncode, done.stderr) == (0, "")
    *changes, last = done.stdout.splitlines()
    assert last == f"Deployed: {storefront} {COMMIT}, {api} {COMMIT}"
    assert {"storefront (application): DEPLOYED", "api (application): DEPLOYED"} <= set(changes)
    assert len(changes) == len(set(changes)), "each change is printed once"
    statuses = stage.client.environments.get_statuses(environment)
    assert statuses.environment.last_deployment_id != before
    ours = [status for status in statuses.applications if status.id in (storefront, api)]
    assert [status.state for status in ours] == ["DEPLOYED", "DEPLOYED"]
    assert len({status.execution_id for status in ours}) == 1, "one deployment for both"


@BOTH
def test_a_failed_build_ends_with_status_1_and_shows_service_step_and_log(make_stage: MakeStage, example: str) -> None:
    stage = make_stage(QUICK)
    environment, storefront, _ = shop(stage)
    stage.emulator.fail_next_build(storefront)
    done = stage.run(example, environment, f"{storefront}={COMMIT}")
    assert done.returncode == 1
    assert "Deployed" not in done.stdout
    first, *log = done.stderr.splitlines()
    assert "Services: storefront (application, BUILD_ERROR)." in first
    assert "Step: BUILD." in first
    assert "  storefront: BUILDING" in log
    assert log[-1].startswith("  storefront: BUILD_ERROR")


@pytest.mark.slow
@BOTH
def test_what_does_not_end_in_time_ends_with_status_2_and_says_how_to_cancel_it(
    make_stage: MakeStage, example: str
) -> None:
    stage = make_stage(SLOW)
    environment, storefront, _ = shop(stage)
    done = stage.run(example, environment, f"{storefront}={COMMIT}", "--timeout", "1.5")
    assert done.returncode == 2
    assert "had not ended after 1.5 s" in done.stderr
    assert f"client.deployments.cancel('{environment}'" in done.stderr


@pytest.mark.slow
@BOTH
def test_a_deployment_that_someone_cancels_ends_with_status_2(make_stage: MakeStage, example: str) -> None:
    stage = make_stage(SLOW)
    process = under_way(stage, example)
    stage.client.environments.cancel_deployment(stage.environment("shop", "staging"))
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "was canceled." in said) == (2, True)


@pytest.mark.slow
@BOTH
def test_ctrl_c_ends_with_status_2_and_says_how_to_cancel_what_goes_on(make_stage: MakeStage, example: str) -> None:
    process = under_way(make_stage(SLOW), example)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "Stopped waiting for the deploy of storefront" in said
    assert "client.deployments.cancel(" in said
    assert "Traceback" not in said


@BOTH
def test_a_service_that_is_not_there_ends_with_status_1_and_deploys_nothing(
    make_stage: MakeStage, example: str
) -> None:
    stage = make_stage(QUICK)
    environment, storefront, _ = shop(stage)
    before = stage.client.environments.get_statuses(environment)
    done = stage.run(example, environment, f"{storefront}={COMMIT}", "missing=1.2")
    assert (done.returncode, "service missing cannot be acted on" in done.stderr) == (1, True)
    assert stage.client.environments.get_statuses(environment) == before


@BOTH
def test_a_service_without_a_version_is_told_before_any_request(make_stage: MakeStage, example: str) -> None:
    stage = make_stage(QUICK)
    done = stage.run(example, "environment", "service")
    assert (done.returncode, "'service' is not SERVICE_ID=VERSION" in done.stderr) == (2, True)
