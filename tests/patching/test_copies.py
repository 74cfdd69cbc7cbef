"""Does `to_request` make of a response what creates, or updates, the same?"""

from __future__ import annotations

import logging
from operator import attrgetter
from typing import Any

import pytest

from codegen.facts import ObjectSchema
from qovery_async import ConfigurationError, UnknownVariant, from_dict, models, to_dict, to_request
from qovery_async.codec.plain import is_object
from qovery_async.emulator import Emulator
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.samples import sample
from tests.support.both_faces import play
from tests.support.objects import PATCHES, Holder, changed, declared, example, patch
from tests.support.payloads import API
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

SERVICES = [
    ("agentic_workflows", "agenticWorkflow", models.AgenticWorkflowResponse, models.AgenticWorkflowRequest),
    ("applications", "application", models.Application, models.ApplicationRequest),
    ("containers", "container", models.ContainerResponse, models.ContainerRequest),
    ("databases", "database", models.Database, models.DatabaseRequest),
    ("helms", "helm", models.HelmResponse, models.HelmRequest),
    ("jobs", "job", models.CronJobResponse, models.JobRequest),
    ("jobs", "job", models.LifecycleJobResponse, models.JobRequest),
    ("terraforms", "terraform", models.TerraformResponse, models.TerraformRequest),
]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service[2].__name__)
async def test_a_service_can_be_copied_into_another_environment(
    ask: Ask, service: tuple[str, str, Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "qovery")
    namespace, kind, model, target = service
    async with Emulator(world="demo", rate_limit=None, speed=None) as emulator:
        one, other = emulator.state.every("environment")[:2]
        assert kind in families().services
        value = {**sample(model, "seed"), "environment": {"id": one.id}, "name": "to-be-copied", "description": "d"}
        _name_registries(value, emulator.state.every("containerRegistry")[0].id)
        emulator.state.add(kind, one, value, id_=value["id"])

        def script(client: Any) -> Any:
            found = yield attrgetter(namespace)(client).get(value["id"])
            copy = yield attrgetter(namespace)(client).create(other.id, to_request(found, target))
            return found, (yield attrgetter(namespace)(client).get(copy.id))

        (found, copy), _ = await play(ask, emulator, script)
    assert (copy.environment.id, copy.id != found.id, type(copy)) == (other.id, True, model)
    one_request, other_request = to_dict(to_request(found, target)), to_dict(to_request(copy, target))
    assert changed(one_request, other_request) == {}


def _name_registries(value: Any, registry_id: str) -> None:
    """Gives images a registry that there is."""
    if not is_object(value):
        return
    for key, inner in value.items():
        if key == "registry" and is_object(inner):
            inner["id"] = registry_id
        elif key == "registry_id":
            value[key] = registry_id
        else:
            _name_registries(inner, registry_id)


def single() -> list[tuple[str, str]]:
    """The responses that are of one kind, with the request that each becomes."""
    found: dict[str, str] = {}
    for namespace, row in PATCHES.patched.items():
        model = str(API.calls[f"{namespace}.{row.read}"].responses[0].type)
        body = API.calls[f"{namespace}.update"].body
        if body and isinstance(API.schemas[model], ObjectSchema) and not row.into:
            found[model] = body.type
    return [*found.items()]


@pytest.mark.parametrize(("model", "target"), single())
def test_without_a_target_it_is_what_update_takes(model: str, target: str) -> None:
    response: Any = from_dict(getattr(models, model), example(model))
    secrets = [row.path for row in PATCHES.hidden if row.model == target and row.reason == "Required." and not row.held]
    if secrets:
        with pytest.raises(ConfigurationError, match=f"needs {secrets[0]}, which {model} does not have"):
            to_request(response)
    else:
        request: Any = to_request(response)
        assert type(request) is getattr(models, target)
        assert to_dict(request).keys() <= declared(target)


@pytest.mark.parametrize(
    ("response", "request_"),
    [
        (models.CronJobResponse, models.JobRequest),
        (models.LifecycleJobResponse, models.JobRequest),
        (models.AwsRoleClusterCredentials, models.AwsRoleCredentialsRequest),
        (models.AzureStaticClusterCredentials, models.AzureCredentialsRequest),
        (models.GenericClusterCredentials, models.OnPremiseCredentialsRequest),
        (
            models.GcpWorkloadIdentityFederationClusterCredentials,
            models.GcpWorkloadIdentityFederationCredentialsRequest,
        ),
        (models.SlackAlertReceiverResponse, models.SlackAlertReceiverEditRequest),
        (models.EmailAlertReceiverResponse, models.EmailAlertReceiverEditRequest),
    ],
)
def test_a_kind_of_a_union_becomes_its_own(response: Any, request_: Any) -> None:
    found = from_dict(response, {**sample(response, "seed"), **({"type": "EMAIL"} if "Email" in str(response) else {})})
    assert type(to_request(found)) is request_
    assert type(to_request(found, request_)) is request_


def application(**values: Any) -> models.Application:
    return from_dict(models.Application, example("Application", **values))


class TestARequest:
    def test_can_be_changed_and_written(self) -> None:
        request = to_request(application(description="old", cpu=500))
        request.cpu = 800
        assert to_dict(request)["cpu"] == 800

    def test_keeps_keys_that_nobody_knows(self) -> None:
        assert to_dict(to_request(application(not_yet_known={"a": 1})))["not_yet_known"] == {"a": 1}

    def test_has_what_was_null_as_null_and_lacks_what_was_absent(self) -> None:
        held = {k: v for k, v in example("Application", description=None).items() if k != "gpu"}
        found = to_dict(to_request(from_dict(models.Application, held)))
        assert (found["description"], "gpu" in found) == (None, False)

    async def test_is_what_patch_sends(self, ask: Ask) -> None:
        holder = Holder("applications", example("Application"))
        await holder.gets(ask, patch("applications"))
        assert holder.only == to_dict(to_request(application()))

    def test_leaves_the_response_as_it_was(self) -> None:
        found = application(arguments=["a"])
        request = to_request(found)
        assert isinstance(request.arguments, list)
        request.arguments.append("b")
        assert found.arguments == ["a"]


WRONG: list[tuple[Any, Any, str]] = [
    (models.ReferenceObject(id="x"), None, "nothing updates ReferenceObject; pass the request's model"),
    ("text", None, "nothing updates str"),
    (application(), "ApplicationRequest", "Application does not become ApplicationRequest"),
    (application(), dict, "Application does not become dict"),
    (application(), models.ProjectRequest, "Application does not become ProjectRequest"),
    (models.ProjectRequest(name="a"), None, "nothing updates ProjectRequest"),
    (UnknownVariant({"a": 1}), models.ApplicationRequest, "UnknownVariant does not become ApplicationRequest"),
    (
        from_dict(models.GitTokenResponse, example("GitTokenResponse")),
        None,
        "GitTokenRequest needs token, which GitTokenResponse does not have",
    ),
    (
        from_dict(models.AwsRoleClusterCredentials, example("AwsRoleClusterCredentials")),
        models.AzureCredentialsRequest,
        "AwsRoleClusterCredentials does not become AzureCredentialsRequest",
    ),
]


@pytest.mark.parametrize(("model", "target", "told"), WRONG)
def test_what_cannot_become_a_request_is_refused(model: Any, target: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        to_request(model, target)
