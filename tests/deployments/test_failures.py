"""Does each failure of a deployment end as the documentation says, in both faces?"""

from __future__ import annotations

import asyncio
import logging
import pickle
import sys
import textwrap

import anyio
import attrs
import pytest

from qovery_async import (
    AsyncQovery,
    Conflict,
    DeploymentCanceled,
    DeploymentError,
    DeploymentFailed,
    DeploymentTimeout,
    NotFound,
    QoveryError,
    RateLimited,
    ServerError,
    Unauthorized,
)
from qovery_async.emulator import Action, Emulator, Fault, Trigger
from tests.deployments.conftest import Place, clone
from tests.support import ROOT

pytestmark = pytest.mark.anyio

SECONDS = 20
LOOK = "environments.get_statuses_with_stages"


async def failed(
    place: Place, action: str = "deploy", *, seconds: float = SECONDS, **arguments: object
) -> DeploymentError:
    with pytest.raises(DeploymentError) as caught:
        await place(lambda client: getattr(client.deployments, action)(place.id, timeout=seconds, **arguments))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), again.__dict__) == (type(caught.value), str(caught.value), caught.value.__dict__)
    assert (caught.value.action, caught.value.environment_id) == (action, place.id)
    return caught.value


async def test_a_build_error_says_service_step_and_log(place: Place) -> None:
    api = place.services["APPLICATION"]
    place.emulator.life.fail_next_build(api.id)
    error = await failed(place)
    assert type(error) is DeploymentFailed
    assert (error.state, error.step) == ("BUILD_ERROR", "BUILD")
    found = {service.id: service for service in error.services}
    assert (found[api.id].name, found[api.id].type, found[api.id].state) == (api.name, "APPLICATION", "BUILD_ERROR")
    assert 0 < len(error.logs) <= 20
    for part in (api.name, "BUILD_ERROR", place.id, error.logs[-1], "failed"):
        assert part in str(error)


@pytest.mark.parametrize(
    ("action", "asked", "state"),
    [
        ("deploy", Action.DEPLOY, "DEPLOYMENT_ERROR"),
        ("stop", Action.STOP, "STOP_ERROR"),
        ("restart", Action.RESTART, "RESTART_ERROR"),
        ("delete", Action.DELETE, "DELETE_ERROR"),
        ("uninstall", Action.UNINSTALL, "DELETE_ERROR"),
    ],
)
async def test_each_action_can_fail(place: Place, action: str, asked: Action, state: str) -> None:
    if action != "deploy":
        await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    place.emulator.life.fail_next(place.services["DATABASE"].id, asked)
    error = await failed(place, action)
    assert (type(error), error.state) == (DeploymentFailed, state)


async def test_one_that_another_cancels_is_no_success(place: Place) -> None:
    life = place.emulator.life
    life.when(place.services["APPLICATION"].id, "BUILDING", lambda: life.cancel(place.id, force=True))
    error = await failed(place)
    assert (type(error), error.state) == (DeploymentCanceled, "CANCELED")


async def test_one_canceled_in_the_queue_is_no_success(place: Place) -> None:
    life = place.emulator.life
    life.durations = attrs.evolve(life.durations, action=10.0)
    life.act(place.id, Action.STOP, Trigger("bob"))

    async def cancel_the_deployment() -> None:
        while not (asked := [each for each in life.environment(place.id).pending if each.action is Action.DEPLOY]):
            await anyio.sleep(0.01)
        life.cancel_request(asked[0].id)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cancel_the_deployment)
        error = await failed(place)
    assert type(error) is DeploymentCanceled


async def test_an_old_failure_is_not_reported(place: Place) -> None:
    place.emulator.life.fail_next_build(place.services["APPLICATION"].id)
    await failed(place)
    end = await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    assert end.state == "DEPLOYED"


async def test_a_readiness_that_never_comes_is_a_timeout_that_says_how_to_cancel(place: Place) -> None:
    place.emulator.life.never_ready(place.services["APPLICATION"].id)
    error = await failed(place, seconds=2.0)
    assert (type(error), error.state) == (DeploymentTimeout, "DEPLOYING")
    for part in ("after 2 s", "DEPLOYING", f"client.deployments.cancel('{place.id}', timeout=...)", "It goes on"):
        assert part in str(error)
    assert place.state("APPLICATION") == "DEPLOYING"


async def test_a_timeout_during_the_request_says_that_it_may_go_on(place: Place) -> None:
    place.emulator.faults.add(Fault.latency(5), call="environments.deploy")
    error = await failed(place, seconds=0.5)
    assert type(error) is DeploymentTimeout
    assert "to cancel it: client.deployments.cancel" in str(error)


async def test_a_timeout_before_the_request_says_nothing_of_a_deployment(place: Place) -> None:
    place.emulator.faults.add(Fault.latency(5), call=LOOK)
    error = await failed(place, seconds=0.5)
    assert (type(error), error.state) == (DeploymentTimeout, "")
    assert "It goes on" not in str(error)


