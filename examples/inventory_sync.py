"""How does the inventory of `inventory.py` look with blocking calls? `AT_ONCE` threads share one client.

QOVERY_API_TOKEN=... python examples/inventory_sync.py
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from inventory import AT_ONCE, Inventory, report

from qovery_sync import NotFound, Qovery
from qovery_sync.models import EnvironmentStatuses, Organization


def take(client: Qovery, organization: Organization) -> Inventory:
    here = client.with_options(organization_id=organization.id)

    def statuses_of(environment_id: str) -> EnvironmentStatuses | None:
        try:
            return here.environments.get_statuses(environment_id)
        except NotFound:
            return None

    with ThreadPoolExecutor(AT_ONCE) as threads:
        projects = threads.submit(here.projects.list)
        services = threads.submit(here.services.list)
        environments = here.organizations.list_environments()
        ids = [environment.id for environment in environments]
        statuses = dict(zip(ids, threads.map(statuses_of, ids), strict=True))
        return Inventory(organization, projects.result(), environments, services.result(), statuses)


if __name__ == "__main__":
    client = Qovery()
    for found in client.organizations.list():
        print("\n".join(report(take(client, found))))
