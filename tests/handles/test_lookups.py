"""What does a handle know, what does it look up, and how often?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError, NothingFound
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support.both_faces import play
from tests.support.named_places import NamedPlaces, id_of
from tests.support.server import Answer, Ask, in_thread, serve

pytestmark = pytest.mark.anyio

SERVICE = id_of("shop", "production", "api")
HAS = NamedPlaces(("shop", "production", "api"), kind="APPLICATION")
NOUNS = ("service", "environment", "project", "cluster")


async def test_a_handle_of_an_id_is_made_without_asking(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        yield
        return [getattr(client, noun)(SERVICE.upper()) for noun in NOUNS]

    async with Emulator(world="empty") as emulator:
        handles, asked = await play(ask, emulator, script, organization_id=None)
    assert asked == []
    assert [repr(handle) for handle in handles] == [
        f"{name}(id='{SERVICE}')" for name in ("ServiceHandle", "EnvironmentHandle", "ProjectHandle", "ClusterHandle")
    ]
    assert [handle.name for handle in handles] == [None] * 4
    assert (handles[0].kind, handles[0].environment_id) == (None, None)


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("given", ["", "api", "shop/production/api", f"{SERVICE}0", None, 7], ids=repr)
async def test_what_is_no_id_is_refused_at_once(ask: Ask, noun: str, given: Any) -> None:
    with pytest.raises(ConfigurationError, match=rf"client\.{noun} takes an id, got .*; client\.find\.{noun} finds"):
        await ask("http://localhost:9", lambda client: getattr(client, noun)(given))


async def test_the_kind_is_looked_up_once_and_remembered_with_all_that_never_changes(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find.service("shop/production/api")
        service = client.service(found.id)
        assert (service, hash(service)) == (found, hash(found))
        yield service.status()
        assert (service.kind, service.name, service.environment_id) == ("APPLICATION", "api", found.environment_id)
        yield service.links()
        yield service.variables.list()
        environment = yield service.environment()
        project = yield environment.project()
        return repr(environment).partition("(id")[0], project

    async with Emulator(world="demo") as emulator:
        (environment, project), asked = await play(ask, emulator, script)
        assert project.id == emulator.state.every("project")[0].id
    assert environment.startswith("EnvironmentHandle('production', ")
    assert repr(project) == f"ProjectHandle('shop', id='{project.id}')"
    assert asked == [
        "services.list",  # of `find`
        "services.list",  # of the handle that was made of an id
        "environments.get_statuses",
        "environments.list_links",
        "variables.list",
    ]


async def test_an_environment_learns_its_project_and_its_organization_from_itself(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        environment = client.environment(environment_id)
        project = yield environment.project()
        services = yield environment.services()
        return environment, project, services

    async with Emulator(world="demo") as emulator:
        environment_id = emulator.state.every("environment")[0].id
        found, asked = await play(ask, emulator, script, organization_id="of-somebody-else")
        assert found[1].id == emulator.state.every("project")[0].id
    assert found[0].name == "production"
    assert [service.kind for service in found[2]] == ["APPLICATION", "APPLICATION", "JOB", "DATABASE"]
    assert asked == ["environments.get", "services.list"]


async def test_those_who_need_it_at_once_share_one_look_up() -> None:
    async with serve(HAS) as server, AsyncQovery("x", base_url=server.url, organization_id="o1") as client:
        service = client.service(SERVICE)
        await asyncio.gather(*(service.environment() for _ in range(8)))
        assert server.paths == ["/organization/o1/services"]


def test_threads_that_need_it_at_once_do_too() -> None:
    with in_thread(serve(HAS)) as server, Qovery("x", base_url=server.url, organization_id="o1") as client:
        service, start = client.service(SERVICE), threading.Barrier(8)

        def use() -> None:
            start.wait()
            service.environment()

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.paths == ["/organization/o1/services"]


async def test_a_look_up_that_failed_is_made_again(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        service = client.service(SERVICE)
        with pytest.raises(NothingFound):
            yield service.environment()
        environment = yield service.environment()
        return environment.name

    nothing = Answer({"results": []})
    async with serve(*[nothing] * 4, HAS) as server:
        name, _ = await play(ask, server, script)
    assert name == "production"


@pytest.mark.parametrize(
    ("names", "what"), [(["shop"], "project shop"), (["shop", "production"], "environment production")], ids=str
)
async def test_the_id_of_something_else_is_a_clear_error(ask: Ask, names: list[str], what: str) -> None:
    async with serve(HAS) as server:
        with pytest.raises(NothingFound) as raised:
            await ask(server.url, lambda client: client.service(id_of(*names)).get(), organization_id="o1")
    assert str(raised.value) == f"organization o1 has no service '{id_of(*names)}': this is the id of the {what}"


async def test_handles_are_equal_by_what_they_are_and_by_id(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find(SERVICE)
        return client, found

    async with serve(HAS) as server:
        (client, found), _ = await play(ask, server, script)
    assert found == client.service(SERVICE)
    assert {found: 1}[client.service(SERVICE.upper())] == 1
    assert found != client.service(id_of("shop"))
    assert found != client.environment(SERVICE)
    assert found != SERVICE
    assert type(found).__name__ == "ApplicationHandle"
