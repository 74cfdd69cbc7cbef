"""Are two environments compared as they are now, however they are given, and is nothing else taken?"""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError, NotFound
from qovery_async.emulator import Emulator
from tests.environments.conftest import SECRETS, Place, furnished
from tests.support.both_faces import play
from tests.support.server import Ask

pytestmark = pytest.mark.anyio


async def test_two_live_environments_and_every_way_to_name_them(ask: Ask, place: Place) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        made = yield client.environments.clone(place.id, {"name": "copy"})
        one = yield client.environments.diff(place.id, made)
        two = yield client.environment(place.id).diff(client.environment(made.id))
        exported = yield client.environments.export(made.id)
        three = yield client.environments.diff(client.environment(place.id), exported)
        none = yield client.environments.diff(made, made)
        yield client.environments.delete(made.id)
        return one, two, three, none

    (one, two, three, none), _ = await play(ask, place.emulator, script)
    domains = [
        "services[APPLICATION api].domains[api.example.com]",
        "services[HELM grafana].domains[grafana.example.com]",
    ]
    assert [change.where for change in one.changes] == ["environment.name", *domains], "a clone has no domains"
    assert one == two
    assert three.changes == one.changes
    assert not none


async def test_secrets_that_the_api_shows_are_compared_and_not_told(place: Place) -> None:
    client, emulator = place.client, place.emulator
    made = await client.environments.clone(place.id, {"name": "copy"})
    (helm,) = emulator.state.get("environment", made.id).of_kind("helm")
    text = json.dumps(helm.value).replace("s3cret-values", "an0ther-secret")
    helm.value = json.loads(text)
    (password,) = [
        one
        for one in emulator.state.get("environment", made.id).of_kind("variable")
        if one.value["key"] == "DB_PASSWORD"
    ]
    password.facts["plain"] = "an0ther-secret"
    diff = await client.environments.diff(place.id, made.id)
    found = [change for change in diff.changes if "HELM" in change.where and "domains" not in change.where]
    assert [(change.path[-1], change.a, change.b) for change in found] == [
        ("auth.password", "***", "***"),
        ("content", "***", "***"),
    ]
    assert "variables[ENVIRONMENT DB_PASSWORD].value: differs, not shown since it may be secret" in str(diff)
    assert "values_override.set.auth.password: differs, not shown since it may be secret" in str(diff)
    assert [
        secret for secret in (*SECRETS, "an0ther-secret") if secret in str(diff) + repr(diff) + diff.to_json()
    ] == []
    assert (
        diff.not_compared
        == (
            "variables[ENVIRONMENT TOKEN].value",
            "services[APPLICATION api].variables[API_SECRET].value",
            "services[APPLICATION api].variables[ALIAS].value",
        )[:2]
    )


DEEP: dict[str, Any] = {}
for _ in range(300):
    DEEP = {"deeper": DEEP}

WRONG: list[tuple[Any, str]] = [
    ({"format": 1, "environment": {"name": object()}}, "a document of an environment must be JSON: JSON has no form for"),
    ({"format": 1, "environment": DEEP}, "a document of an environment must (be JSON|not be nested)"),
    ({}, "a document of an environment has the format 1, got None"),
    ({"format": 2}, "a document of an environment has the format 1, got 2"),
    ({"format": 1, "environment": []}, "environment of a document must be an object"),
    (
        {"format": 1, "environment": {}, "deployment_rule": {}, "variables": {}},
        "variables of a document must be a list",
    ),
    (
        {
            "format": 1, "environment": {}, "deployment_rule": {}, "variables": [], "stages": [],
            "services": [{"kind": "JOB"}],
        },
        "a service of a document needs kind and name",
    ),
    (5, "an environment is given by its id, its handle or its document, got 5"),
    ("", "an environment is given by its id"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "message"), WRONG)
async def test_what_is_no_environment_is_refused_before_any_request(ask: Ask, given: Any, message: str) -> None:
    for pair in ((given, "some-id"), ("some-id", given)):
        with pytest.raises(ConfigurationError, match=message):
            await ask("http://127.0.0.1:9", lambda client, pair=pair: client.environments.diff(*pair))


async def test_an_environment_that_is_not_there_is_not_found(emulator: Emulator) -> None:
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        place = await furnished(emulator, client)
        with pytest.raises(NotFound):
            await client.environments.diff(place.id, emulator.state.new_id())
