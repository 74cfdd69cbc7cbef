"""What becomes of a value that can be of several kinds, in a patch that keeps its kind and in one that changes it?"""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from qovery_async import ConfigurationError, models
from tests.support.objects import GONE, ID, Holder, changed, example, patch
from tests.support.payloads import Payload
from tests.support.server import Ask

pytestmark = pytest.mark.anyio

GIT: Payload = {
    "url": "https://example.com/a", "branch": "main", "root_path": "/", "provider": "GITHUB", "git_token_id": "t1",
    "owner": "acme", "name": "a", "has_access": True, "deployed_commit_id": "c0ffee", "git_token_name": "mine",
}  # fmt: skip
SENT_GIT = {key: GIT[key] for key in ("url", "branch", "root_path", "git_token_id")}
CHART = {"chart_name": "c", "chart_version": "1", "repository": {"id": "r1", "name": "r", "url": "https://example.com"}}
SENT_CHART = {"chart_name": "c", "chart_version": "1", "repository": "r1"}
IMAGE = {"image_name": "i", "tag": "1", "registry": {"id": "r1", "name": "r", "url": "u", "kind": "ECR"}}
FIRST = {"image_name": "i", "tag": "1", "registry_id": "r1"}
SECOND = {**FIRST, "tag": "2"}
DOCKER = {"dockerfile_path": "Dockerfile", "dockerfile_raw": None, "git_repository": GIT}
KEDA = {
    "id": "k1", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "service_id": ID,
    "mode": "KEDA", "polling_interval_seconds": 5, "cooldown_period_seconds": 6,
    "scalers": [
        {
            "id": "s1", "created_at": "2026-01-01T00:00:00Z", "scaler_type": "cron",
            "role": "PRIMARY", "enabled": True, "config_json": {"a": {"b": 1}},
            "trigger_authentication": {
                "id": "ta", "created_at": "2026-01-01T00:00:00Z", "name": "auth", "config_yaml": "a: b",
            },
        }
    ],
}  # fmt: skip
SENT_SCALER = {
    "scaler_type": "cron", "role": "PRIMARY", "enabled": True, "config_json": {"a": {"b": 1}},
    "trigger_authentication": {"name": "auth", "config_yaml": "a: b"},
}  # fmt: skip


def credentials(kind: str, **values: Any) -> Payload:
    return {"id": ID, "name": "n", "object_type": kind, **values}


AWS = credentials("AWS", access_key_id="AK")
CLOUDFLARE = {"provider": "CLOUDFLARE", "domain": "example.com", "email": "a@example.com", "proxied": True}
ROUTE53 = {
    "provider": "ROUTE53", "domain": "example.com", "aws_region": "eu", "hosted_zone_id": "z",
    "credentials": {"type": "STATIC", "aws_access_key_id": "AK"},
}  # fmt: skip


@attrs.frozen
class Case:
    """What an object holds, what is patched, and the part of the body that then stands under `place`."""

    namespace: str
    held: Payload
    changes: dict[str, Any]
    place: str
    sent: Any


