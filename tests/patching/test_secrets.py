"""Does a patch erase a secret that never comes back, or show one?"""

from __future__ import annotations

import re
from typing import Any

import attrs
import pytest

from qovery_async import ConfigurationError
from tests.support.objects import ID, PATCHES, Holder, example, patch, preview
from tests.support.payloads import Payload
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

SECRET = "s3cret-of-tests"


@attrs.frozen
class Case:
    """An object that holds a secret, one that does not, and how the message says that it is given."""

    namespace: str
    model: str
    path: str
    held: Payload
    without: Payload | None
    argument: str


def credentials(kind: str, **values: Any) -> Payload:
    return {"id": ID, "name": "n", "object_type": kind, **values}


def registry(**config: Any) -> Payload:
    return example("ContainerRegistryResponse", kind="DOCKER_HUB", config=config)


def repository(**config: Any) -> Payload:
    return example("HelmRepositoryResponse", config=config)


def variables(*, secret: bool) -> Payload:
    found = [{"key": "A", "value": "" if secret else "v", "secret": secret}]
    return example("TerraformResponse", terraform_variables_source={"tf_var_file_paths": [], "tf_vars": found})


VSPHERE = {"vsphere_user": "u", "access_key_id": "k"}
DNS = {"domain": "example.com"}
KEYS = {"type": "STATIC", "aws_access_key_id": "k"}
QOVERY = {"dns_provider": {"provider": "QOVERY", **DNS}}
ROUTE53 = {
    "dns_provider": {"provider": "ROUTE53", "aws_region": "r", "hosted_zone_id": "z", "credentials": KEYS, **DNS}
}
CLOUDFLARE = {"dns_provider": {"provider": "CLOUDFLARE", "email": "a@example.com", "proxied": False, **DNS}}
GOOGLE = example("ContainerRegistryResponse", kind="GCP_ARTIFACT_REGISTRY", config={"region": "r"})
GOOGLE_IDENTITY = {**GOOGLE, "config": {"region": "r", "gcp_credentials_type": "WORKLOAD_IDENTITY_FEDERATION"}}
WEBHOOK = "OrganizationWebhookResponse"
CASES = [
    Case("aws.credentials", "AwsStaticCredentialsRequest", "secret_access_key",
         credentials("AWS", access_key_id="k"), credentials("AWS_ROLE", role_arn="a"), "secret_access_key=..."),
    Case("aws.credentials", "EksAnywhereVsphereStaticCredentialsRequest", "secret_access_key",
         credentials("EKS_ANYWHERE_VSPHERE", **VSPHERE), None, "secret_access_key=..."),
    Case("aws.credentials", "EksAnywhereVsphereStaticCredentialsRequest", "vsphere_password",
         credentials("EKS_ANYWHERE_VSPHERE", **VSPHERE), None, "vsphere_password=..."),
    Case("aws.credentials", "EksAnywhereVsphereRoleCredentialsRequest", "vsphere_password",
         credentials("EKS_ANYWHERE_VSPHERE", vsphere_user="u", role_arn="a"), None, "vsphere_password=..."),
    Case("gcp.credentials", "GcpServiceAccountKeyCredentialsRequest", "gcp_credentials",
         credentials("GCP"), credentials("GCP_WORKLOAD_IDENTITY_FEDERATION", service_account_email="e",
                                         workload_identity_provider_resource="w"), "gcp_credentials=..."),
    Case("scaleway.credentials", "ScalewayCredentialsRequest", "scaleway_secret_key",
         credentials("SCW", scaleway_access_key="k", scaleway_project_id="p", scaleway_organization_id="o"), None,
         "scaleway_secret_key=..."),
    Case("clusters.dns_provider", "ClusterDnsProviderRequest", "dns_provider.api_token", CLOUDFLARE, QOVERY,
         'dns_provider={"api_token": ...}'),
    Case("clusters.dns_provider", "ClusterDnsProviderRequest", "dns_provider.credentials.aws_secret_access_key",
         ROUTE53, QOVERY, 'dns_provider={"credentials": {"aws_secret_access_key": ...}}'),
    Case("git_tokens", "GitTokenRequest", "token", example("GitTokenResponse"), None, "token=..."),
    Case("container_registries", "ContainerRegistryRequest", "config.secret_access_key",
         registry(access_key_id="k"), registry(role_arn="a"), 'config={"secret_access_key": ...}'),
    Case("container_registries", "ContainerRegistryRequest", "config.scaleway_secret_key",
         registry(scaleway_access_key="k"), registry(), 'config={"scaleway_secret_key": ...}'),
    Case("container_registries", "ContainerRegistryRequest", "config.json_credentials", GOOGLE, GOOGLE_IDENTITY,
         'config={"json_credentials": ...}'),
    Case("container_registries", "ContainerRegistryRequest", "config.password",
         registry(username="u"), registry(), 'config={"password": ...}'),
    Case("helm_repositories", "HelmRepositoryRequest", "config.secret_access_key",
         repository(access_key_id="k"), repository(), 'config={"secret_access_key": ...}'),
    Case("helm_repositories", "HelmRepositoryRequest", "config.scaleway_secret_key",
         repository(scaleway_access_key="k"), repository(), 'config={"scaleway_secret_key": ...}'),
    Case("helm_repositories", "HelmRepositoryRequest", "config.password",
         repository(username="u"), repository(), 'config={"password": ...}'),
    Case("mcp_servers", "McpServerRequest", "headers", example("McpServerResponse", header_names=["A"]),
         example("McpServerResponse", header_names=[]), "headers=..."),
    Case("webhooks", "OrganizationWebhookCreateRequest", "target_secret", example(WEBHOOK, target_secret_set=True),
         example(WEBHOOK, target_secret_set=False), "target_secret=..."),
    Case("terraforms", "TerraformRequest", "terraform_variables_source.tf_vars[].value", variables(secret=True),
         variables(secret=False), 'terraform_variables_source={"tf_vars": [...]}'),
]  # fmt: skip
KEPT = [
    ("agentic_workflows", example("AgenticWorkflowResponse")),
    ("alert_receivers", {**example("SlackAlertReceiverResponse"), "type": "SLACK"}),
    ("alert_receivers", {**example("EmailAlertReceiverResponse"), "type": "EMAIL"}),
]


