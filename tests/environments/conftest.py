"""An emulated environment with a service of every kind, and something in every place that a kind has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, models
from qovery_async.emulator import Emulator

SECRETS = (
    "s3cret-of-env",
    "s3cret-of-api",
    "s3cret-of-tf",
    "s3cret-header",
    "s3cret-mcp",
    "s3cret-values",
    "s3cret-pw",
)
"""Values that no document may have."""

GIT = {"url": "https://ada:s3cret-pw@github.com/acme/shop.git", "branch": "main", "provider": "GITHUB"}
PORT = {"internal_port": 8080, "external_port": 443, "publicly_accessible": True, "protocol": "HTTP", "name": "http"}
METRICS = {
    "internal_port": 9090,
    "publicly_accessible": False,
    "protocol": "HTTP",
    "name": "metrics",
    "is_default": False,
}
DISK = {"type": "FAST_SSD", "size": 10, "mount_point": "/data"}
CACHE = {"type": "FAST_SSD", "size": 20, "mount_point": "/cache"}

Scope = models.APIVariableScopeEnum


@attrs.frozen
class Place:
    """The environment, and its services by kind."""

    emulator: Emulator
    client: AsyncQovery
    id: str
    services: dict[str, str]

    async def variable(self, parent_id: str, scope: str, key: str, value: str, *, secret: bool = False) -> str:
        body = {
            "key": key, "value": value, "is_secret": secret, "variable_scope": scope, "variable_parent_id": parent_id,
        }  # fmt: skip
        return (await self.client.variables.create(body)).id


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", rate_limit=None) as running:
        yield running


@pytest.fixture
async def place(emulator: Emulator) -> AsyncIterator[Place]:
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        yield await furnished(emulator, client)


async def furnished(emulator: Emulator, client: AsyncQovery) -> Place:
    """A new environment with a service of every kind."""
    project = (await client.projects.list())[0].id
    id_ = (await client.environments.create(project, {"name": "every-kind", "mode": "STAGING"})).id
    registry = (await client.container_registries.list())[0].id
    repository = (await client.helm_repositories.list())[0].id
    image = {"image_name": "acme/web", "tag": "1.4.2", "registry_id": registry}
    bodies: dict[str, tuple[Any, dict[str, Any]]] = {
        "APPLICATION": (
            client.applications,
            {"name": "api", "git_repository": GIT, "healthchecks": {}, "ports": [PORT, METRICS], "storage": [DISK, CACHE]},
        ),
        "CONTAINER": (client.containers, {"name": "web", "healthchecks": {}, **image, "ports": [PORT]}),
        "DATABASE": (
            client.databases,
            {"name": "orders", "type": "POSTGRESQL", "version": "16", "mode": "CONTAINER", "accessibility": "PRIVATE"},
        ),
        "JOB": (
            client.jobs,
            {
                "name": "rollup", "healthchecks": {}, "source": {"image": image},
                "schedule": {"cronjob": {"scheduled_at": "0 3 * * *", "arguments": ["--verbose", "all"]}},
            },
        ),
        "HELM": (
            client.helms,
            {
                "name": "grafana", "auto_deploy": False, "arguments": ["--wait"],
                "source": {"helm_repository": {"repository": repository, "chart_name": "g", "chart_version": "8.5.1"}},
                "values_override": {
                    "set": [["replicas", "2"], ["auth.password", "s3cret-values"]],
                    "file": {"raw": {"values": [{"name": "values.yaml", "content": "password: s3cret-values"}]}},
                },
            },
        ),
        "TERRAFORM": (
            client.terraforms,
            {
                "name": "buckets", "description": "", "timeout_sec": 600,
                "auto_deploy_config": {"auto_deploy": False, "terraform_action": "DEFAULT"},
                "engine": "TERRAFORM", "backend": {"kubernetes": {}}, "use_cluster_credentials": True,
                "terraform_files_source": {"git_repository": {"url": "https://github.com/acme/tf.git", "branch": "main"}},
                "terraform_variables_source": {
                    "tf_var_file_paths": ["a.tfvars", "b.tfvars"],
                    "tf_vars": [
                        {"key": "region", "value": "eu", "secret": False},
                        {"key": "pw", "value": "s3cret-of-tf", "secret": True},
                    ],
                },
                "provider_version": {"read_from_terraform_block": False, "explicit_version": "1.9"},
                "job_resources": {"cpu_milli": 500, "ram_mib": 512, "gpu": 0, "storage_gib": 10},
                "action_extra_arguments": {"plan": ["-lock=false"]},
            },
        ),
        "AGENTIC_WORKFLOW": (
            client.agentic_workflows,
            {
                "name": "triage", "mcp": '{"headers": "s3cret-mcp"}', "agent_prompt": "Sort the issues.",
                "outputs": [
                    {
                        "name": "chat", "url": "https://example.com/s3cret-header", "instructions": "Be brief.",
                        "headers": [{"name": "Authorization", "value": "s3cret-header"}],
                    }
                ],
                "governance": {"host_allowlist": ["a.example.com", "b.example.com"]},
            },
        ),
    }  # fmt: skip
    services = {kind: (await namespace.create(id_, body)).id for kind, (namespace, body) in bodies.items()}
    environment = emulator.state.get("environment", id_)
    legacy = emulator.state.every("argocdApp")[0]
    app = {**legacy.value, "id": emulator.state.new_id(), "name": "legacy", "environment": {"id": id_}}
    services["ARGOCD_APP"] = emulator.state.add("argocdApp", environment, app).id
    place = Place(emulator, client, id_, services)
    await _fill(place)
    return place


async def _fill(place: Place) -> None:
    client, services = place.client, place.services
    api = services["APPLICATION"]
    await place.variable(place.id, "ENVIRONMENT", "LOG_LEVEL_OF_ENV", "debug")
    hidden = await place.variable(place.id, "ENVIRONMENT", "TOKEN", "s3cret-of-env", secret=True)
    await place.variable(api, "APPLICATION", "API_SECRET", "s3cret-of-api", secret=True)
    await place.variable(services["JOB"], "JOB", "BATCH", "100")
    alias = {"key": "ALIAS", "alias_scope": "APPLICATION", "alias_parent_id": api}
    await client.variables.create_alias(hidden, alias)
    await place.variable(place.id, "ENVIRONMENT", "DB_PASSWORD", "s3cret-by-name")
    inherited = await place.variable(place.id, "ENVIRONMENT", "COLOR", "red")
    override = {"value": "blue", "override_scope": "APPLICATION", "override_parent_id": api}
    await client.variables.create_override(inherited, override)
    built_in = next(
        variable
        for variable in await client.variables.list(parent_id=api, scope=Scope.APPLICATION)
        if variable.key.startswith("QOVERY_DATABASE_")
    )
    alias = {"key": "DATABASE_HOST", "alias_scope": "APPLICATION", "alias_parent_id": api}
    await client.variables.create_alias(built_in.id, alias)
    await client.applications.custom_domains.create(api, {"domain": "api.example.com", "generate_certificate": True})
    await client.helms.custom_domains.create(
        services["HELM"], {"domain": "grafana.example.com", "generate_certificate": True}
    )
    rule = {"mode": "EXCLUDE", "type": "PATH", "value": "docs/"}
    await client.applications.deployment_restrictions.create(api, rule)
    await client.jobs.deployment_restrictions.create(services["JOB"], rule)
    stage = await client.deployment_stages.create(place.id, {"name": "LAST", "description": "after all others"})
    await client.deployment_stages.attach_service(stage.id, services["HELM"])
