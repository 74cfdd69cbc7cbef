"""Bodies as mappings, and what their keys may hold, in both faces: read by type checkers, never run."""

# pyright: strict

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Unpack, assert_type

from qovery_async import UNSET, AsyncQovery, Unset, bodies, from_dict, models
from qovery_sync import Qovery
from qovery_sync import bodies as sync_bodies

GIT: bodies.ApplicationGitRepositoryRequestDict = {"url": "https://github.com/acme/api.git", "provider": "GITHUB"}


async def given_in_the_call(client: AsyncQovery, blocking: Qovery) -> None:
    await client.projects.create({"name": "shop"})
    blocking.projects.create({"name": "shop", "description": None})
    made = await client.applications.create(
        "e",
        {
            "name": "api",
            "git_repository": {"url": "https://github.com/acme/api.git", "provider": "GITHUB", "branch": "main"},
            "healthchecks": {"readiness_probe": {"type": {"http": {"port": 80, "path": "/"}}, "period_seconds": 10}},
            "ports": [{"internal_port": 80, "publicly_accessible": True, "protocol": "HTTP"}],
            "autoscaling": {"mode": "KEDA", "scalers": [{"scaler_type": "cron", "enabled": True, "role": "PRIMARY"}]},
            "arguments": ["--verbose"],
        },
    )
    assert_type(made, models.Application)
    await client.environments.create("p", {"name": "staging", "mode": "STAGING"})
    await client.environments.create("p", {"name": "staging", "mode": models.EnvironmentModeEnum.STAGING})
    await client.projects.update("p", models.ProjectRequest(name="shop"))


def made_first(client: Qovery, mode: bodies.EnvironmentModeEnumStr, ports: Sequence[models.ServicePort]) -> None:
    body: bodies.ApplicationEditRequestDict = {"healthchecks": models.Healthcheck(), "ports": ports}
    body["cpu"] = 500
    body["git_repository"] = GIT
    client.applications.update("a", body)
    settings: sync_bodies.ApplicationAdvancedSettingsDict = {"network.ingress.enable_cors": True}
    settings["deployment.termination_grace_period_seconds"] = 60
    client.applications.advanced_settings.update("a", settings)
    environment: bodies.CreateEnvironmentRequestDict = {"name": "a", "mode": mode, "cluster": UNSET}
    client.environments.create("p", environment)
    receiver: bodies.EmailAlertReceiverEditRequestDict = {
        "name": "on call", "description": "", "type": "EMAIL", "send_resolved": True, "to": "a@example.com",
        "from": "b@example.com", "smarthost": "mail:25", "require_tls": True,
    }  # fmt: skip
    client.alert_receivers.update("r", receiver)


def models_and_mappings_inside_each_other(client: Qovery) -> None:
    ports = [
        models.ServicePort(id="p", internal_port=80, publicly_accessible=False, protocol=models.PortProtocolEnum.TCP)
    ]
    client.applications.update("a", {"healthchecks": {}, "ports": ports, "git_repository": GIT})
    client.applications.update("a", {"healthchecks": {"liveness_probe": models.Probe()}, "ports": [ports[0], {
        "id": "q", "internal_port": 81, "publicly_accessible": False, "protocol": "TCP"}]})  # fmt: skip
    client.helms.create("e", {
        "name": "chart", "auto_deploy": False, "arguments": (), "values_override": {"set": [["a", "b"]]},
        "source": {"helm_repository": {"repository": "r", "chart_name": "c", "chart_version": "1"}},
    })  # fmt: skip


def what_may_be_missing(client: Qovery, note: str | None, size: int | Unset) -> None:
    client.projects.create({"name": "shop", "description": note})
    client.applications.update("a", {"healthchecks": {}, "cpu": size})


def times_are_given_as_such_or_as_strings(client: Qovery) -> None:
    now: bodies.OrganizationBillingUsageReportRequestDict = {
        "from": datetime.now(UTC), "to": "2026-12-01T00:00:00Z", "report_expiration_in_seconds": 60
    }  # fmt: skip
    client.billing.generate_usage_report(now)


async def enums_as_parameters(client: AsyncQovery, blocking: Qovery, kind: bodies.OrganizationEventTypeStr) -> None:
    await client.events.list(target_type="APPLICATION", event_type=kind)
    await client.events.list(target_type=models.OrganizationEventTargetType.APPLICATION)
    blocking.clusters.delete("c", delete_mode="DEFAULT")
    blocking.jobs.deploy("j", force_event="START")


