"""What a user points at in an editor: `hovers.toml` has what it shows. Read by the language server, never run."""

from __future__ import annotations

from qovery_async import AsyncQovery, DeploymentFailed, Inventory, NotFound, RetryPolicy, models, webhooks
from qovery_sync import Qovery


async def in_the_async_face(client: AsyncQovery) -> None:
    projects = await client.projects.list()
    await client.projects.create({"name": "shop"})
    await client.applications.patch("a", cpu=500)
    await client.environments.get_statuses("e")
    await client.deployments.deploy("e", timeout=600)
    await client.bulk.map(client.projects.get, ["p"])
    inventory = await client.inventory()
    service = await client.find.service("shop/production/api")
    async for event in client.events.iterate():
        print(event.event_type)
    async for line in client.streams.service_logs("s"):
        print(line.message)
    await client.account.list_github_repositories()
    await client.jobs.create("e", {"name": "report", "healthchecks": {}, "max_duration_seconds": 600})
    print(projects, inventory, service)


def in_the_blocking_face(client: Qovery) -> None:
    for project in client.projects.list():
        print(project.name)
    client.applications.patch("a", cpu=500)
    client.deployments.deploy("e", timeout=600)
    client.bulk.map(client.projects.get, ["p"])
    service = client.find.service("shop/production/api")
    for event in client.events.iterate():
        print(event.id)
    handle = client.service("s")
    handle.run(["ls"], timeout=30)
    client.with_options(timeout=5)
    print(service, webhooks.parse(b"", {}, "secret"))


def units(application: models.Application, line: models.ServiceLogLine) -> None:
    print(application.memory, line.created_at)
    print(models.DatabaseRequest(name="d", type="POSTGRESQL", version="17", mode="CONTAINER", storage=10))


def values(environment: models.Environment, error: DeploymentFailed, inventory: Inventory, lost: NotFound) -> None:
    print(environment.mode, models.StateEnum.DEPLOYED, models.ProjectRequest(name="shop"))
    print(error.services, inventory.environments, NotFound, RetryPolicy(attempts=5), lost.headers)