async def test_a_cancellation_that_comes_too_late_has_failed(place: Place) -> None:
    # The deployment ends after the request to cancel it, and before that takes effect.
    life = place.emulator.life
    life.durations = attrs.evolve(life.durations, action=60.0)
    life.act(place.id, Action.DEPLOY, Trigger("bob"), [place.services["DATABASE"].id])
    life.durations = attrs.evolve(life.durations, lag=120.0)
    with anyio.fail_after(10):
        while life.environment(place.id).execution is None:
            await anyio.sleep(0.01)
    error = await failed(place, "cancel")
    assert type(error) is DeploymentFailed
    assert "not CANCELED" in str(error)


async def test_an_environment_deleted_meanwhile_is_not_found(place: Place) -> None:
    emulator = place.emulator
    emulator.life.when(
        place.services["APPLICATION"].id,
        "BUILDING",
        lambda: emulator.state.remove(emulator.state.get("environment", place.id)),
    )
    with pytest.raises(NotFound) as caught:
        await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    assert any("was deleted while this waited" in note for note in caught.value.__notes__)


@pytest.mark.slow
async def test_an_outage_without_end_is_raised(place: Place) -> None:
    place.emulator.clock.call_later(5, lambda: place.emulator.faults.add(Fault.status(503)))
    with pytest.raises(ServerError):
        await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    assert place.asked.count(LOOK) > 5, "it has looked again and again"


async def test_an_error_that_does_not_pass_is_raised_at_once(place: Place) -> None:
    place.emulator.clock.call_later(5, lambda: place.emulator.faults.add(Fault.status(401), call=LOOK))
    with pytest.raises(Unauthorized):
        await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))


async def test_a_refused_request_is_raised(place: Place) -> None:
    with pytest.raises(Conflict):
        await place(lambda client: client.deployments.cancel(place.id, timeout=SECONDS))
    place.emulator.faults.add(Fault.status(409), call="environments.deploy")
    with pytest.raises(Conflict):
        await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))


async def test_limited_looks_wait_as_long_as_asked(place: Place) -> None:
    place.emulator.faults.add(Fault.rate_limited(retry_after=1), call=LOOK, count=2)
    with pytest.raises(RateLimited):  # nothing has been asked for yet
        await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    place.emulator.clock.call_later(
        5, lambda: place.emulator.faults.add(Fault.rate_limited(retry_after=1), call=LOOK, count=1)
    )
    place.emulator.faults.clear()
    end = await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
    assert end.state == "DEPLOYED"


async def test_a_log_that_cannot_be_read_hides_no_failure(place: Place) -> None:
    place.emulator.life.fail_next_build(place.services["APPLICATION"].id)
    place.emulator.faults.add(Fault.status(500), call="environments.list_deployment_logs")
    error = await failed(place)
    assert (type(error), error.step, error.logs) == (DeploymentFailed, "BUILD", ())
    assert error.services


async def test_unknown_states_keep_waiting_until_the_timeout(place: Place) -> None:
    fault = Fault.unknown_enums("FROM_THE_FUTURE", keys=["state", "last_deployment_state"])
    place.emulator.faults.add(fault, call=LOOK)
    error = await failed(place, seconds=2.0)
    assert (type(error), error.state) == (DeploymentTimeout, "FROM_THE_FUTURE")


async def test_a_cancelled_task_stops_at_once_and_says_how_to_cancel_the_deployment(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    place = await clone(emulator, "async", "preview-checkout")
    begun = asyncio.Event()
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        call = client.deployments.deploy(place.id, timeout=SECONDS, on_update=lambda _: begun.set())
        task = asyncio.create_task(call)
        await begun.wait()
        task.cancel()
        with caplog.at_level(logging.WARNING, "qovery.deployments"), pytest.raises(asyncio.CancelledError):
            await task
    (line,) = [record.getMessage() for record in caplog.records if record.name == "qovery.deployments"]
    assert "Stopped waiting" in line
    assert f"client.deployments.cancel('{place.id}', timeout=...)" in line


async def test_ctrl_c_stops_a_blocking_wait_at_once(emulator: Emulator) -> None:
    place = await clone(emulator, "sync", "preview-checkout")
    script = f"""
        import logging, os, signal, sys
        from qovery_sync import Qovery

        logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(message)s")
        client = Qovery({emulator.token!r}, base_url={emulator.url!r})
        try:
            client.deployments.deploy({place.id!r}, timeout=600, on_update=lambda _: os.kill(os.getpid(), signal.SIGINT))
        except KeyboardInterrupt:
            print("interrupted")
        client.close()
    """
    with anyio.fail_after(30):
        done = await anyio.run_process(
            [sys.executable, "-W", "error", "-c", textwrap.dedent(script)], env={"PYTHONPATH": str(ROOT)}, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode()
    assert f"client.deployments.cancel('{place.id}', timeout=...)" in said
    assert said.splitlines()[-1] == "interrupted"


async def test_errors_of_deployments_are_errors_of_the_sdk() -> None:
    for kind in (DeploymentFailed, DeploymentCanceled, DeploymentTimeout):
        assert issubclass(kind, DeploymentError)
        assert issubclass(kind, QoveryError)
        hostile = kind("It failed.", step="\x1b[31m", logs=["line\nfalse line", "\x1b]0;title\x07"])
        assert "\x1b" not in str(hostile)
        assert len(str(hostile).splitlines()) == 4
