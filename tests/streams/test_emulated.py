"""Every stream against the emulator: typed, from the id that matters, in both faces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import anyio.to_thread
import attrs
import pytest

from qovery_async import (
    AsyncQovery,
    ConfigurationError,
    Forbidden,
    NothingFound,
    RequestEvent,
    UnknownVariant,
    models,
)
from qovery_async.emulator import Close, Emulator
from qovery_async.streams.paths import PARAMETERS
from qovery_async.transport import websocket
from qovery_sync import Qovery
from tests.streams.conftest import AT_ONCE, ReadStream
from tests.support.stream_world import soon

pytestmark = pytest.mark.anyio


@attrs.frozen
class Emulated:
    """An emulator, and a service of its world."""

    emulator: Emulator
    service: Any
    options: dict[str, Any]


@pytest.fixture
async def place() -> AsyncGenerator[Emulated]:
    async with Emulator(world="demo") as emulator:
        options = {"token": emulator.token, "base_url": emulator.url, "ws_url": emulator.ws_url, "retries": AT_ONCE}
        async with AsyncQovery(**options) as client:
            services = await client.services.list()
        service = next(each for each in services if each.service_type == "APPLICATION")
        yield Emulated(emulator, service, options)


STREAMS: dict[str, tuple[Callable[[Any, Any], Any], Any]] = {
    "service_logs": (lambda s, x: s.service_logs(x.id), models.ServiceLogLine),
    "service_status": (lambda s, x: s.service_status(x.environment_id), models.RunningStatuses),
    "service_metrics": (lambda s, x: s.service_metrics(x.id), list),
    "deployment_status": (lambda s, x: s.deployment_status(x.environment_id), models.EnvironmentStatusesWithStages),
    "deployment_statuses": (lambda s, x: s.deployment_statuses(x.project_id), list),
    "infra_logs": (lambda s, x: s.infra_logs(x.cluster_id, "NGINX"), models.InfraLogLine),
    "cluster_status": (lambda s, x: s.cluster_status(x.cluster_id), models.ClusterRunningStatus),
    "cluster_metrics": (lambda s, x: s.cluster_metrics(x.cluster_id), models.ClusterMetrics),
}


@pytest.mark.parametrize("name", STREAMS)
async def test_a_stream_is_typed(
    name: str, place: Emulated, read: ReadStream, caplog: pytest.LogCaptureFixture
) -> None:
    """Strict: every frame fits its model."""
    opened, type_ = STREAMS[name]
    (found,) = await read(place, lambda client: opened(client.streams, place.service), 1, strict=True)
    assert isinstance(found, type_)
    assert [record.message for record in caplog.records if record.name == "qovery"] == []


async def test_a_project_has_the_states_of_its_environments(place: Emulated, read: ReadStream) -> None:
    (found,) = await read(place, lambda client: client.streams.deployment_statuses(place.service.project_id), 1)
    environments = [
        each for each in place.emulator.state.every("environment") if each.parent.id == place.service.project_id
    ]
    assert {status.id for status in found} == {environment.id for environment in environments}
    assert {type(status) for status in found} == {models.EnvironmentStatus}


async def test_a_cluster_has_the_states_of_all_that_runs_there(place: Emulated, read: ReadStream) -> None:
    (found,) = await read(place, lambda client: client.streams.service_statuses(place.service.cluster_id), 1)
    assert isinstance(found, models.RunningStatuses)
    assert place.service.environment_id in {environment.id for environment in found.environments}
    assert len(found.environments) > 1


async def test_an_environment_tells_of_a_new_blueprint(place: Emulated, read: ReadStream) -> None:
    environment_id = place.service.environment_id

    async def make() -> models.BlueprintResponse:
        await soon(lambda: bool(place.emulator.streams.open))
        await asyncio.sleep(0.05)
        async with AsyncQovery(**place.options) as client:
            return await client.blueprints.create(environment_id, {"name": "b", "tag": "t", "icon": "i"})

    making = asyncio.create_task(make())
    (found,) = await read(place, lambda client: client.streams.blueprint_created(environment_id), 1, strict=True)
    assert isinstance(found, models.BlueprintServiceCreatedEvent)
    assert found.blueprint_id == (await making).id


ONE_SHOTS: dict[str, tuple[Callable[[Any, Any], Any], Any]] = {
    "service_pods": (lambda s, x: s.service_pods(x.id), models.PodList),
    "cluster_nodes": (lambda s, x: s.cluster_nodes(x.cluster_id), models.NodeList),
    "blueprint_preview": (lambda s, x: s.blueprint_preview("p1", cluster_id=x.cluster_id), models.BlueprintPreviewDiff),
}


@pytest.mark.parametrize("face", ["async", "sync"])
@pytest.mark.parametrize("name", ONE_SHOTS)
async def test_a_path_with_one_frame_is_awaited(name: str, face: str, place: Emulated) -> None:
    call, type_ = ONE_SHOTS[name]
    options = place.options | {"strict": True}

    def blocking() -> Any:
        with Qovery(**options) as client:
            return call(client.streams, place.service)

    with anyio.fail_after(10):
        if face == "sync":
            found = await anyio.to_thread.run_sync(blocking)
        else:
            async with AsyncQovery(**options) as client:
                found = await call(client.streams, place.service)
    assert isinstance(found, type_)
    assert not isinstance(found, UnknownVariant)


async def test_the_log_of_a_deployment_is_followed_while_it_runs(place: Emulated) -> None:
    async with AsyncQovery(**place.options) as client:
        with anyio.fail_after(20):
            async with client.streams.deployment_logs(place.service.environment_id) as lines:
                await client.environments.deploy(place.service.environment_id)
                place.emulator.streams.close_next(Close.lost(), "/deployment/logs", after=1)
                found: list[models.EnvironmentLogs] = []
                async for line in lines:
                    found.append(line)
                    if len(found) == 5:
                        break
    assert all(isinstance(line, models.EnvironmentLogs) for line in found)
    assert len({(line.timestamp, line.details.stage.step if line.details.stage else "") for line in found}) > 1


async def test_pods_agree_with_the_log(place: Emulated) -> None:
    async with AsyncQovery(**place.options) as client:
        pods = await client.streams.service_pods(place.service.id)
        async for line in client.streams.service_logs(place.service.id, limit=1):
            assert line.pod_name in [pod.name for pod in pods.pods]
            break


class TestLookUps:
    """The ids that a handshake needs beside the one that matters."""

    async def test_are_made_once_for_all_services(self, place: Emulated) -> None:
        asked: list[str] = []

        def note(event: RequestEvent) -> None:
            asked.append(event.operation)

        async with AsyncQovery(**place.options, on_request=note) as client:
            ids = [service.id for service in (await client.services.list())[:5]]
            asked.clear()
            await asyncio.gather(*(client.streams.service_pods(id_) for id_ in ids))
        assert asked.count("services.list") == 1
        assert asked.count("streams.service_pods") == 5

    async def test_are_made_once_for_an_environment(self, place: Emulated) -> None:
        asked: list[str] = []
        options = place.options | {"on_request": lambda event: asked.append(event.operation)}
        async with AsyncQovery(**options) as client:
            for _ in range(3):
                async for _ in client.streams.service_status(place.service.environment_id):
                    break
        assert asked == ["environments.get", *["streams.service_status"] * 3]

    async def test_are_not_made_for_what_is_given(self, place: Emulated, read: ReadStream) -> None:
        asked: list[str] = []
        service, emulator = place.service, place.emulator
        (organization,) = emulator.state.every("organization")
        await read(
            place,
            lambda client: client.streams.service_logs(
                service.id,
                organization_id=organization.id,
                cluster_id=service.cluster_id,
                project_id=service.project_id,
                environment_id=service.environment_id,
            ),
            1,
            on_request=lambda event: asked.append(event.operation),
        )
        assert asked == ["streams.service_logs"]

    async def test_of_nothing_raise(self, place: Emulated, read: ReadStream) -> None:
        with pytest.raises(NothingFound, match="has no service with the id"):
            await read(place, lambda client: client.streams.service_logs("nowhere"))

    @pytest.mark.parametrize("wrong", ["", " ", None, 5])
    async def test_of_what_is_no_id_send_nothing(self, wrong: Any, place: Emulated) -> None:
        async with AsyncQovery(**place.options) as client:
            with pytest.raises(ConfigurationError, match="service_id must be a non-empty string"):
                client.streams.service_logs(wrong)
            with pytest.raises(ConfigurationError, match="environment_id must be a non-empty string"):
                client.streams.service_status(wrong)
            with pytest.raises(ConfigurationError, match="cluster_id must be a non-empty string"):
                await client.streams.cluster_nodes(wrong)


async def test_a_time_is_sent_in_nanoseconds(place: Emulated, read: ReadStream) -> None:
    start = datetime.now(UTC) - timedelta(minutes=5)
    found = await read(place, lambda client: client.streams.service_logs(place.service.id, start=start), 20)
    assert all(line.created_at >= start.timestamp() * 1000 - 1 for line in found)
    assert place.emulator.streams.requests[-1].get("start") == str(int(start.timestamp() * 1000) * 1_000_000)


async def test_a_time_without_a_zone_is_refused(place: Emulated) -> None:
    async with AsyncQovery(**place.options) as client:
        with pytest.raises(ConfigurationError, match="start must be a datetime with a time zone"):
            client.streams.service_logs(place.service.id, start=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": "5"}, {"limit": True}, {"pod_name": ""}, {"query": " "}])
async def test_a_filter_that_cannot_be_right_is_refused(place: Emulated, wrong: dict[str, Any]) -> None:
    async with AsyncQovery(**place.options) as client:
        with pytest.raises(ConfigurationError, match=next(iter(wrong))):
            client.streams.service_logs(place.service.id, **wrong)


@pytest.mark.parametrize("end", [Close.lost(), Close.garbled(), Close.internal(), Close(1001)], ids=str)
async def test_a_stream_of_the_emulator_goes_on(end: Close, place: Emulated, read: ReadStream) -> None:
    for after in (1, 3, 5):
        place.emulator.streams.close_next(end, "/service/logs", after=after)
    found = await read(place, lambda client: client.streams.service_logs(place.service.id), 10)
    times = [line.created_at for line in found]
    assert times == sorted(times)
    assert len({(line.created_at, line.message) for line in found}) == 10
    assert len(place.emulator.streams.requests) == 4


async def test_a_stream_of_the_emulator_that_falls_silent_goes_on(
    place: Emulated, read: ReadStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the emulator stops all the same."""
    monkeypatch.setattr(websocket, "PING_EVERY", 0.2)
    place.emulator.streams.close_next(Close.stalled(), "/service/logs", after=2)
    assert len(await read(place, lambda client: client.streams.service_logs(place.service.id), 5)) == 5
    assert len(place.emulator.streams.requests) == 2


