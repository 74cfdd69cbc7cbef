"""What users write with `patch`, `patch_preview` and `to_request`: read by type checkers, never run."""

from __future__ import annotations

from typing import assert_type

from qovery_async import UNSET, AsyncQovery, PatchPreview, models, to_request
from qovery_sync import Qovery


async def in_the_async_face(client: AsyncQovery) -> None:
    assert_type(await client.applications.patch("a1"), models.Application)
    assert_type(await client.applications.patch("a1", cpu=800), models.Application)
    assert_type(await client.applications.patch_preview("a1", cpu=800), PatchPreview)
    await client.applications.patch("a1", git_repository={"branch": "main"})
    await client.applications.patch("a1", {"git_repository": {"branch": "main"}}, cpu=800, on_conflict="again")
    await client.applications.patch("a1", healthchecks={"liveness_probe": {"type": {"tcp": {"port": 80}}}})
    await client.applications.patch("a1", description=UNSET, cpu=UNSET, dockerfile_path=None)
    await client.applications.patch("a1", build_mode="DOCKER", cpu_architecture=models.CpuArchitectureEnum.ARM64)
    await client.applications.patch("a1", healthchecks=models.Healthcheck())
    await client.applications.advanced_settings.patch("a1", {"network.ingress.enable_cors": True})
    await client.aws.credentials.patch("c1", secret_access_key="x")
    await client.clusters.patch("c1", organization_id="o1", name="production")
    await client.clusters.dns_provider.patch("c1", dns_provider={"provider": "CLOUDFLARE", "api_token": "x"})
    await client.jobs.patch("j1", source={"image": {"tag": "v2"}}, schedule={"cronjob": {"scheduled_at": "@daily"}})
    await client.helms.patch("h1", source={"helm_repository": {"chart_version": "2"}})
    await client.projects.deployment_rules.patch("p1", "r1", name="nightly")


def in_the_blocking_face(client: Qovery) -> None:
    assert_type(client.applications.patch("a1", cpu=800), models.Application)
    assert_type(client.applications.patch_preview("a1", cpu=800), PatchPreview)
    client.applications.patch("a1", {"git_repository": {"branch": "main"}}, cpu=800, on_conflict="ignore")
    client.applications.advanced_settings.patch("a1", {"network.ingress.enable_cors": True})
    client.clusters.patch("c1", organization_id="o1", name="production")
    for change in client.applications.patch_preview("a1", cpu=800).changes:
        assert_type(change.path, str)


async def copied(client: AsyncQovery, blocking: Qovery) -> None:
    application = await client.applications.get("a1")
    assert_type(to_request(application), models.ApplicationEditRequest)
    assert_type(to_request(application, models.ApplicationRequest), models.ApplicationRequest)
    await client.applications.create("e2", to_request(application, models.ApplicationRequest))
    assert_type(to_request(await client.jobs.get("j1")), models.JobRequest)
    container = blocking.containers.get("c1")
    assert_type(to_request(container), models.ContainerRequest)
    blocking.containers.create("e2", to_request(container, models.ContainerRequest))


async def wrong(client: AsyncQovery, blocking: Qovery) -> None:
    await client.applications.patch()  # rejected
    await client.applications.patch("a1", cpuu=800)  # rejected
    await client.applications.patch("a1", {"cpuu": 800})  # rejected
    await client.applications.patch("a1", cpu="800")  # rejected
    await client.applications.patch("a1", {"cpu": "800"})  # rejected
    await client.applications.patch("a1", git_repository={"brunch": "main"})  # rejected
    await client.applications.patch("a1", git_repository={"branch": 5})  # rejected
    await client.applications.patch("a1", build_mode="DOCKR")  # rejected
    await client.applications.patch("a1", on_conflict="retry")  # rejected
    await client.applications.patch("a1", organization_id="o1")  # rejected
    await client.applications.patch(application_id="a1")  # rejected
    await client.applications.advanced_settings.patch("a1", {"network.ingress.enable_cors": "yes"})  # rejected
    await client.clusters.patch("c1", "o1")  # rejected
    await client.applications.patch_preview("a1", on_conflict="raise")  # rejected
    blocking.applications.patch("a1", cpuu=800)  # rejected
    blocking.applications.patch("a1", {"git_repository": {"brunch": "main"}})  # rejected
    blocking.applications.patch_preview("a1", cpu="800")  # rejected


async def wrongly_copied(client: AsyncQovery) -> None:
    application = await client.applications.get("a1")
    to_request("a1")  # rejected
    request: models.ContainerRequest = to_request(application)  # rejected
    print(request)
    await client.containers.create("e2", to_request(application, models.ApplicationRequest))  # rejected
