"""Does an address of the console lead to what its page shows, of whatever kind the address calls it?"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError, NothingFound
from qovery_async.emulator import Emulator
from tests.support.both_faces import organization, play
from tests.support.named_places import NamedPlaces, id_of
from tests.support.server import Ask, serve

pytestmark = pytest.mark.anyio

ORGANIZATION, CLUSTER, REST = id_of("o"), id_of("c"), id_of("r")
PROJECT, ENVIRONMENT, SERVICE = id_of("shop"), id_of("shop", "production"), id_of("shop", "production", "api")
CONSOLE = f"https://console.qovery.com/organization/{ORGANIZATION}"
IN_PROJECT = f"{CONSOLE}/project/{PROJECT}"
IN_ENVIRONMENT = f"{IN_PROJECT}/environment/{ENVIRONMENT}"
HAS = NamedPlaces(("shop", "production", "api"))


@pytest.mark.parametrize(
    "url",
    [
        *(f"{IN_ENVIRONMENT}/{word}/{SERVICE}" for word in ("application", "service", "database", "helm", "something")),
        f"{IN_ENVIRONMENT}/application/{SERVICE}/general",
        f"{IN_ENVIRONMENT}/service/{SERVICE}/deployments/logs/{REST}?version=1#end",
        f"{IN_ENVIRONMENT}/logs/{SERVICE}/service-logs?pod_name=api-0",
        f"{IN_ENVIRONMENT}/application/{SERVICE}/".upper().replace("HTTPS", "https"),
        f"{IN_ENVIRONMENT}/application/{SERVICE}".replace("console.", "console-staging."),
    ],
)
async def test_of_a_service_the_id_decides(ask: Ask, url: str) -> None:
    async with serve(HAS) as server:
        found = await ask(server.url, lambda client: client.find(url))
        assert server.paths == [f"/organization/{ORGANIZATION}/services"]
    assert repr(found) == f"ContainerHandle('api', id='{SERVICE}')"


@pytest.mark.parametrize(
    ("url", "shown", "listed"),
    [
        (f"{IN_PROJECT}/environments/general", f"ProjectHandle('shop', id='{PROJECT}')", "project"),
        (IN_PROJECT, f"ProjectHandle('shop', id='{PROJECT}')", "project"),
        (f"{IN_ENVIRONMENT}/services/general", f"EnvironmentHandle('production', id='{ENVIRONMENT}')", "environments"),
        (
            f"{IN_ENVIRONMENT}/logs/stages/{REST}",
            f"EnvironmentHandle('production', id='{ENVIRONMENT}')",
            "environments",
        ),
        (f"{IN_ENVIRONMENT}/deployment/{REST}", f"EnvironmentHandle('production', id='{ENVIRONMENT}')", "environments"),
    ],
)
async def test_of_a_project_or_an_environment(ask: Ask, url: str, shown: str, listed: str) -> None:
    async with serve(HAS) as server:
        found = await ask(server.url, lambda client: client.find(url))
        assert server.paths == [f"/organization/{ORGANIZATION}/{listed}"]
    assert repr(found) == shown


async def test_of_a_cluster(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        cluster = emulator.state.every("cluster")[0].id

        def script(client: Any) -> Generator[Any, Any, Any]:
            url = f"https://console.qovery.com/organization/{organization(emulator)}/cluster/{cluster}/logs"
            found = yield client.find(url)
            return found

        found, asked = await play(ask, emulator, script, organization_id=None)
    assert repr(found) == f"ClusterHandle('production', id='{cluster}')"
    assert asked == ["clusters.list"]


@pytest.mark.parametrize(("noun", "id_"), [("project", PROJECT), ("environment", ENVIRONMENT), ("service", SERVICE)])
async def test_names_all_that_it_passes(ask: Ask, noun: str, id_: str) -> None:
    async with serve(HAS) as server:
        found = await ask(
            server.url, lambda client: getattr(client.find, noun)(f"{IN_ENVIRONMENT}/application/{SERVICE}")
        )
        assert len(server.requests) == 1
    assert found.id == id_


async def test_the_organization_of_the_address_counts(ask: Ask) -> None:
    async with serve(HAS) as server:
        await ask(
            server.url,
            lambda client: client.find.project(IN_PROJECT, organization_id="argument"),
            organization_id="of-the-client",
        )
        assert server.only.path == f"/organization/{ORGANIZATION}/project"


async def test_what_it_leads_to_may_be_gone(ask: Ask) -> None:
    async with serve(HAS) as server:
        with pytest.raises(NothingFound, match=rf"organization {ORGANIZATION} has no service '{REST}'"):
            await ask(server.url, lambda client: client.find(f"{IN_ENVIRONMENT}/service/{REST}"))


async def test_an_id_is_looked_for_in_one_list_after_the_other(ask: Ask) -> None:
    """The list of services tells of the environments and projects that have some."""
    has = NamedPlaces(("shop", "production", "api"), ("shop", "empty"), ("empty",))
    asked = {SERVICE: 1, ENVIRONMENT: 1, PROJECT: 1, id_of("shop", "empty"): 2, id_of("empty"): 3}
    async with serve(has) as server:
        for id_, requests in asked.items():
            before = len(server.requests)
            found = await ask(server.url, lambda client, id_=id_: client.find(id_), organization_id="o1")
            assert (found.id, len(server.requests) - before) == (id_, requests)
        with pytest.raises(NothingFound, match="no service, environment, project or cluster of organization o1"):
            await ask(server.url, lambda client: client.find(REST), organization_id="o1")


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("", "find takes a name, an id or an address"),
        (None, "find takes a name, an id or an address"),
        ("shop/production/api", "names are for find.project"),
        ("https://console.qovery.com", "the URL names no project, environment, service or cluster"),
        ("https://[console.qovery.com", "the URL names no project"),
        (CONSOLE, "the URL names no project"),
        (f"{CONSOLE}/settings/{REST}", "the URL names no project"),
        (f"https://console.qovery.com/project/{PROJECT}", "the URL names no project"),
        ("https://console.qovery.com/organization/acme/project/shop", "the URL names no project"),
    ],
)
async def test_what_leads_nowhere_is_refused_before_any_request(ask: Ask, target: Any, why: str) -> None:
    async with serve(HAS) as server:
        with pytest.raises(ConfigurationError, match=why):
            await ask(server.url, lambda client: client.find(target))
        assert server.requests == []


async def test_an_address_that_does_not_go_so_far_is_refused_before_any_request(ask: Ask) -> None:
    async with serve(HAS) as server:
        with pytest.raises(ConfigurationError, match="the URL names no service, but only: environment, project"):
            await ask(server.url, lambda client: client.find.service(f"{IN_ENVIRONMENT}/services/general"))
        with pytest.raises(ConfigurationError, match="the URL names no cluster"):
            await ask(server.url, lambda client: client.find.cluster(IN_PROJECT))
        assert server.requests == []


async def test_what_stands_in_an_address_beside_its_ids_is_not_told() -> None:
    async with AsyncQovery("x") as client:
        with pytest.raises(ConfigurationError) as raised:
            await client.find("https://user:pass@console.qovery.com/organization?token=qov_secret")
    assert "secret" not in str(raised.value)
    assert "pass@" not in str(raised.value)
