"""Which keys that the description does not have does the emulator keep? Those of its state, and those of open objects."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import pytest

from qovery_async import AsyncQovery, BadRequest
from qovery_async.codec.shapes import without_none
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.operations import operations, python_type
from qovery_async.emulator.facts.samples import branch, fields

pytestmark = pytest.mark.anyio

GIT = {"url": "https://github.com/acme/api.git", "branch": "main", "provider": "GITHUB"}
PORT = {"internal_port": 80, "publicly_accessible": False}
APPLICATION: dict[str, Any] = {"name": "new", "git_repository": GIT, "healthchecks": {}, "ports": [PORT]}


async def shown(client: AsyncQovery, path: str) -> Any:
    """What the API shows, as JSON."""
    return (await client.request("GET", path)).data


async def put(client: AsyncQovery, path: str, body: Any) -> None:
    await client.request("PUT", path, json=body)


def strewn(value: Any) -> Any:
    """With an unknown key in every object."""
    if isinstance(value, dict):
        return {**{key: strewn(inner) for key, inner in value.items()}, "new": [1]}
    return [strewn(item) for item in value] if isinstance(value, list) else value


def sendable(shown: Any, type_: Any) -> Any:
    """What a body of this type takes of what a response shows, with the unknown keys."""
    type_ = without_none(type_)[0]
    if isinstance(shown, list) and get_origin(type_) is list:
        return [sendable(item, get_args(type_)[0]) for item in shown]
    model = branch(type_, shown) if isinstance(shown, dict) else None
    if model is None:
        return shown
    known = {field.wire: field.type for field in fields(model)}
    found = {key: sendable(value, known[key]) for key, value in shown.items() if key in known}
    return {**found, "new": shown["new"]}


def ignored(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "qovery.emulator"]


async def test_what_is_new_in_a_request_is_dropped_with_a_warning_at_every_depth(
    emulator: Emulator, client: AsyncQovery, caplog: pytest.LogCaptureFixture
) -> None:
    environment = emulator.state.every("environment")[0].id
    body = {**APPLICATION, "colour": 1, "git_repository": {**GIT, "brnch": 2}, "ports": [{**PORT, "prot": 3}]}
    made: Any = (await client.request("POST", f"/environment/{environment}/application", json=body)).data
    found = await shown(client, f"/application/{made['id']}")
    assert made == found
    assert "colour" not in found
    assert "brnch" not in found["git_repository"]
    assert "prot" not in found["ports"][0]
    keys = "'git_repository.brnch', 'ports[0].prot', 'colour'"
    assert ignored(caplog) == [f"applications.create: ignored the keys {keys}, which the API does not have"]


async def test_what_the_state_was_given_is_shown_and_survives_being_sent_back(
    emulator: Emulator, client: AsyncQovery, caplog: pytest.LogCaptureFixture
) -> None:
    application = emulator.state.every("application")[0]
    plain = application.value
    (port, *others) = plain["ports"]
    application.value = {
        **plain,
        "colour": {"deep": [1]},
        "git_repository": {**plain["git_repository"], "submodules": True},
        "ports": [{**port, "weight": 3}, *others],
    }
    path = f"/application/{application.id}"
    before = await shown(client, path)
    assert (before["colour"], before["git_repository"]["submodules"]) == ({"deep": [1]}, True)
    wanted = ("name", "healthchecks", "git_repository", "build_mode", "cpu", "memory", "ports", "storage", "colour")
    await put(client, path, {key: before[key] for key in (*before.keys() & {*wanted},)})
    after = await shown(client, path)
    for key in ("colour", "git_repository", "ports"):
        assert after[key] == before[key]
    assert not any("submodules" in line or "colour" in line or "weight" in line for line in ignored(caplog))

    changed = {**before["git_repository"], "submodules": False}
    await put(client, path, {"name": "x", "healthchecks": {}, "git_repository": changed, "colour": 2})
    after = await shown(client, path)
    assert (after["git_repository"]["submodules"], after["colour"]) == (False, 2)


@pytest.mark.parametrize(
    ("kind", "namespace"),
    [
        ("application", "applications"),
        ("container", "containers"),
        ("job", "jobs"),
        ("database", "databases"),
        ("environment", "environments"),
        ("project", "projects"),
        ("organization", "organizations"),
        ("containerRegistry", "container_registries"),
    ],
)
async def test_an_object_that_is_sent_back_keeps_unknown_keys_at_every_depth(
    emulator: Emulator, client: AsyncQovery, kind: str, namespace: str, caplog: pytest.LogCaptureFixture
) -> None:
    entity, update = emulator.state.every(kind)[0], operations()[f"{namespace}.update"]
    entity.value = strewn(entity.value)
    ids = {name: emulator.state.every("organization")[0].id for name in update.parameters[:-1]}
    path = update.path.format(**ids, **{update.parameters[-1]: entity.id})
    before = await shown(client, path)
    assert update.body is not None
    await put(client, path, sendable(before, python_type(update.body.type)))
    after = await shown(client, path)
    assert {**after, "updated_at": before["updated_at"]} == before
    assert ignored(caplog) == []


async def test_the_source_of_a_chart_keeps_them_in_its_place_in_responses(
    emulator: Emulator, client: AsyncQovery, caplog: pytest.LogCaptureFixture
) -> None:
    helm = emulator.state.every("helm")[0]
    path = f"/helm/{helm.id}"
    git = {"url": "https://github.com/acme/charts.git", "branch": "main", "provider": "GITLAB", "owner": "acme"}
    body: dict[str, Any] = {"name": "chart", "auto_deploy": False, "arguments": [], "values_override": {}}
    await put(client, path, {**body, "source": {"git_repository": git}})
    stored = helm.value["source"]["git"]["git_repository"]
    assert (stored["provider"], stored["owner"]) == ("GITLAB", "acme")
    helm.value = {**helm.value, "source": {"git": {"git_repository": {**stored, "submodules": True}}}}
    await put(client, path, {**body, "source": {"git_repository": {**git, "submodules": True, "brnch": 1}}})
    found = (await shown(client, path))["source"]["git"]["git_repository"]
    assert found["submodules"] is True
    assert "brnch" not in found
    (line,) = ignored(caplog)
    assert line.startswith("helms.update: ignored the keys 'source.git_repository.brnch'")


async def test_what_only_responses_have_cannot_be_sent(
    emulator: Emulator, client: AsyncQovery, caplog: pytest.LogCaptureFixture
) -> None:
    application = emulator.state.every("application")[0].id
    path = f"/application/{application}"
    before = await shown(client, path)
    await put(client, path, {"name": "x", "healthchecks": {}, "maximum_cpu": 7, "environment": {"id": "elsewhere"}})
    after = await shown(client, path)
    assert (after["maximum_cpu"], after["environment"]) == (before["maximum_cpu"], before["environment"])
    (line,) = ignored(caplog)
    assert "'maximum_cpu'" in line
    assert "'environment'" in line


async def test_open_objects_keep_all(emulator: Emulator, client: AsyncQovery, caplog: pytest.LogCaptureFixture) -> None:
    cluster = (await client.clusters.list())[0]
    path = f"/organization/{cluster.organization.id}/cluster/{cluster.id}/advancedSettings"
    await put(client, path, {"new.setting": 3, "aws.vpc.enable_s3_flow_logs": True})
    settings = await shown(client, path)
    assert (settings["new.setting"], settings["aws.vpc.enable_s3_flow_logs"]) == (3, True)
    application = emulator.state.every("application")[0].id
    await put(client, f"/application/{application}/advancedSettings", {"new.setting": 4})
    assert (await shown(client, f"/application/{application}/advancedSettings"))["new.setting"] == 4
    environment = emulator.state.every("environment")[0].id
    image = {"image_name": "acme/api", "tag": "1", "registry_id": emulator.state.every("containerRegistry")[0].id}
    body = {"name": "x", "healthchecks": {}, "source": {"image": image}, "schedule": {"on_start": {"arguments": []}}}
    await client.request("POST", f"/environment/{environment}/job", json=body)
    assert ignored(caplog) == []


async def test_an_action_takes_what_it_knows(
    emulator: Emulator, client: AsyncQovery, caplog: pytest.LogCaptureFixture
) -> None:
    environment = emulator.state.every("environment")[0]
    application = environment.of_kind("application")[0].id
    path = f"/environment/{environment.id}/service/deploy"
    entry = {"application_id": application, "git_comit_id": "abc"}
    await client.request("POST", path, json={"applications": [entry]})
    assert ignored(caplog) == [
        "environments.deploy_services: ignored the keys 'applications[0].git_comit_id', which the API does not have"
    ]


async def test_a_body_that_is_refused_is_not_said_to_be_ignored(
    client: AsyncQovery, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BadRequest, match="name"):
        await client.request(
            "POST", f"/organization/{(await client.organizations.list())[0].id}/project", json={"nme": 1}
        )
    assert ignored(caplog) == []
