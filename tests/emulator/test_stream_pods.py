"""Which pods does a service have, and do all streams, the log and the shell name the same ones?"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import aiohttp
import anyio
import attrs
import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Action, Emulator, Entity, Trigger
from tests.support.server import SECONDS

pytestmark = pytest.mark.anyio

ADA = Trigger("ada")


@attrs.frozen
class Place:
    """An emulator whose clock stands still, and a session for raw streams."""

    emulator: Emulator
    client: AsyncQovery
    session: aiohttp.ClientSession

    def service(self, kind: str) -> Entity:
        """A service of this kind that runs."""
        life = self.emulator.life
        return next(each for each in self.emulator.state.every(kind) if life.service(each.id).state == "DEPLOYED")

    async def act(self, service: Entity, action: Action) -> None:
        environment = service.above("environment")
        assert environment is not None
        self.emulator.life.act(environment.id, action, ADA, [service.id])
        self.emulator.clock.run_out()

    def parameters(self, service: Entity) -> dict[str, str]:
        ids = {entity.kind: entity.id for entity in service.ancestors()}
        environment = service.above("environment")
        assert environment is not None
        ids["cluster"] = environment.value["cluster_id"]
        return {**ids, "service": ids.pop(service.kind), "service_type": service.kind.upper()}

    async def frames(self, path: str, service: Entity, count: int = 1, **more: str) -> list[Any]:
        """The first frames of a stream about a service."""
        given = self.parameters(service) | more
        headers = {"Authorization": f"Token {self.emulator.token}"}
        with anyio.fail_after(SECONDS):
            async with self.session.ws_connect(self.emulator.ws_url + path, params=given, headers=headers) as socket:
                return [await socket.receive_json() for _ in range(count)]

    async def status(self, service: Entity) -> Mapping[str, Any]:
        """The entry of a service in the running states."""
        ((environment,),) = [frame["environments"] for frame in await self.frames("/service/status", service)]
        listed = [each for value in environment.values() if isinstance(value, list) for each in value]
        return next(each for each in listed if each["id"] == service.id)

    async def pods(self, service: Entity) -> list[str]:
        return [pod["name"] for pod in (await self.frames("/service/pods", service))[0]["pods"]]


@pytest.fixture
async def place() -> AsyncGenerator[Place]:
    async with (
        Emulator(world="demo", speed=None, rate_limit=None) as emulator,
        aiohttp.ClientSession() as session,
        AsyncQovery(emulator.token, base_url=emulator.url, ws_url=emulator.ws_url) as client,
    ):
        yield Place(emulator, client, session)


@pytest.mark.parametrize("kind", ["application", "container", "database", "job", "helm", "terraform"])
async def test_all_streams_name_the_same_pod(place: Place, kind: str) -> None:
    service = place.service(kind)
    (pod,) = await place.pods(service)
    ((metrics,),) = await place.frames("/service/metrics", service)
    status = await place.status(service)
    (line,) = await place.frames("/service/logs", service, limit="1")
    (cluster,) = await place.frames("/cluster/metrics", service)
    on_nodes = [each for node in cluster["nodes"] for each in node["pods"]]
    assert metrics["pod_name"] == line["pod_name"] == pod
    assert [each["name"] for each in status["pods"]] == [pod]
    assert [each["name"] for each in on_nodes if each["qovery_service_info"]["service_id"] == service.id] == [pod]
    assert status["pods"][0]["containers"][0]["name"] == line["container_name"]
    assert status["pods"][0]["service_version"] == line["version"]
    assert status["state"] == "RUNNING"
    assert pod.startswith(line["labels"]["app"] + "-")
    assert line["labels"]["qovery_com_service_id"] == service.id


async def test_the_shell_runs_in_that_pod(place: Place) -> None:
    service = place.service("application")
    shell = place.parameters(service) | {"tty_width": "0", "tty_height": "0", "command[0]": "hostname"}
    headers = {"Authorization": f"Token {place.emulator.token}"}
    url = f"{place.emulator.ws_url}/shell/exec"
    async with place.session.ws_connect(url, params=shell, headers=headers) as socket:
        output = b"".join([message.data async for message in socket])
    assert [output.decode().strip()] == await place.pods(service)


async def test_pods_have_the_ports_of_their_service(place: Place) -> None:
    ports = {kind: (await place.frames("/service/pods", place.service(kind)))[0]["pods"][0]["ports"]
             for kind in ("application", "container", "database", "job")}  # fmt: skip
    assert ports == {"application": [8080], "container": [8080], "database": [5432], "job": []}


@pytest.mark.parametrize(("kind", "port"), [("MYSQL", 3306), ("REDIS", 6379), ("MONGODB", 27017)])
async def test_databases_have_the_port_of_their_kind(place: Place, kind: str, port: int) -> None:
    database = place.service("database")
    database.value = {**database.value, "type": kind}
    assert (await place.frames("/service/pods", database))[0]["pods"][0]["ports"] == [port]


async def test_a_service_that_was_never_deployed_has_none(place: Place) -> None:
    environment = place.service("application").above("environment")
    assert environment is not None
    made = await place.client.applications.create(
        environment.id,
        {
            "name": "new",
            "git_repository": {"url": "https://github.com/a/b.git", "provider": "GITHUB"},
            "healthchecks": {},
        },
    )
    service = place.emulator.state.get("application", made.id)
    await _is_down(place, service, lines=0)


async def test_a_stopped_service_has_none(place: Place) -> None:
    service = place.service("application")
    (before,) = await place.frames("/service/logs", service, limit="1")
    await place.act(service, Action.STOP)
    await _is_down(place, service, lines=1000)
    (last,) = await place.frames("/service/logs", service, limit="1")
    assert last["message"] == "Received SIGTERM, shutting down"
    place.emulator.clock.advance(3600)
    assert await place.frames("/service/logs", service, limit="1") == [last]
    await place.act(service, Action.DEPLOY)
    assert await place.pods(service) == [before["pod_name"]], "the same version has the same replica set"


async def _is_down(place: Place, service: Entity, *, lines: int) -> None:
    assert await place.pods(service) == []
    assert await place.frames("/service/metrics", service) == [[]]
    status = await place.status(service)
    assert (status["state"], status["pods"]) == ("STOPPED", [])
    assert len(await place.client.applications.list_logs(service.id)) == lines
    (cluster,) = await place.frames("/cluster/metrics", service)
    assert service.id not in str(cluster)


async def test_a_new_version_has_a_new_pod_and_nothing_else_has(place: Place) -> None:
    service = place.service("container")
    (old,) = await place.pods(service)
    await place.act(service, Action.RESTART)
    await place.act(service, Action.DEPLOY)
    place.emulator.clock.advance(86_400)
    assert await place.pods(service) == [old]
    await place.client.containers.deploy(service.id, {"image_tag": "9.9.9"})
    place.emulator.clock.run_out()
    (new,) = await place.pods(service)
    assert new != old
    assert new.rsplit("-", 2)[0] == old.rsplit("-", 2)[0], "the name of the workload stays"
    lines = await place.frames("/service/logs", service, 4, limit="4")
    assert [(line["pod_name"], line["version"], line["message"].split()[0]) for line in lines[1:]] == [
        (old, "1.4.2", "Received"),
        (new, "9.9.9", "Starting"),
        (new, "9.9.9", "Ready"),
    ]
    assert [line["severity_text"] for line in lines[1:]] == ["WARN", "INFO", "INFO"]


async def test_a_deployment_that_fails_leaves_the_old_version_running(place: Place) -> None:
    service = place.service("application")
    old = await place.pods(service)
    place.emulator.fail_next_build(service.id)
    await place.act(service, Action.DEPLOY)
    assert place.emulator.life.service(service.id).state == "BUILD_ERROR"
    assert await place.pods(service) == old
    assert (await place.status(service))["state"] == "RUNNING"


async def test_lines_are_chosen_by_deployment_and_pod(place: Place) -> None:
    service = place.service("container")
    (old,) = await place.pods(service)
    await place.client.containers.deploy(service.id, {"image_tag": "9.9.9"})
    place.emulator.clock.run_out()
    status = await place.client.containers.get_status(service.id)
    new = await place.frames("/service/logs", service, 2, deployment_id=status.execution_id or "")
    assert {line["version"] for line in new} == {"9.9.9"}
    assert {line["labels"]["qovery_com_deployment_id"] for line in new} == {status.execution_id}
    (last,) = await place.frames("/service/logs", service, pod_name=old, limit="1")
    assert (last["version"], last["message"]) == ("1.4.2", "Received SIGTERM, shutting down")
    (first,) = await place.frames("/service/logs", service, query='{version="9.9.9"} |= "Start"')
    assert first["message"] == "Starting ledger 9.9.9"


async def test_a_failed_first_deployment_is_an_error_without_a_pod(place: Place) -> None:
    service = next(e for e in place.emulator.state.every("application") if e.facts["state"] == "DEPLOYMENT_ERROR")
    status = await place.status(service)
    assert (status["state"], status["pods"]) == ("ERROR", [])