def json_from_elsewhere(client: Qovery, text: Mapping[str, object]) -> None:
    client.projects.create(from_dict(models.ProjectRequest, text))


class Wide(bodies.ProjectRequestDict):
    """What Qovery knows and this version does not."""

    colour: str


def a_key_that_this_version_does_not_know(client: Qovery, wide: Wide) -> None:
    client.projects.create(wide)


def patched(application: str, /, **changes: Unpack[bodies.ApplicationPatch]) -> None:
    print(application, changes)


def settings_patched(application: str, /, **changes: Unpack[bodies.ApplicationAdvancedSettingsPatch]) -> None:
    print(application, changes)


def receiver_patched(receiver: str, /, **changes: Unpack[bodies.AlertReceiverPatch]) -> None:
    print(receiver, changes)


def patches() -> None:
    patched("a")
    patched("a", cpu=800, git_repository={"branch": "main"}, description=None, memory=UNSET)
    patched("a", git_repository=models.ApplicationGitRepositoryRequest(url="x", provider=models.GitProviderEnum.GITHUB))
    patched("a", healthchecks={"readiness_probe": {"period_seconds": 10}}, autoscaling={"scalers": []})
    settings: bodies.ApplicationAdvancedSettingsPatch = {"network.ingress.enable_cors": True}
    settings_patched("a", **settings)
    receiver_patched("r", name="x", smarthost="mail:25")
    more: bodies.ApplicationPatch = {"cpu": 1}
    patched("a", **more)
    helm: bodies.HelmPatch = {"source": {"git_repository": {"branch": "main"}}}
    print(helm)


def wrong_calls(client: Qovery, asynchronous: AsyncQovery, text: str, free: dict[str, object]) -> None:
    client.projects.create({"nmae": "shop"})  # rejected
    client.projects.create({"name": "shop", "descripton": "x"})  # rejected
    client.projects.create({})  # rejected
    client.projects.create({"name": 1})  # rejected
    client.projects.create(free)  # rejected
    client.environments.create("p", {"name": "x", "mode": "STAGNG"})  # rejected
    client.environments.create("p", {"name": "x", "mode": text})  # rejected
    client.applications.update("a", {"healthchecks": {}, "cpu": "800"})  # rejected
    client.applications.update("a", {"healthchecks": {}, "ports": [{"internal_port": 80}]})  # rejected
    client.applications.update("a", {"healthchecks": {"readines_probe": {}}})  # rejected
    client.applications.update("a", {"healthchecks": {}, "arguments": "--verbose"})  # rejected
    client.applications.advanced_settings.update("a", {"network.ingress.enable_crs": True})  # rejected
    client.applications.advanced_settings.update("a", {"network.ingress.enable_cors": "yes"})  # rejected
    client.events.list(target_type="APLICATION")  # rejected
    asynchronous.events.list(target_type=text)  # rejected
    client.clusters.delete("c", delete_mode="NOW")  # rejected


def wrong_mappings(text: str) -> None:
    project: bodies.ProjectRequestDict = {"nmae": "shop"}  # rejected
    probe: bodies.ProbeDict = {"type": {"http": {"prt": 80}}}  # rejected
    mode: bodies.EnvironmentModeEnumStr = "STAGNG"  # rejected
    restriction: sync_bodies.ApplicationDeploymentRestrictionRequestDict = {  # rejected
        "mode": "MATCH",
        "type": "PATH",
    }
    print(project, probe, mode, restriction)
    print(bodies.ProjectRequsetDict)  # rejected
    print(sync_bodies.ProjectRequsetDict)  # rejected


def wrong_patches() -> None:
    patched("a", cpus=800)  # rejected
    patched("a", cpu="800")  # rejected
    patched("a", git_repository={"brnch": "main"})  # rejected
    patched("a", healthchecks=None)  # rejected
    patched("a", ports=[{"internal_port": 80}])  # rejected
    patched("a", build_mode="DOCKERFILE")  # rejected
    receiver_patched("r", smarthst="mail:25")  # rejected
    settings: bodies.ApplicationAdvancedSettingsPatch = {"network.ingress.enable_crs": True}  # rejected
    settings_patched("a", **settings)
