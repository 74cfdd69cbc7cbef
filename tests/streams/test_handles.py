"""Streams of handles: what a handle knows is not looked up, and handles have logs of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from itertools import islice
from typing import Any

import pytest

from qovery_async import AsyncQovery, Forbidden, models
from qovery_async.emulator import Emulator
from qovery_async.errors import ConfigurationError
from tests.support.both_faces import play
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

OPENED: dict[str, Any] = {
    "service_logs": lambda s, o: s.service_logs(o["service"]),
    "service_metrics": lambda s, o: s.service_metrics(o["service"]),
    "service_status": lambda s, o: s.service_status(o["environment"]),
    "deployment_statuses": lambda s, o: s.deployment_statuses(o["project"]),
    "service_statuses": lambda s, o: s.service_statuses(o["cluster"]),
    "deployment_logs": lambda s, o: s.deployment_logs(o["environment"]),
    "deployment_status": lambda s, o: s.deployment_status(o["environment"]),
    "infra_logs": lambda s, o: s.infra_logs(o["cluster"], "NGINX"),
    "cluster_status": lambda s, o: s.cluster_status(o["cluster"]),
    "cluster_metrics": lambda s, o: s.cluster_metrics(o["cluster"]),
}


PATHS = {"deployment_statuses": "deployment_status", "service_statuses": "service_status"}


def taken(stream: Any, count: int) -> Any:
    """The first items of a stream, in the face that it is of: a list, or something to await."""
    if hasattr(stream, "__iter__"):
        with stream:
            return [*islice(stream, count)]

    async def take() -> list[Any]:
        found: list[Any] = []
        async with stream:
            async for item in stream:
                found.append(item)
                if len(found) == count:
                    break
        return found

    return take()


async def run(ask: Ask, script: Any) -> Any:
    async with Emulator(world="demo") as emulator:
        return await play(ask, emulator, script, ws_url=emulator.ws_url)


@pytest.mark.parametrize("name", OPENED)
async def test_what_a_handle_knows_is_not_looked_up(name: str, ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        service = yield client.find.service("shop/production/api")
        environment = yield service.environment()
        project = yield environment.project()
        cluster = yield client.find.cluster("production")
        yield taken(
            OPENED[name](
                client.streams, {"service": service, "environment": environment, "project": project, "cluster": cluster}
            ),
            1,
        )

    _, asked = await run(ask, script)
    assert asked == ["services.list", "clusters.list", f"streams.{PATHS.get(name, name)}"]


async def test_one_shots_take_handles(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        service = yield client.find.service("shop/production/api")
        cluster = yield client.find.cluster("production")
        pods = yield client.streams.service_pods(service)
        nodes = yield client.streams.cluster_nodes(cluster)
        preview = yield client.streams.blueprint_preview("p1", cluster_id=cluster)
        return pods, nodes, preview

    (pods, nodes, preview), asked = await run(ask, script)
    assert isinstance(pods, models.PodList)
    assert isinstance(nodes, models.NodeList)
    assert isinstance(preview, models.BlueprintPreviewDiff)
    assert "environments.get" not in asked


async def test_a_handle_of_an_id_learns_what_a_stream_needs(ask: Ask) -> None:
    """Once: the second stream looks nothing up."""

    def script(client: Any) -> Generator[Any, Any, Any]:
        listed = (yield client.services.list())[0]
        service, environment = client.service(listed.id), client.environment(listed.environment_id)
        for _ in range(2):
            yield taken(client.streams.service_logs(service), 1)
            yield taken(client.streams.service_status(environment), 1)
        return service.kind, listed.service_type

    (kind, type_), asked = await run(ask, script)
    assert kind == type_
    assert asked[1:] == [
        "services.list", "streams.service_logs", "environments.get", "streams.service_status",
        "streams.service_logs", "streams.service_status",
    ]  # fmt: skip


async def test_so_can_models_and_services_of_an_inventory(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        model = (yield client.services.list())[0]
        listed = (yield client.inventory()).services[0]
        for target in (model, listed):
            (line,) = yield taken(client.streams.service_logs(target), 1)
            assert isinstance(line, models.ServiceLogLine)

    await run(ask, script)


async def test_what_is_given_wins_over_what_a_handle_knows(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        service = yield client.find.service("shop/production/api")
        yield taken(client.streams.service_logs(service, environment_id="elsewhere"), 1)

    with pytest.raises(Forbidden, match="elsewhere"):
        await run(ask, script)


async def test_a_handle_of_something_else_is_refused() -> None:
    async with AsyncQovery("x") as client:
        id_ = "0b7a1c5e-1111-4222-8333-444455556666"
        with pytest.raises(ConfigurationError, match="service_id must be the id or the handle of a service, got Env"):
            client.streams.service_logs(client.environment(id_))
        with pytest.raises(ConfigurationError, match="environment_id must be the id or the handle of an environment"):
            client.streams.service_status(client.service(id_))
        with pytest.raises(ConfigurationError, match="cluster_id must be the id or the handle of a cluster, got Proj"):
            client.streams.cluster_status(client.project(id_))


class TestLogs:
    """`logs` of handles."""

    async def test_of_a_service(self, ask: Ask) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            service = yield client.find.service("shop/production/api")
            return (yield taken(service.logs(limit=3), 3))

        lines, asked = await run(ask, script)
        assert [type(line) for line in lines] == [models.ServiceLogLine] * 3
        assert asked == ["services.list", "streams.service_logs"]

    async def test_of_a_service_of_each_kind(self, ask: Ask) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            services = (yield client.inventory(service_states=True)).services
            of_kind = {service.kind: service for service in services if service.state == "DEPLOYED"}
            for service in of_kind.values():
                (line,) = yield taken(client.service(service.id).logs(), 1)
                assert isinstance(line, models.ServiceLogLine)
            return len(of_kind)

        kinds, _ = await run(ask, script)
        assert kinds >= 5

    async def test_of_an_environment(self, ask: Ask) -> None:
        """Those of all of its services, in the order of time, each with the handle of its service."""

        def script(client: Any) -> Generator[Any, Any, Any]:
            environment = yield client.find.environment("shop/production")
            services = yield environment.services()
            found = yield taken(environment.logs(limit=5), 15)
            names = [service.name for service, _ in found]
            assert {service for service, _ in found} <= {*services}
            assert all(type(service) in [type(each) for each in services] for service, _ in found)
            times = [line.created_at for _, line in found]
            assert times == sorted(times)
            return names

        names, asked = await run(ask, script)
        assert [*Counter(names).values()] == [5, 5, 5]
        assert Counter(asked)["services.list"] == 2

    async def test_handles_are_keys_of_a_merge(self, ask: Ask) -> None:
        def script(client: Any) -> Generator[Any, Any, Any]:
            services = yield (yield client.find.environment("shop/production")).services()
            both = client.streams.merge({service: service.logs(limit=1) for service in services[:2]})
            found = yield taken(both, 2)
            assert {key for key, _ in found} == {*services[:2]}
            assert {key.name for key, _ in found} == {service.name for service in services[:2]}
            for key, _ in found:
                yield key.status()  # a handle of the same face

        await run(ask, script)
