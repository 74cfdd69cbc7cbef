"""Does what a request says come back in the responses that depend on it?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import yaml

from qovery_async import AsyncQovery, NotFound
from qovery_async.emulator import Emulator
from qovery_async.emulator.world.databases import KINDS

pytestmark = pytest.mark.anyio

HEALTHY: dict[str, Any] = {"healthchecks": {}}
GIT: dict[str, Any] = {"url": "https://github.com/acme/api.git", "provider": "GITHUB"}
PORT: dict[str, Any] = {"internal_port": 80, "publicly_accessible": True, "protocol": "HTTP"}


@pytest.fixture
def environment(emulator: Emulator) -> str:
    return emulator.state.every("environment")[0].id


@pytest.mark.parametrize(
    ("url", "owner", "name"),
    [
        ("https://github.com/acme/api.git", "acme", "api"),
        ("https://gitlab.com/acme/backend/api", "acme/backend", "api"),
        ("https://bitbucket.org/acme/api/", "acme", "api"),
    ],
)
async def test_a_repository_has_owner_and_name_of_its_url(
    client: AsyncQovery, environment: str, url: str, owner: str, name: str
) -> None:
    body: Any = {"name": "new", "git_repository": {**GIT, "url": url, "branch": "next"}, **HEALTHY}
    made = await client.applications.create(environment, body)
    git = made.git_repository
    assert git is not None
    assert (git.owner, git.name, git.branch) == (owner, name, "next")


async def test_repositories_and_branches_are_those_of_the_services(client: AsyncQovery, environment: str) -> None:
    body: Any = {"name": "new", "git_repository": {**GIT, "branch": "next"}}
    await client.applications.create(environment, {**body, **HEALTHY})
    found = await client.git.list_github_repositories()
    assert [repository.name for repository in found].count("acme/api") == 1
    assert "name" not in {repository.name for repository in found}
    branches = await client.git.list_github_branches(name="acme/api")
    assert {branch.name for branch in branches} == {"main", "next"}
    assert await client.git.list_gitlab_repositories() == []


async def test_commits_are_those_that_were_deployed(emulator: Emulator, client: AsyncQovery) -> None:
    deployed = next(e for e in emulator.state.every("application") if emulator.life.service(e.id).deployed)
    (commit,) = await client.applications.list_commits(deployed.id)
    git = (await client.applications.get(deployed.id)).git_repository
    assert commit is not None
    assert git is not None
    assert commit.git_commit_id == git.deployed_commit_id


async def test_groups_are_shown_in_full(emulator: Emulator, client: AsyncQovery, environment: str) -> None:
    group = await client.labels_groups.create(
        {"name": "team", "labels": [{"key": "team", "value": "blue", "propagate_to_cloud_provider": False}]}
    )
    registry = emulator.state.every("containerRegistry")[0].id
    body: Any = {"name": "new", "image_name": "acme/new", "tag": "1", "registry_id": registry, **HEALTHY}
    made = await client.containers.create(environment, {**body, "labels_groups": [{"id": group.id}]})
    (shown,) = made.labels_groups or ()
    assert (shown.name, shown.labels[0].value) == ("team", "blue")
    (item,) = await client.labels_groups.list_associated_items(group.id)
    assert (item.item_id, item.item_name, item.item_type) == (made.id, "new", "CONTAINER")
    with pytest.raises(NotFound, match="labelsGroups"):
        await client.containers.create(environment, {**body, "name": "b", "labels_groups": [{"id": "none"}]})


async def test_what_uses_a_registry_or_repository_is_listed(emulator: Emulator, client: AsyncQovery) -> None:
    registry = emulator.state.every("containerRegistry")[0].id
    services = await client.container_registries.list_associated_services(registry)
    assert {service.service_type.value for service in services} == {"CONTAINER", "CRON"}
    images = await client.container_registries.list_images(registry)
    assert {"acme/ledger", "acme/proxy"} < {image.image_name for image in images}
    repository = emulator.state.every("helmRepository")[0].id
    assert {s.service_name for s in await client.helm_repositories.list_associated_services(repository)} == {"grafana"}
    (chart,) = await client.helm_repositories.list_charts(repository)
    assert (chart.chart_name, chart.versions) == ("grafana", ["8.5.1"])


async def test_exactly_one_public_port_is_the_default(client: AsyncQovery, environment: str) -> None:
    ports = [{**PORT, "internal_port": 79, "publicly_accessible": False}, PORT, {**PORT, "internal_port": 81}]
    body: Any = {"name": "new", "git_repository": GIT, "ports": ports, **HEALTHY}
    made = await client.applications.create(environment, body)
    assert [port.is_default for port in made.ports or ()] == [False, True, False]


@pytest.mark.parametrize(("kind", "about"), KINDS.items())
async def test_databases_have_the_port_of_their_kind(
    client: AsyncQovery, environment: str, kind: str, about: Any
) -> None:
    body: Any = {"name": "new", "type": kind, "version": about.versions[0], "mode": "CONTAINER"}
    made = await client.databases.create(environment, {**body, "accessibility": "PUBLIC"})
    assert made.port == about.port
    credentials = await client.databases.get_master_credentials(made.id)
    assert (credentials.host, credentials.port, credentials.login) == (made.host, about.port, about.login)
    assert [version.name for version in await client.databases.list_versions(made.id)] == list(about.versions)
    other = await client.databases.create(environment, {**body, "name": "other"})
    assert other.host == f"database-z{other.id[:8]}"
    assert (await client.databases.get_master_credentials(other.id)).password != credentials.password


async def test_a_role_has_permissions_for_each_cluster_and_project(emulator: Emulator, client: AsyncQovery) -> None:
    clusters, projects = emulator.state.every("cluster"), emulator.state.every("project")
    cluster: Any = {"cluster_id": clusters[0].id, "permission": "ADMIN"}
    role = await client.custom_roles.create({"name": "new"})
    assert {permission.permission for permission in role.cluster_permissions or ()} == {"VIEWER"}
    body: Any = {"name": "new", "cluster_permissions": [cluster], "project_permissions": []}
    role = await client.custom_roles.update(role.id or "", body)
    shown = [permission.permission for permission in role.cluster_permissions or ()]
    assert shown == ["ADMIN", *["VIEWER"] * (len(clusters) - 1)]
    assert [each.project_name for each in role.project_permissions or ()] == [p.value["name"] for p in projects]
    invitation = await client.invitations.create({"email": "new@example.com", "role_id": role.id})
    assert (invitation.role_id, invitation.role_name) == (role.id, "new")


async def test_features_of_a_cluster_have_titles_and_values(client: AsyncQovery) -> None:
    body: Any = {"name": "new", "cloud_provider": "AWS", "region": "eu-west-3"}
    made = await client.clusters.create({**body, "features": [{"id": "STATIC_IP", "value": True}]})
    (feature,) = made.features or ()
    assert (feature.id, feature.title) == ("STATIC_IP", "Static IP / NAT gateways")
    assert getattr(feature.value_object, "value", None) is True
    assert "STATIC_IP" in {each.id for each in await client.aws.list_cluster_features()}


async def test_a_feature_that_a_cluster_has_stays_as_it_is(client: AsyncQovery) -> None:
    body: Any = {"name": "new", "cloud_provider": "AWS", "region": "eu-west-3"}
    static_ip: Any = {"id": "STATIC_IP", "value": True}
    made = await client.clusters.create({**body, "features": [static_ip]})
    kept = await client.clusters.update(
        made.id, {**body, "features": [static_ip, {"id": "VPC_SUBNET", "value": "10.0.0.0/16"}]}
    )
    assert kept.features is not None
    assert kept.features[0] == (made.features or [])[0]
    assert [getattr(each.value_object, "value", None) for each in kept.features] == [True, "10.0.0.0/16"]
    changed = await client.clusters.update(made.id, {**body, "features": [{**static_ip, "value": False}]})
    assert [getattr(each.value_object, "value", None) for each in changed.features or ()] == [False]


async def test_receivers_of_alerts_belong_to_the_organization_of_the_body(
    emulator: Emulator, client: AsyncQovery
) -> None:
    organization = emulator.state.every("organization")[0].id
    receiver: Any = await client.alert_receivers.create({
        "organization_id": organization, "type": "SLACK", "name": "ops", "description": "", "send_resolved": True,
        "webhook_url": "https://hooks.slack.example/x",
    })  # fmt: skip
    assert [each.id for each in await client.alert_receivers.list(organization_id=organization)] == [receiver.id]


async def test_access_to_a_cluster(emulator: Emulator, client: AsyncQovery) -> None:
    cluster = emulator.state.every("cluster")[0]
    token = await client.clusters.get_token(cluster.id)
    assert token.status.expiration_timestamp > emulator.clock.now()
    kubeconfig = await client.clusters.kubeconfig.get(cluster.id)
    assert f"server: https://z{cluster.id[:8]}" in kubeconfig
    assert token.status.token in kubeconfig
    assert cluster.id in await client.clusters.kubeconfig.get(cluster.id, with_token_from_cli=True)
    assert (await client.clusters.get_readiness(cluster.id)).is_ready is True


@pytest.mark.parametrize("name", ["production", "null", 'null: "a"\\\x03 # \x9f \N{ROCKET}'])
async def test_a_kubeconfig_is_yaml_whatever_the_cluster_is_called(
    emulator: Emulator, client: AsyncQovery, name: str
) -> None:
    cluster = emulator.state.every("cluster")[0]
    cluster.value["name"] = name
    found = yaml.safe_load(await client.clusters.kubeconfig.get(cluster.id))
    assert found["current-context"] == found["clusters"][0]["name"] == name


async def test_the_cost_knows_the_plan(emulator: Emulator, client: AsyncQovery) -> None:
    cost = await client.billing.get_current_cost()
    assert cost.plan == "ENTERPRISE"
    assert isinstance(cost.renewal_at, datetime)
    assert cost.renewal_at > emulator.clock.now()


async def test_domains_are_checked_against_their_service(emulator: Emulator, client: AsyncQovery) -> None:
    states = {emulator.life.service(e.id).deployed: e for e in emulator.state.every("application")}
    found: dict[bool, str] = {}
    for deployed, service in states.items():
        body = {"domain": f"{service.value['name']}.example.com", "generate_certificate": True}
        domain = await client.applications.custom_domains.create(service.id, body)
        assert domain.validation_domain == f"z{service.id[:8]}-gtw.apps.acme.example"
        (checked,) = await client.applications.check_custom_domains(service.id)
        found[deployed] = checked.status.value
    assert found.pop(True) == "MATCHES_LOAD_BALANCER_HOST"
    assert set(found.values()) <= {"DOMAIN_NOT_CONFIGURED"}


async def test_analyses_end() -> None:
    async with (
        Emulator(world="demo", speed=None) as emulator,
        AsyncQovery(emulator.token, base_url=emulator.url) as client,
    ):
        cluster = emulator.state.every("cluster")[0].id
        body: Any = {"kind": "COST_RECOMMENDATION", "output_format": "JSON"}
        made = await client.clusters.analyses.start(cluster, body)
        assert made.status == "PENDING"
        for seconds, status, lines in ((3, "RUNNING", 2), (10, "SUCCEEDED", 3)):
            emulator.clock.advance(seconds)
            assert (await client.clusters.analyses.get(cluster, made.id)).status == status
            assert [one.status for one in await client.clusters.analyses.list(cluster)] == [status]
            assert len(await client.clusters.analyses.list_logs(cluster, made.id)) == lines


async def test_a_null_clears_the_description_of_a_stage(emulator: Emulator, client: AsyncQovery) -> None:
    environment = emulator.state.every("environment")[0].id
    stage = await client.deployment_stages.create(environment, {"name": "first", "description": "soon"})
    assert stage.description == "soon"
    changed = await client.deployment_stages.update(stage.id, {"name": "first", "description": None})
    assert changed.description == ""


async def test_variables_follow_the_name_of_their_service(emulator: Emulator, client: AsyncQovery) -> None:
    service = emulator.state.every("application")[0]
    body: Any = {"key": "NEW", "value": "1", "is_secret": True, "variable_scope": "APPLICATION"}
    made = await client.variables.create({**body, "variable_parent_id": service.id})
    assert (made.service_id, made.service_name) == (service.id, "storefront")
    service.value["name"] = "renamed"
    shown = await client.variables.list(parent_id=service.id, scope="APPLICATION")
    assert {v.service_name for v in shown if v.service_id == service.id} == {"renamed"}


async def test_rules_count_in_the_order_that_was_asked_for(emulator: Emulator, client: AsyncQovery) -> None:
    project, cluster = (emulator.state.every(kind)[0].id for kind in ("project", "cluster"))
    times = {"start_time": "1970-01-01T08:00:00Z", "stop_time": "1970-01-01T19:00:00Z", "timezone": "Europe/Paris"}
    body: Any = {"mode": "DEVELOPMENT", "cluster_id": cluster, "weekdays": ["MONDAY"], "wildcard": "", **times}
    rules = client.projects.deployment_rules
    made = [await rules.create(project, {**body, "name": name}) for name in ("a", "b", "c")]
    assert [rule.priority_index for rule in made] == [0, 1, 2]
    await rules.reorder(project, {"project_deployment_rule_ids_in_order": [made[2].id, made[0].id]})
    assert [(rule.name, rule.priority_index) for rule in await rules.list(project)] == [("c", 0), ("a", 1), ("b", 2)]
    with pytest.raises(NotFound, match="deploymentRule none"):
        await rules.reorder(project, {"project_deployment_rule_ids_in_order": ["none"]})
    assert (await rules.get(project, made[2].id)).priority_index == 0


async def test_a_setting_that_is_null_has_its_default(emulator: Emulator, client: AsyncQovery) -> None:
    application = emulator.state.every("application")[0].id
    usual = await client.applications.advanced_settings.get(application)
    sent = {"network.ingress.proxy_read_timeout_seconds": None, "hpa.cpu.average_utilization_percent": 7}
    path = f"/application/{application}/advancedSettings"
    await client.request("PUT", path, json=sent)
    found = await client.applications.advanced_settings.get(application)
    assert found.hpa_cpu_average_utilization_percent == 7
    assert found.network_ingress_proxy_read_timeout_seconds == usual.network_ingress_proxy_read_timeout_seconds == 60


async def test_the_dns_provider_of_a_cluster_shows_no_token(emulator: Emulator, client: AsyncQovery) -> None:
    path = f"/cluster/{emulator.state.every('cluster')[0].id}/dnsProvider"
    provider = {"provider": "CLOUDFLARE", "domain": "acme.example", "email": "ops@acme.example"}
    await client.request("PUT", path, json={"dns_provider": {**provider, "api_token": "secret"}})
    assert (await client.request("GET", path)).data == {"dns_provider": {**provider, "proxied": False}}


@pytest.mark.parametrize(
    ("kind", "port", "login"),
    [
        ("MONGODB", 27017, "root"),
        ("MYSQL", 3306, "root"),
        ("POSTGRESQL", 5432, "postgres"),
        ("REDIS", 6379, "default"),
    ],
)
def test_databases_listen_where_their_kind_does(kind: str, port: int, login: str) -> None:
    assert (KINDS[kind].port, KINDS[kind].login) == (port, login)