HELM_GIT = example("HelmResponse", source={"git": {"git_repository": GIT}})
HELM_CHART = example("HelmResponse", source={"repository": CHART})
IMAGE_JOB = example("LifecycleJobResponse", source={"image": IMAGE})
DOCKER_JOB = example("LifecycleJobResponse", source={"docker": DOCKER})
CRON = example("CronJobResponse", source={"image": IMAGE}, schedule={"cronjob": {"scheduled_at": "* * * * *"}})
SCALED = example("Application", autoscaling=KEDA)
TERRAFORM = example("TerraformResponse", terraform_files_source={"git": {"git_repository": GIT}})
FILES = "terraform_files_source"
CASES = {
    "helm from git, as it is": Case("helms", HELM_GIT, {}, "source", {"git_repository": SENT_GIT}),
    "helm from git, one value": Case(
        "helms",
        HELM_GIT,
        {"source": {"git_repository": {"branch": "dev"}}},
        "source",
        {"git_repository": {**SENT_GIT, "branch": "dev"}},
    ),
    "helm from git to a repository": Case(
        "helms", HELM_GIT, {"source": {"helm_repository": SENT_CHART}}, "source", {"helm_repository": SENT_CHART}
    ),
    "helm from a repository, as it is": Case("helms", HELM_CHART, {}, "source", {"helm_repository": SENT_CHART}),
    "helm from a repository, one value": Case(
        "helms",
        HELM_CHART,
        {"source": {"helm_repository": {"chart_version": "2"}}},
        "source",
        {"helm_repository": {**SENT_CHART, "chart_version": "2"}},
    ),
    "helm from a repository to git": Case(
        "helms", HELM_CHART, {"source": {"git_repository": SENT_GIT}}, "source", {"git_repository": SENT_GIT}
    ),
    "helm, by a model": Case(
        "helms",
        HELM_GIT,
        {
            "source": models.HelmRequestSourceWithHelmRepository(
                helm_repository=models.HelmRequestSourceWithHelmRepositoryHelmRepository(
                    repository="r1", chart_name="c", chart_version="1"
                )
            )
        },
        "source",
        {"helm_repository": SENT_CHART},
    ),
    "a job's image, as it is": Case("jobs", IMAGE_JOB, {}, "source", {"image": FIRST}),
    "a job's image, one value": Case(
        "jobs", IMAGE_JOB, {"source": {"image": {"tag": "2"}}}, "source", {"image": SECOND}
    ),
    "a job's image to docker": Case(
        "jobs",
        IMAGE_JOB,
        {"source": {"docker": {"git_repository": {"url": "u"}}}},
        "source",
        {"docker": {"git_repository": {"url": "u"}}},
    ),
    "a job's docker to an image": Case("jobs", DOCKER_JOB, {"source": {"image": SECOND}}, "source", {"image": SECOND}),
    "a job's docker, three levels down": Case(
        "jobs",
        DOCKER_JOB,
        {"source": {"docker": {"git_repository": {"branch": "dev"}}}},
        "source.docker.git_repository",
        {**SENT_GIT, "provider": "GITHUB", "branch": "dev"},
    ),
    "a cron job's schedule": Case(
        "jobs",
        CRON,
        {"schedule": {"cronjob": {"timezone": "Etc/UTC"}}},
        "schedule",
        {"cronjob": {"scheduled_at": "* * * * *", "timezone": "Etc/UTC"}},
    ),
    "autoscaling, as it is": Case(
        "applications",
        SCALED,
        {},
        "autoscaling",
        {"mode": "KEDA", "polling_interval_seconds": 5, "cooldown_period_seconds": 6, "scalers": [SENT_SCALER]},
    ),
    "autoscaling, one value": Case(
        "applications", SCALED, {"autoscaling": {"cooldown_period_seconds": 9}}, "autoscaling.scalers", [SENT_SCALER]
    ),
    "autoscaling, of another kind": Case(
        "applications",
        SCALED,
        {"autoscaling": {"mode": "NOT_YET_KNOWN", "x": 1}},
        "autoscaling",
        {"mode": "NOT_YET_KNOWN", "x": 1},
    ),
    "terraform, one value": Case(
        "terraforms",
        TERRAFORM,
        {FILES: {"git_repository": {"branch": "dev"}}},
        FILES,
        {"git_repository": {**SENT_GIT, "branch": "dev"}},
    ),
    "a container's registry": Case(
        "containers",
        {k: v for k, v in example("ContainerResponse", registry=IMAGE["registry"]).items() if k != "registry_id"},
        {},
        "registry_id",
        "r1",
    ),
    "DNS by Qovery to Cloudflare": Case(
        "clusters.dns_provider",
        {"dns_provider": {"provider": "QOVERY", "domain": "example.com"}},
        {"dns_provider": {**CLOUDFLARE, "api_token": "x"}},
        "dns_provider",
        {**CLOUDFLARE, "api_token": "x"},
    ),
    "DNS by Cloudflare to Qovery": Case(
        "clusters.dns_provider",
        {"dns_provider": CLOUDFLARE},
        {"dns_provider": {"provider": "QOVERY"}},
        "dns_provider",
        {"provider": "QOVERY", "domain": "example.com"},
    ),
    "a container's registry, by two names": Case(
        "containers", example("ContainerResponse", registry=None, registry_id="r2"), {}, "registry_id", "r2"
    ),
    "DNS by Route 53": Case(
        "clusters.dns_provider",
        {"dns_provider": ROUTE53},
        {"dns_provider": {"credentials": {"aws_secret_access_key": "x"}}},
        "dns_provider",
        {**ROUTE53, "credentials": {**ROUTE53["credentials"], "aws_secret_access_key": "x"}},  # type: ignore[dict-item]
    ),
    "AWS, a key": Case(
        "aws.credentials",
        AWS,
        {"secret_access_key": "x"},
        "",
        {"type": "AWS_STATIC", "name": "n", "access_key_id": "AK", "secret_access_key": "x"},
    ),
    "AWS, a key to a role": Case(
        "aws.credentials",
        AWS,
        {"type": "AWS_ROLE", "role_arn": "arn"},
        "",
        {"type": "AWS_ROLE", "name": "n", "role_arn": "arn"},
    ),
    "AWS, a role": Case(
        "aws.credentials",
        credentials("AWS_ROLE", role_arn="arn"),
        {"name": "m"},
        "",
        {"type": "AWS_ROLE", "name": "m", "role_arn": "arn"},
    ),
    "vSphere with a role": Case(
        "aws.credentials",
        credentials("EKS_ANYWHERE_VSPHERE", vsphere_user="u", role_arn="arn", access_key_id=None),
        {"vsphere_password": "x"},
        "",
        {
            "type": "EKS_ANYWHERE_VSPHERE_ROLE",
            "name": "n",
            "vsphere_user": "u",
            "role_arn": "arn",
            "vsphere_password": "x",
        },
    ),
    "vSphere with a key": Case(
        "aws.credentials",
        credentials("EKS_ANYWHERE_VSPHERE", vsphere_user="u", access_key_id="AK"),
        {"vsphere_password": "x", "secret_access_key": "y"},
        "access_key_id",
        "AK",
    ),
    "Google, a workload identity": Case(
        "gcp.credentials",
        credentials(
            "GCP_WORKLOAD_IDENTITY_FEDERATION", service_account_email="e", workload_identity_provider_resource="w"
        ),
        {},
        "",
        {"name": "n", "service_account_email": "e", "workload_identity_provider_resource": "w"},
    ),
    "on premise": Case("on_premise.credentials", credentials("OTHER"), {"name": "m"}, "", {"name": "m"}),
    "Azure": Case(
        "azure.credentials",
        credentials("AZURE", azure_tenant_id="t", azure_subscription_id="s", azure_application_id="a"),
        {},
        "",
        {"name": "n", "azure_tenant_id": "t", "azure_subscription_id": "s"},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_is_sent_as_the_request_has_it(ask: Ask, case: Case) -> None:
    holder = Holder(case.namespace, case.held)
    await holder.gets(ask, patch(case.namespace, case.changes))
    found: Any = holder.only
    for key in case.place.split(".") if case.place else ():
        found = found[key]
    assert changed(case.sent, found) == {}


class TestWhatHasNoRule:
    @pytest.mark.parametrize(
        ("namespace", "held", "kind"),
        [
            ("aws.credentials", credentials("SCW", scaleway_access_key="k"), "ScalewayClusterCredentials"),
            ("on_premise.credentials", AWS, "AwsStaticClusterCredentials"),
            ("aws.credentials", credentials("NOT_YET_KNOWN"), "UnknownVariant"),
            ("jobs", {**CRON, "job_type": "NOT_YET_KNOWN"}, "UnknownVariant"),
        ],
    )
    async def test_is_refused(self, ask: Ask, namespace: str, held: Any, kind: str) -> None:
        holder = Holder(namespace, held)
        with pytest.raises(ConfigurationError, match=f"by which {kind} becomes a request; call `update`"):
            await holder.gets(ask, patch(namespace, name="x"))
        assert holder.sent == []


class TestAKindThatNobodyKnows:
    """Inside of an object it is sent back; a patch of it changes the keys that it is given."""

    HELD = example("HelmResponse", source={"oci": {"url": "u", "tag": "1"}, "digest": "d"})

    @pytest.mark.parametrize(
        ("changes", "difference"),
        [
            ({}, {}),
            ({"digest": "e"}, {"digest": "e"}),
            ({"oci": {"tag": "2"}}, {"oci.url": GONE, "oci.tag": "2"}),
            ({"helm_repository": SENT_CHART}, {"oci": GONE, "digest": GONE, "helm_repository": SENT_CHART}),
        ],
    )
    async def test_survives(self, ask: Ask, changes: Any, difference: Any) -> None:
        holder = Holder("helms", self.HELD)
        await holder.gets(ask, patch("helms", source=changes))
        assert changed(self.HELD["source"], holder.only["source"]) == difference
