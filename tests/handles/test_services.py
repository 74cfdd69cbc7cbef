"""What does the handle of a service tell, whatever its kind?"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from aiohttp import web

import qovery_async
import qovery_sync
from qovery_async import ConfigurationError, NothingFound, models
from qovery_async.emulator import Emulator
from tests.support.both_faces import play
from tests.support.named_places import NamedPlaces, id_of
from tests.support.server import Ask, serve

pytestmark = pytest.mark.anyio

KINDS = {
    "shop/production/api": ("ApplicationHandle", models.Application, "applications.get"),
    "payments/production/ledger": ("ContainerHandle", models.ContainerResponse, "containers.get"),
    "shop/production/orders": ("DatabaseHandle", models.Database, "databases.get"),
    "shop/production/newsletter": ("JobHandle", models.CronJobResponse, "jobs.get"),
    "platform/production/grafana": ("HelmHandle", models.HelmResponse, "helms.get"),
    "platform/production/buckets": ("TerraformHandle", models.TerraformResponse, "terraforms.get"),
    "platform/tools/legacy": ("ArgocdAppHandle", models.ArgocdAppResponse, "argocd.apps.get"),
}
SERVICE = id_of("shop", "production", "agent")


@pytest.mark.parametrize("path", KINDS)
async def test_each_kind_has_a_class_and_a_full_model(ask: Ask, path: str) -> None:
    name, model, operation = KINDS[path]

    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find.service(path)
        full = yield found.get()
        same = yield client.service(found.id).get()
        return found, full, same

    async with Emulator(world="demo") as emulator:
        (found, full, same), asked = await play(ask, emulator, script)
    assert type(found) in (getattr(qovery_async, name), getattr(qovery_sync, name))
    assert isinstance(found, qovery_async.ServiceHandle | qovery_sync.ServiceHandle)
    assert isinstance(full, model)
    assert same == full
    assert (full.id, full.name) == (found.id, found.name)
    assert asked == ["services.list", operation, "services.list", operation]


@pytest.mark.parametrize("path", [path for path in KINDS if path != "platform/tools/legacy"])
async def test_the_status_takes_one_request(ask: Ask, path: str) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find.service(path)
        status = yield found.status()
        return found, status

    async with Emulator(world="demo") as emulator:
        (found, status), asked = await play(ask, emulator, script)
    assert isinstance(status, models.Status)
    assert status.id == found.id
    assert asked == ["services.list", "environments.get_statuses"]


@pytest.mark.parametrize(
    ("path", "ask_for", "why"),
    [
        ("platform/tools/legacy", lambda service: service.status(), "legacy is an Argo CD app: the API has no status"),
        ("platform/tools/legacy", lambda service: service.variables.list(), "ARGOCD_APP, which has no variables"),
        ("shop/production/orders", lambda service: service.variables.list(), "DATABASE, which has no variables"),
    ],
    ids=["status", "variables", "variables of a database"],
)
async def test_what_a_kind_has_not_is_a_clear_error_before_any_request(
    ask: Ask, path: str, ask_for: Any, why: str
) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find.service(path)
        with pytest.raises(ConfigurationError, match=why):
            yield ask_for(found)

    async with Emulator(world="demo") as emulator:
        _, asked = await play(ask, emulator, script)
    assert asked == ["services.list"]


@pytest.mark.parametrize("path", ["shop/production/api", "payments/production/ledger", "platform/production/buckets"])
async def test_variables_are_those_that_the_service_sees(ask: Ask, path: str) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find.service(path)
        variables = yield found.variables.list()
        secrets = yield found.variables.list(is_secret=True)
        return variables, secrets

    async with Emulator(world="demo") as emulator:
        (variables, secrets), _ = await play(ask, emulator, script)
    assert {"LOG_LEVEL", "PUBLIC_NAME", "API_KEY"} <= {variable.key for variable in variables}
    assert [secret.key for secret in secrets] == ["API_KEY"]


class WithAgent(NamedPlaces):
    """An environment with an agentic workflow that has a link and a status, and with another service that has too."""

    def __call__(self, request: web.BaseRequest) -> web.Response:
        def link(service_id: str) -> Any:
            return {
                "service_id": service_id, "service_type": "CONTAINER", "url": f"https://{service_id[:4]}.example.com",
                "internal_port": 80, "external_port": 443, "is_qovery_domain": True, "is_default": True,
            }  # fmt: skip

        def status(service_id: str) -> Any:
            return {
                "id": service_id, "state": "DEPLOYED", "service_deployment_status": "UP_TO_DATE",
                "is_part_last_deployment": True, "deployment_request_id": None, "deployment_requests_count": 0,
                "status_details": {"action": "DEPLOY", "status": "SUCCESS", "sub_action": "NONE"},
            }  # fmt: skip

        other = id_of("other")
        match request.path.rpartition("/")[2]:
            case "link":
                return web.json_response({"results": [link(other), link(SERVICE)]})
            case "statuses":
                lists = ("applications", "databases", "jobs", "helms", "terraforms")
                environment = {
                    "id": id_of("shop", "production"), "state": "DEPLOYED", "last_deployment_state": "DEPLOYED",
                    "deployment_status": "UP_TO_DATE", "deployment_request_id": None, "last_deployment_id": None,
                }  # fmt: skip
                shown = [status(SERVICE)] if self.kind == "AGENTIC_WORKFLOW" else []
                return web.json_response(
                    {name: [] for name in lists}
                    | {"environment": environment, "containers": [status(other)], "agentic_workflows": shown}
                )
            case _:
                return super().__call__(request)


async def test_links_and_status_are_its_own(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find.service("agent")
        links = yield found.links()
        status = yield found.status()
        return found, links, status

    async with serve(WithAgent(("shop", "production", "agent"), kind="AGENTIC_WORKFLOW")) as server:
        (found, links, status), asked = await play(ask, server, script)
    assert type(found).__name__ == "AgenticWorkflowHandle"
    assert [link.service_id for link in links] == [SERVICE]
    assert status.id == SERVICE
    assert asked == ["services.list", "environments.list_links", "environments.get_statuses"]


async def test_a_service_that_its_environment_does_not_have_any_more_has_no_status(ask: Ask) -> None:
    async with serve(WithAgent(("shop", "production", "agent"), kind="CONTAINER")) as server:
        with pytest.raises(NothingFound, match=rf"environment {id_of('shop', 'production')} has no service {SERVICE}"):
            await ask(server.url, lambda client: client.service(SERVICE).status(), organization_id="o1")


async def test_a_kind_that_is_newer_than_this_sdk_has_a_handle_too(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        found = yield client.find.service("agent")
        links = yield found.links()
        with pytest.raises(
            ConfigurationError, match="agent is of kind ROBOT, which this version of the SDK cannot get"
        ):
            yield found.get()
        return found, links

    async with serve(WithAgent(("shop", "production", "agent"), kind="ROBOT")) as server:
        (found, links), _ = await play(ask, server, script)
    assert type(found) in (qovery_async.ServiceHandle, qovery_sync.ServiceHandle)
    assert (found.kind, len(links)) == ("ROBOT", 1)