class TestAnyPath:
    """`connect` opens what has no method yet."""

    async def test_gives_json(self, place: Emulated, read: ReadStream) -> None:
        (found,) = await read(
            place,
            lambda client: client.streams.connect("/service/status", cluster=place.service.cluster_id),
            1,
        )
        assert {*found} == {"environments"}

    async def test_knows_what_a_known_path_needs(self, place: Emulated) -> None:
        async with AsyncQovery(**place.options) as client:
            with pytest.raises(ConfigurationError, match="the stream /service/status needs cluster"):
                client.streams.connect("/service/status")
            with pytest.raises(ConfigurationError, match="the stream /service/status does not take servic;"):
                client.streams.connect("/service/status", cluster="c", servic="s")

    async def test_of_a_path_that_is_unknown_asks_the_server(self, place: Emulated, read: ReadStream) -> None:
        with pytest.raises(Exception, match="returned 404"):
            await read(place, lambda client: client.streams.connect("/service/dreams", service="s"))

    @pytest.mark.parametrize("path", ["", "service/status", "/a?b=c", "/{id}", "/a#b"])
    async def test_refuses_what_is_no_path(self, path: str, place: Emulated) -> None:
        async with AsyncQovery(**place.options) as client:
            with pytest.raises(ConfigurationError, match="path must begin with / and be that of a stream"):
                client.streams.connect(path)

    async def test_of_another_organization_is_refused(self, place: Emulated, read: ReadStream) -> None:
        with pytest.raises(Forbidden):
            await read(place, lambda client: client.streams.connect("/cluster/status", organization="o2", cluster="c2"))


def test_all_paths_of_the_emulator_are_known() -> None:
    from qovery_async.emulator.streams.handshake import REQUIRED

    known = {path: {name for name, needed in names.items() if needed} for path, names in PARAMETERS.items()}
    known["/shell/exec"] -= {"command"}  # the console leaves it out
    known["/shell/portforward"] -= {"service_type"}  # all clients send it, but the emulator does without
    assert known == {path: {*names} for path, names in REQUIRED.items()}
