"""Does the document of an environment have all that is set in it, and no secret?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest
from aiohttp import web

from qovery_async import AsyncQovery, ConfigurationError, EnvironmentDocument, Forbidden, NotFound
from qovery_async.emulator import Emulator, Fault
from tests.environments.conftest import SECRETS, Place, furnished
from tests.support.both_faces import play
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

PARTS = {
    "APPLICATION": {"advanced_settings", "network", "variables", "domains", "deployment_restrictions"},
    "CONTAINER": {"advanced_settings", "network", "variables", "domains"},
    "DATABASE": set[str](),
    "JOB": {"advanced_settings", "variables", "deployment_restrictions"},
    "HELM": {"advanced_settings", "variables", "domains", "deployment_restrictions"},
    "TERRAFORM": {"advanced_settings", "variables", "deployment_restrictions"},
    "AGENTIC_WORKFLOW": {"variables"},
    "ARGOCD_APP": set[str](),
}
"""What a document has of each kind beside `settings`; one request for each of them."""
ALWAYS = {"kind", "name", "stage", "is_skipped", "settings"}


async def exported(ask: Ask, place: Place) -> tuple[EnvironmentDocument, list[str]]:
    def script(client: Any) -> Generator[Any, Any, Any]:
        return (yield client.environments.export(place.id))

    return await play(ask, place.emulator, script)


def service(document: EnvironmentDocument, kind: str) -> dict[str, Any]:
    (found,) = [dict(one) for one in document["services"] if one["kind"] == kind]
    return found


async def test_every_kind_is_there_with_all_its_parts_in_as_many_requests(ask: Ask, place: Place) -> None:
    document, asked = await exported(ask, place)
    assert {one["kind"]: one.keys() - ALWAYS for one in document["services"]} == PARTS
    assert len(asked) == 5 + sum(map(len, PARTS.values()))
    assert asked[0] == "environments.get"
    counted = Counter(asked)
    assert counted["variables.list"] == 1 + sum("variables" in parts for parts in PARTS.values())
    assert counted["environments.list_services"] == counted["deployment_stages.list"] == 1
    assert json.loads(json.dumps(document)) == document


async def test_settings_are_what_the_api_shows(ask: Ask, place: Place) -> None:
    document, _ = await exported(ask, place)
    assert (document["format"], document["environment"]["name"]) == (1, "every-kind")
    assert document["deployment_rule"]["timezone"]
    assert service(document, "CONTAINER")["settings"]["tag"] == "1.4.2"
    assert service(document, "JOB")["settings"]["schedule"]["cronjob"]["arguments"] == ["--verbose", "all"]
    assert service(document, "APPLICATION")["domains"][0]["domain"] == "api.example.com"
    assert service(document, "JOB")["deployment_restrictions"][0]["value"] == "docs/"
    assert service(document, "HELM")["advanced_settings"].keys() > {"network.ingress.enable_cors"}
    assert "network.ingress.sticky_session_enable" not in service(document, "DATABASE")
    assert [stage["name"] for stage in document["stages"]][-1] == "LAST"
    assert "services" not in document["stages"][0]
    stages = {one["kind"]: one["stage"] for one in document["services"]}
    assert (stages["HELM"], stages["DATABASE"]) == ("LAST", "DATABASE DEFAULT")


async def test_variables_stand_where_they_are_set(ask: Ask, place: Place) -> None:
    document, _ = await exported(ask, place)

    def keys(variables: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {(variable["scope"], variable["key"]) for variable in variables}

    own = {("ENVIRONMENT", key) for key in ("LOG_LEVEL_OF_ENV", "TOKEN", "COLOR", "DB_PASSWORD")}
    assert keys(document["variables"]) == own | {("PROJECT", "LOG_LEVEL")}, (
        "neither built-in ones nor those of services"
    )
    of_api = service(document, "APPLICATION")["variables"]
    assert keys(of_api) == {("APPLICATION", key) for key in ("API_SECRET", "ALIAS", "COLOR", "DATABASE_HOST")}
    assert keys(service(document, "JOB")["variables"]) == {("JOB", "BATCH")}
    linked = {variable["key"]: variable.get("overridden_variable") for variable in of_api}
    assert linked["COLOR"]["scope"] == "ENVIRONMENT"
    assert "value" not in linked["COLOR"]


async def test_no_secret_is_in_a_document(ask: Ask, place: Place) -> None:
    document, _ = await exported(ask, place)
    text = json.dumps(document)
    assert [secret for secret in SECRETS if secret in text] == []
    values = {variable["key"]: variable["value"] for variable in document["variables"]}
    assert (values["TOKEN"], values["DB_PASSWORD"], values["COLOR"]) == ("***", "***", "red")
    assert service(document, "APPLICATION")["settings"]["git_repository"]["url"].startswith("https://ada:***@github")
    workflow = service(document, "AGENTIC_WORKFLOW")["settings"]
    assert (workflow["mcp"], workflow["outputs"][0]["headers"][0]["value"]) == ("***", "***")
    assert service(document, "HELM")["settings"]["values_override"]["set"] == [
        ["replicas", "2"],
        ["auth.password", "***"],
    ]
    variables = service(document, "TERRAFORM")["settings"]["terraform_variables_source"]["tf_vars"]
    assert [variable["value"] for variable in variables] == ["eu", "***"]


async def test_what_could_hold_a_secret_and_does_not_is_no_secret(place: Place) -> None:
    await place.client.agentic_workflows.create(place.id, {"name": "plain"})
    document = await place.client.environments.export(place.id)
    (plain,) = [one["settings"] for one in document["services"] if one["name"] == "plain"]
    assert plain["mcp"] == ""
    diff = await place.client.environments.diff(document, document)
    assert not [path for path in diff.not_compared if "plain" in path]


@pytest.mark.parametrize(
    "failing",
    ["environments.list_services", "deployment_stages.list", "variables.list", "helms.custom_domains.list"],
)
async def test_an_error_in_a_part_is_raised(ask: Ask, place: Place, failing: str) -> None:
    place.emulator.faults.add(Fault.status(403), call=failing)
    with pytest.raises(ExceptionGroup) as caught:
        await exported(ask, place)
    assert caught.value.subgroup(Forbidden)


async def test_an_environment_that_is_not_there_is_not_found(ask: Ask, emulator: Emulator) -> None:
    unknown = emulator.state.new_id()
    with pytest.raises(NotFound):
        await ask(emulator.url, lambda client: client.environments.export(unknown), token=emulator.token)


@pytest.mark.parametrize("given", ["", None, 5])
async def test_what_is_no_id_is_refused_before_any_request(ask: Ask, given: Any) -> None:
    with pytest.raises(ConfigurationError, match="an environment is given by its id"):
        await ask("http://127.0.0.1:9", lambda client: client.environments.export(given))


async def test_kinds_and_keys_that_are_newer_than_this_sdk_are_there(ask: Ask) -> None:
    robot = {"id": "r1", "service_type": "ROBOT", "name": "arm", "power": {"watts": 5}, "api_key": "https://a:b@c"}

    @web.middleware
    async def newer(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        if request.method != "GET" or not request.path.endswith("/services"):
            return response
        assert isinstance(response, web.Response)
        assert isinstance(response.body, bytes)
        results = json.loads(response.body)["results"]
        return web.json_response({"results": [*({**one, "new_key": {"deep": 1}} for one in results), robot]})

    async with Emulator(world="demo", rate_limit=None, middlewares=[newer]) as emulator:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            place = await furnished(emulator, client)
        document, _ = await exported(ask, place)
    found = service(document, "ROBOT")
    assert found["settings"] == {**robot, "api_key": "***"}
    assert all(one["settings"]["new_key"] == {"deep": 1} for one in document["services"] if one["kind"] != "ROBOT")


async def test_a_handle_exports_its_environment(ask: Ask, place: Place) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        by_handle = yield client.environment(place.id).export()
        by_id = yield client.environments.export(place.id)
        return by_handle == by_id

    same, _ = await play(ask, place.emulator, script)
    assert same