def name(case: Case) -> str:
    return f"{case.model} {case.path}"


def given(case: Case, value: Any = SECRET) -> dict[str, Any]:
    """The argument as the message gives it, with a value in place of the dots, and others that are needed."""
    text = case.argument.replace("[...]", "[{'key': 'A', 'secret': True, 'value': ...}]").replace("...", "value")
    key, _, expression = text.partition("=")
    others = {"vsphere_password", "secret_access_key"} if case.model.startswith("EksAnywhereVsphereStatic") else set()
    return {**dict.fromkeys(others, "x"), key: eval(expression, {"value": value})}


ALL = pytest.mark.parametrize("case", CASES, ids=name)
SOMETIMES = pytest.mark.parametrize("case", [case for case in CASES if case.without is not None], ids=name)
OF_ITEMS = "terraform_variables_source.tf_vars[].value"
ALONE = pytest.mark.parametrize("case", [case for case in CASES if case.path != OF_ITEMS], ids=name)


class TestASecretThatMayBeErased:
    @ALL
    async def test_is_asked_for(self, ask: Ask, case: Case) -> None:
        others = {key: value for key, value in given(case).items() if key not in case.path}
        holder = Holder(case.namespace, case.held)
        with pytest.raises(ConfigurationError) as refused:
            await holder.gets(ask, patch(case.namespace, others))
        (erases,) = {row.left_out for row in PATCHES.hidden if (row.model, row.path) == (case.model, case.path)}
        why = "leaving it out erases it" if erases == "erased" else "leaving it out may erase it"
        assert str(refused.value) == (
            f"{case.namespace}.patch: {case.path} never comes back, and {why}; give it: `{case.argument}`"
        )
        assert holder.sent == []

    @ALL
    async def test_is_sent_if_it_is_given(self, ask: Ask, case: Case) -> None:
        holder = Holder(case.namespace, case.held)
        await holder.gets(ask, patch(case.namespace, given(case)))
        assert SECRET in str(holder.only)

    @ALONE
    async def test_may_be_erased_on_purpose(self, ask: Ask, case: Case) -> None:
        holder = Holder(case.namespace, case.held)
        await holder.gets(ask, patch(case.namespace, given(case, None)))
        assert SECRET not in str(holder.only)

    @SOMETIMES
    async def test_is_not_asked_for_where_there_is_none(self, ask: Ask, case: Case) -> None:
        assert case.without is not None
        holder = Holder(case.namespace, case.without)
        await holder.gets(ask, patch(case.namespace))
        assert len(holder.sent) == 1

    @ALONE
    async def test_is_asked_for_where_the_response_has_null(self, ask: Ask, case: Case) -> None:
        """Null would be sent back, and erase it."""
        held = _with(case.held, case.path.split("."), None)
        holder = Holder(case.namespace, held)
        others = {key: value for key, value in given(case).items() if key not in case.path}
        with pytest.raises(ConfigurationError, match=re.escape(case.path)):
            await holder.gets(ask, patch(case.namespace, others))

    @ALL
    async def test_is_masked_in_a_preview(self, ask: Ask, case: Case) -> None:
        holder = Holder(case.namespace, case.held)
        found = await holder.gets(ask, preview(case.namespace, given(case)))
        assert SECRET in str(found.body)
        assert SECRET not in f"{found} {found!r} {found.changes!r}"
        assert "***" in str(found)
        assert holder.asked == ["GET"]


def test_every_row_is_tried() -> None:
    assert [(case.model, case.path) for case in CASES] == [
        (row.model, row.path) for row in PATCHES.hidden if row.left_out != "kept"
    ]


@pytest.mark.parametrize(("namespace", "held"), KEPT)
async def test_what_qovery_keeps_is_left_out(ask: Ask, namespace: str, held: Payload) -> None:
    holder = Holder(namespace, held)
    await holder.gets(ask, patch(namespace, name="n"))
    paths = [row.path.rpartition(".")[2] for row in PATCHES.hidden if row.left_out == "kept"]
    assert len(paths) == 3
    assert not any(f'"{path}"' in str(holder.only) for path in paths)


async def test_a_key_may_give_way_to_a_role(ask: Ask) -> None:
    """The secret goes with the key: without the key, there is none to be kept."""
    holder = Holder("container_registries", registry(access_key_id="k"))
    changes = {"access_key_id": None, "role_arn": "a"}
    await holder.gets(ask, patch("container_registries", config=changes))
    assert holder.only["config"] == changes


def _with(value: Payload, steps: list[str], last: Any) -> Payload:
    """The value with another one at a place."""
    inner = value.get(steps[0])
    new = last if len(steps) == 1 else _with(inner if isinstance(inner, dict) else {}, steps[1:], last)
    return {**value, steps[0]: new}
