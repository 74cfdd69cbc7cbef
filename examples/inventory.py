"""Which projects, environments and services can a token see, and in which state are they?

    QOVERY_API_TOKEN=... python examples/inventory.py

`QOVERY_API_URL` is the address of another API than Qovery's own. Four requests list the objects. One
more for each environment gets its state and the states of its services, so this takes the fewest
possible of the 1000 requests that a token has in an hour. At most `AT_ONCE` requests run at a time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import attrs

from qovery_async import AsyncQovery, NotFound
from qovery_async.models import (
    EnvironmentStatuses,
    Organization,
    OrganizationEnvironmentResponse,
    Project,
    ServiceLightResponse,
    ServiceTypeEnum,
)

AT_ONCE = 20


@attrs.frozen
class Inventory:
    organization: Organization
    projects: Sequence[Project]
    environments: Sequence[OrganizationEnvironmentResponse]
    services: Sequence[ServiceLightResponse]
    statuses: Mapping[str, EnvironmentStatuses | None]
    """By environment id. None if the environment was deleted meanwhile."""


async def take(client: AsyncQovery, organization: Organization) -> Inventory:
    here = client.with_options(organization_id=organization.id)
    projects, environments, services = await asyncio.gather(
        here.projects.list(), here.organizations.list_environments(), here.services.list()
    )
    limit = asyncio.Semaphore(AT_ONCE)

    async def statuses_of(environment_id: str) -> EnvironmentStatuses | None:
        async with limit:
            try:
                return await here.environments.get_statuses(environment_id)
            except NotFound:
                return None

    statuses = await asyncio.gather(*(statuses_of(environment.id) for environment in environments))
    by_id = {environment.id: found for environment, found in zip(environments, statuses, strict=True)}
    return Inventory(organization, projects, environments, services, by_id)


def report(inventory: Inventory) -> Iterator[str]:
    environments: dict[str, list[OrganizationEnvironmentResponse]] = defaultdict(list)
    for environment in inventory.environments:
        environments[environment.project.id].append(environment)
    services: dict[str, list[ServiceLightResponse]] = defaultdict(list)
    for service in inventory.services:
        services[service.environment_id].append(service)
    yield f"{inventory.organization.name} ({inventory.organization.plan})"
    for project in inventory.projects:
        yield f"  {project.name}"
        for environment in environments[project.id]:
            statuses = inventory.statuses[environment.id]
            states = service_states(statuses)
            state = statuses.environment.state if statuses else "gone"
            yield f"    {environment.name:<24} {environment.mode:<12} {state}"
            for service in services[environment.id]:
                # The API gives no state of such an app.
                other = "managed by Argo CD" if service.service_type == ServiceTypeEnum.ARGOCD_APP else "unknown"
                yield f"      {service.name:<22} {service.service_type:<12} {states.get(service.id, other)}"


def service_states(statuses: EnvironmentStatuses | None) -> dict[str, str]:
    if statuses is None:
        return {}
    kinds = (
        statuses.applications,
        statuses.containers,
        statuses.jobs,
        statuses.databases,
        statuses.helms,
        statuses.terraforms,
        statuses.agentic_workflows or [],
    )
    return {status.id: status.state for kind in kinds for status in kind}


async def main() -> None:
    async with AsyncQovery() as client:
        for organization in await client.organizations.list():
            print("\n".join(report(await take(client, organization))))


if __name__ == "__main__":
    asyncio.run(main())
