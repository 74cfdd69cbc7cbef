"""A deployment tells its log as it goes, each line once, and the log never decides how it ends."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import pytest

from qovery_async import DeploymentFailed, RetryPolicy, from_dict, models
from qovery_async.deployments import run_log
from qovery_async.deployments.log_lines import readable
from qovery_async.emulator import Action, Close, Fault, Trigger
from qovery_async.emulator.life.logs import deployment_logs
from qovery_async.errors import ConfigurationError
from tests.deployments.conftest import Place

pytestmark = pytest.mark.anyio

SECONDS = 20.0
STREAM = "/deployment/logs"
LOG = "environments.list_deployment_logs"


def streamed(place: Place) -> dict[str, Any]:
    return {"ws_url": place.emulator.ws_url, "retries": RetryPolicy(base=0.01, cap=0.02)}


async def run(place: Place, action: str = "deploy", *, stream: bool = True, **arguments: Any) -> list[Any]:
    """The lines that the action tells."""
    lines: list[models.EnvironmentLogs] = []
    await place(
        lambda client: getattr(client.deployments, action)(place.id, timeout=SECONDS, logs=lines.append, **arguments),
        **(streamed(place) if stream else {}),
    )
    return lines


def written(place: Place) -> list[str]:
    """The log of the last deployment, as the emulator has it."""
    return [line["message"]["safe_message"] for line in deployment_logs(place.emulator.life, place.id)]


def said(lines: list[Any]) -> list[str]:
    return [line.message.safe_message for line in lines]


async def test_each_line_is_told_once(place: Place) -> None:
    lines = await run(place)
    assert said(lines) == written(place)
    assert all(isinstance(line, models.EnvironmentLogs) for line in lines)
    assert place.asked.count("streams.deployment_logs") == 1


async def test_lines_are_told_while_it_runs(place: Place) -> None:
    states: list[str] = []

    def note(_: models.EnvironmentLogs) -> None:
        states.append(place.state("APPLICATION"))

    await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS, logs=note), **streamed(place))
    assert len({*states}) > 1


async def test_lines_of_earlier_deployments_are_not(place: Place) -> None:
    first = await run(place)
    second = await run(place, "redeploy")
    assert said(second) == written(place)
    assert not {line.details.execution_id for line in first} & {line.details.execution_id for line in second}


async def test_waiting_for_someone_else_tells_the_whole_log(place: Place) -> None:
    place.emulator.life.act(place.id, Action.DEPLOY, Trigger("bob"))
    lines: list[Any] = []
    await place(
        lambda client: client.deployments.wait(place.id, "deploy", timeout=SECONDS, logs=lines.append),
        **streamed(place),
    )
    assert said(lines) == written(place)


async def test_the_log_of_a_failure_is_whole(place: Place) -> None:
    place.emulator.life.fail_next_build(place.services["APPLICATION"].id)
    lines: list[Any] = []
    with pytest.raises(DeploymentFailed):
        await place(
            lambda client: client.deployments.deploy(place.id, timeout=SECONDS, logs=lines.append), **streamed(place)
        )
    assert said(lines) == written(place)
    assert [line.error.tag for line in lines if line.error] != []


@pytest.mark.parametrize("action", ["deploy_service", "redeploy_service", "stop_service", "uninstall_service"])
async def test_services_have_it_too(place: Place, action: str) -> None:
    lines: list[Any] = []
    await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS), **streamed(place))
    api = place.services["APPLICATION"].id
    await place(
        lambda client: getattr(client.deployments, action)(api, timeout=SECONDS, logs=lines.append), **streamed(place)
    )
    assert said(lines) == written(place)


class TestTrouble:
    """A log that cannot be followed changes nothing else."""

    @pytest.mark.parametrize(
        "close",
        [Close.lost(), Close.garbled(), Close.internal(), Close.auth(), Close.normal(), Close.stalled()],
        ids=lambda close: f"{close.code} {close.ending}",
    )
    async def test_lines_are_told_once_all_the_same(self, place: Place, close: Close) -> None:
        place.emulator.streams.close_next(close, STREAM, after=1, count=2)
        assert Counter(said(await run(place))) == Counter(written(place))

    async def test_without_a_stream_all_come_at_the_end(self, place: Place) -> None:
        assert said(await run(place, stream=False)) == written(place)
        assert [name for name in place.asked if name.startswith("streams")] == []

    async def test_a_log_that_cannot_be_read_at_all_is_a_warning(
        self, place: Place, caplog: pytest.LogCaptureFixture
    ) -> None:
        place.emulator.faults.add(Fault.status(500), call=LOG)
        place.emulator.streams.close_next(Close.auth(), STREAM, count=5)
        assert await run(place) == []
        told = [record.message for record in caplog.records if "log of the deployment" in record.message]
        assert len(told) == 2
        assert "cannot be followed, and comes at its end" in told[0]
        assert "cannot be read" in told[1]

    async def test_a_log_that_does_not_come_ends_the_wait_for_it(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(run_log, "LATE", 0.2)
        place.emulator.faults.add(Fault.latency(30), call=LOG)
        await run(place)

    async def test_what_the_function_raises_is_raised(self, place: Place) -> None:
        def refuse(_: models.EnvironmentLogs) -> None:
            raise ZeroDivisionError("mine")

        with pytest.raises(ZeroDivisionError, match="mine"):
            await place(
                lambda client: client.deployments.deploy(place.id, timeout=SECONDS, logs=refuse), **streamed(place)
            )


async def test_an_environment_that_is_gone_has_no_log(place: Place) -> None:
    lines = await run(place, "delete")
    assert all(isinstance(line, models.EnvironmentLogs) for line in lines)


@pytest.mark.parametrize("progress", [None, "rich"])
async def test_true_writes_lines_to_stderr(
    place: Place, progress: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", sys.__stderr__)
    await place(
        lambda client: client.deployments.deploy(place.id, timeout=SECONDS, logs=True, progress=progress),
        **streamed(place),
    )
    lines = capfd.readouterr().err.splitlines()
    for message in written(place):
        assert any(line.endswith(message) for line in lines)
    assert any("[" in line and place.services["APPLICATION"].name in line for line in lines)


async def test_true_writes_nothing_where_no_stderr_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS, logs=True), **streamed(place))


@pytest.mark.parametrize("wrong", ["yes", 1, None])
async def test_what_is_no_function_is_refused_before_anything_is_asked_for(place: Place, wrong: Any) -> None:
    for call in ("deploy", "stop", "clone_and_deploy"):
        extra = ("clone",) if call == "clone_and_deploy" else ()
        with pytest.raises(ConfigurationError, match="logs must be True, False or a function"):
            await place(
                lambda client, call=call, extra=extra: getattr(client.deployments, call)(
                    place.id, *extra, timeout=SECONDS, logs=wrong
                )
            )
    assert place.asked == []


def test_a_line_is_one_line_that_a_terminal_does_not_obey() -> None:
    line = from_dict(
        models.EnvironmentLogs,
        {
            "type": "info",
            "timestamp": "2026-01-02T03:04:05Z",
            "details": {"transmitter": {"id": "s1", "name": "api"}, "stage": {"step": "BUILD"}},
            "message": {"safe_message": "one\ntwo \x1b[31mred"},
        },
    )
    assert readable(line) == "03:04:05 api [BUILD] one two \\x1b[31mred"
