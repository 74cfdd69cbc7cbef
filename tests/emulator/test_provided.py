"""Do invoices, single sign-on, rules of environments and values of Qovery's chart follow from the world?"""

from __future__ import annotations

from typing import Any

import pytest

from qovery_async import AsyncQovery, NotFound, models
from qovery_async.emulator import Emulator

pytestmark = pytest.mark.anyio

RULE: dict[str, Any] = {
    "name": "nights", "mode": "DEVELOPMENT", "timezone": "Europe/Paris", "start_time": "1970-01-01T07:00:00Z",
    "stop_time": "1970-01-01T20:00:00Z", "weekdays": ["SATURDAY"], "wildcard": "pr-*", "auto_stop": True,
}  # fmt: skip


async def test_an_organization_has_an_invoice_for_each_month() -> None:
    async with (
        Emulator(world="empty", speed=None) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url, strict=True) as client,
    ):
        created = (await client.organization.get()).created_at
        first = await client.billing.invoices.list()
        assert [(each.created_at, each.total, each.status) for each in first] == [(created, 0, "PAID")]
        emulator.clock.advance(70 * 86400)
        later = await client.billing.invoices.list()
        assert [each.id for each in later[:1]] == [each.id for each in first]
        assert [(each.created_at.month, each.created_at.day) for each in later[1:]] == [(2, 1), (3, 1)]
        for each in later:
            assert await client.billing.invoices.get(each.id) == each
        with pytest.raises(NotFound):
            await client.billing.invoices.get("00000000-0000-4000-8000-000000000000")
        assert await client.enterprise_connections.list() == []


async def test_a_connection_to_the_single_sign_on_can_be_changed(client: AsyncQovery) -> None:
    (connection,) = await client.enterprise_connections.list()
    assert await client.enterprise_connections.get(connection.connection_name) == connection
    await client.enterprise_connections.patch(connection.connection_name, enforce_group_sync=True)
    (changed,) = await client.enterprise_connections.list()
    assert changed.enforce_group_sync
    with pytest.raises(NotFound):
        await client.enterprise_connections.get("other")


async def test_a_new_environment_has_the_first_rule_of_its_project_that_fits(client: AsyncQovery) -> None:
    project = await client.projects.create(models.ProjectRequest(name="rules"))
    cluster = (await client.clusters.list())[0].id

    async def rule_of(name: str, mode: str) -> tuple[str, bool, list[str]]:
        body: Any = {"name": name, "mode": mode, "cluster": cluster}
        environment = await client.environments.create(project.id, body)
        rule = await client.environments.deployment_rule.get(environment.id)
        assert rule.created_at == environment.created_at
        return rule.timezone, bool(rule.auto_stop), [*rule.weekdays]

    usual = ("UTC", False, ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"])
    assert await rule_of("pr-1", "DEVELOPMENT") == usual
    rules = client.projects.deployment_rules
    await rules.create(project.id, {**RULE, "cluster_id": cluster})  # type: ignore[typeddict-item]  # times are text
    await rules.create(project.id, {**RULE, "cluster_id": cluster, "name": "all", "wildcard": "", "weekdays": []})  # type: ignore[typeddict-item]  # the same
    assert await rule_of("PR-2", "DEVELOPMENT") == ("Europe/Paris", True, ["SATURDAY"])
    assert await rule_of("main", "DEVELOPMENT") == ("Europe/Paris", True, [])
    assert await rule_of("pr-3", "STAGING") == usual
    (early,) = [each for each in await client.environments.list(project.id) if each.name == "pr-1"]
    assert (await client.environments.deployment_rule.get(early.id)).timezone == "UTC"


async def test_the_values_of_the_chart_name_the_cluster(client: AsyncQovery) -> None:
    cluster = (await client.clusters.list())[0]
    values = await client.clusters.get_installation_helm_values(cluster.id)
    assert f"clusterId: &clusterId {cluster.id}\n" in values
    assert f"organizationId: &organizationId {cluster.organization.id}\n" in values
    assert values == await client.clusters.get_installation_helm_values(cluster.id)


async def test_credentials_name_the_clusters_that_use_them(client: AsyncQovery) -> None:
    body: Any = {"type": "AWS_STATIC", "name": "main", "access_key_id": "AKIA", "secret_access_key": "hidden"}
    credentials: Any = await client.aws.credentials.create(body)
    given: Any = {"cloud_provider": "AWS", "region": "eu-west-3", "credentials": {"id": credentials.id, "name": "main"}}
    named: Any = {"name": "own", "region": "eu-west-3", "cloud_provider": "AWS", "cloud_provider_credentials": given}
    cluster = await client.clusters.create(named)
    (listed,) = await client.organizations.list_credentials()
    assert [(each.id, each.name) for each in listed.clusters or ()] == [(cluster.id, "own")]
