"""Is the whole organization there, linked, in the number of requests that the documentation says?"""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import pytest
from aiohttp import web
from rich.console import Console

from qovery_async import RequestEvent
from qovery_async.emulator import Emulator
from qovery_async.inventory.whole import Inventory
from tests.support.server import Ask, serve

pytestmark = pytest.mark.anyio


async def taken(ask: Ask, emulator: Emulator, **arguments: Any) -> tuple[Inventory, Counter[str]]:
    asked: list[str] = []

    def note(event: RequestEvent) -> None:
        asked.append(event.operation)

    found = await ask(emulator.url, lambda client: client.inventory(**arguments), token=emulator.token, on_request=note)
    return found, Counter(asked)


async def test_takes_five_requests_and_one_for_each_project(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        inventory, asked = await taken(ask, emulator)
    assert (len(inventory.projects), len(inventory.environments), len(inventory.clusters)) == (4, 12, 2)
    assert asked == {
        "organizations.list": 1,  # finds the default organization
        "projects.list": 1,
        "organizations.list_environments": 1,
        "services.list": 1,
        "clusters.list": 1,
        "clusters.list_statuses": 1,
        "environments.list_statuses": 4,
    }


async def test_service_states_take_one_more_for_each_environment(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        inventory, asked = await taken(ask, emulator, service_states=True)
    assert asked["environments.get_statuses"] == 12
    assert {service.kind for service in inventory.services if service.state is None} == {"ARGOCD_APP"}
    assert sum(asked.values()) == 22


async def test_everything_leads_to_everything(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        inventory, _ = await taken(ask, emulator)
    assert all(environment.state for environment in inventory.environments)
    assert all(cluster.state for cluster in inventory.clusters)
    for service in inventory.services:
        environment = service.environment
        assert environment.cluster is not None
        for place in (environment, environment.project, environment.cluster):
            assert service in place.services
        assert environment in environment.project.environments
        assert environment in environment.cluster.environments
    assert sum(len(project.services) for project in inventory.projects) == len(inventory.services) == 43
    assert sum(len(cluster.services) for cluster in inventory.clusters) == 43


async def test_services_are_found_by_where_they_are_and_what_they_are(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        inventory, _ = await taken(ask, emulator, service_states=True)
    shop = inventory.projects[0]
    assert inventory.services_of() == inventory.services
    assert inventory.services_of(project="shop") == inventory.services_of(project=shop.id) == shop.services
    (orders,) = inventory.services_of(project="shop", environment="production", kind="DATABASE", cluster="production")
    assert orders.name == "orders"
    assert {service.environment.mode for service in inventory.services_of(mode="PREVIEW")} == {"PREVIEW"}
    assert {service.state for service in inventory.services_of(state="BUILD_ERROR")} == {"BUILD_ERROR"}
    assert inventory.services_of(project="no such project") == []


async def test_it_is_shown_as_json_as_a_tree_and_as_a_table(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        inventory, _ = await taken(ask, emulator, service_states=True)
    shown = json.loads(inventory.to_json())
    assert shown == inventory.to_dict()
    services = [s for project in shown["projects"] for e in project["environments"] for s in e["services"]]
    assert {service["id"] for service in services} == {service.id for service in inventory.services}
    lines = inventory.tree().splitlines()
    assert lines[:3] == [
        "shop",
        "  production               PRODUCTION   DEPLOYMENT_ERROR on production",
        "    storefront             APPLICATION  DEPLOYED",
    ]
    assert len(lines) == 4 + 12 + 43
    assert inventory.table().row_count == 43
    assert repr(inventory) == "Inventory(4 projects, 12 environments, 43 services, 2 clusters)"
    assert repr(inventory.projects[0]) == f"InventoryProject('shop', id={inventory.projects[0].id!r})"


async def test_names_are_shown_as_they_are_but_cannot_command_the_terminal(ask: Ask) -> None:
    name = "[red]api[/]\x1b[2J\n:smile:"
    async with Emulator(world="demo") as emulator:
        inventory, _ = await taken(ask, emulator)
    service = inventory.services[0]
    service.name = service.environment.name = service.environment.project.name = name
    console = Console(file=io.StringIO(), width=200)
    console.print(inventory.table())
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    for text in (shown, inventory.tree()):
        assert text.count(r"[red]api[/]\x1b[2J :smile:") >= 3
        assert "\x1b" not in text


class Changing:
    """An organization in which things come and go between the requests."""

    def __call__(self, request: web.BaseRequest) -> web.Response:
        found = self.found(request.path)
        if found is None:
            return web.json_response({"status": 404, "detail": "deleted meanwhile"}, status=404)
        return web.json_response(found)

    def found(self, path: str) -> Any:
        since = {"created_at": "2026-01-02T03:04:05Z", "organization": {"id": "o1"}}
        service = {
            "name": "api", "description": "", "icon_uri": "", "service_type": "CONTAINER", "cluster_id": "c1",
            "environment_name": "new", "project_name": "young",
        }  # fmt: skip
        match path.split("/")[1:]:
            case ["organization", "o1", "project"]:
                return {"results": [{"id": "p1", "name": "old", **since}]}
            case ["organization", "o1", "environments"]:
                return {"results": [{"id": "e1", "name": "gone", "mode": "STAGING", "project": {"id": "p1"}, **since}]}
            case ["organization", "o1", "services"]:
                one = {"id": "s1", "project_id": "p1", "environment_id": "e1"}
                other = {"id": "s2", "project_id": "p2", "environment_id": "e2"}
                return {"results": [service | one, service | other]}
            case ["organization", "o1", "cluster", *_]:
                return {"results": []}
        return None


async def test_what_comes_and_goes_meanwhile_is_neither_lost_nor_an_error(ask: Ask) -> None:
    async with serve(Changing()) as server:
        inventory = await ask(server.url, lambda client: client.inventory(organization_id="o1", service_states=True))
    assert [(project.name, project.model is None) for project in inventory.projects] == [
        ("old", False),
        ("young", True),
    ]
    assert [environment.name for environment in inventory.environments] == ["gone", "new"]
    assert [service.environment.project.id for service in inventory.services] == ["p1", "p2"]
    assert {service.state for service in inventory.services} == {None}
    assert {environment.cluster for environment in inventory.environments} == {None}


async def test_a_refusal_is_raised(ask: Ask) -> None:
    async with Emulator(world="demo") as emulator:
        with pytest.raises(ExceptionGroup, match="calls failed"):
            await taken(ask, emulator, organization_id="11111111-1111-4111-8111-111111111111")
