"""How is the inventory of an organization taken, in few requests?"""

from __future__ import annotations

from functools import partial
from typing import Literal

from qovery_async import models
from qovery_async.bulk import Bulk
from qovery_async.errors import NotFound
from qovery_async.inventory.links import Links
from qovery_async.inventory.whole import Inventory
from qovery_async.progress.choice import reporter
from qovery_async.progress.reports import BulkProgress, ProgressHook, Reporter
from qovery_async.resources.clusters import Clusters
from qovery_async.resources.environments import Environments
from qovery_async.resources.organizations import Organizations
from qovery_async.resources.projects import Projects
from qovery_async.resources.services import Services
from qovery_async.runtime.resource import Resource


class TakeInventory(Resource):
    """The whole organization as linked objects: `inventory = await client.inventory()`."""

    async def __call__(
        self,
        *,
        organization_id: str | None = None,
        service_states: bool = False,
        concurrency: int = 16,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> Inventory:
        """Take the inventory of an organization: projects, environments, services and clusters, linked.

        Sends five requests, and one for each project:

            `GET /organization/{organizationId}/project`
            `GET /organization/{organizationId}/environments`
            `GET /organization/{organizationId}/services`
            `GET /organization/{organizationId}/cluster`
            `GET /organization/{organizationId}/cluster/status`
            `GET /project/{projectId}/environment/status`, for each project

        With `service_states`, also one for each environment that has services:

            `GET /environment/{environmentId}/statuses`

        What is created or deleted meanwhile may be missing or have no state.

        Args:
            organization_id: Default: the organization of the client.
            service_states: Whether services have a `state`.
            concurrency: How many requests are sent at once, 1 or more.
            progress: A function, which is called after each request; or "rich", which draws a bar in a
                terminal and writes lines elsewhere, both on stderr. The total is not known before the fifth.

        Raises:
            ExceptionGroup: requests failed.
            ConfigurationError: an argument cannot be right, or `rich` is not installed.
        """
        async with reporter(progress, "inventory") as report:
            return await self._taken(_Requests(report), organization_id, concurrency, service_states=service_states)

    async def _taken(
        self, requests: _Requests, organization_id: str | None, concurrency: int, *, service_states: bool
    ) -> Inventory:
        organization = await self._organization_id(organization_id)
        bulk, core = Bulk(self._core), self._core
        projects, environments, services, clusters, statuses = await bulk.gather(
            partial(Projects(core).list, organization_id=organization),
            partial(Organizations(core).list_environments, organization_id=organization),
            partial(Services(core).list, organization_id=organization),
            partial(Clusters(core).list, organization_id=organization),
            partial(Clusters(core).list_statuses, organization_id=organization),
            concurrency=concurrency,
            progress=requests.advanced,
        )
        links = Links()
        links.add_clusters(clusters, statuses)
        links.add_projects(projects)
        links.add_environments(environments)
        links.add_services(services)
        ids = [project.id for project in projects]
        asked = [one.id for one in links.environments.values() if one.services] if service_states else []
        requests.total = 5 + len(ids) + len(asked)
        for states in await bulk.map(self._states, ids, concurrency=concurrency, progress=requests.advanced):
            links.add_states(states)
        for found in await bulk.map(self._service_states, asked, concurrency=concurrency, progress=requests.advanced):
            links.add_service_states(found)
        return links.inventory(organization)

    async def _states(self, project_id: str) -> list[models.EnvironmentStatus]:
        try:
            return await Environments(self._core).list_statuses(project_id)
        except NotFound:  # deleted meanwhile
            return []

    async def _service_states(self, environment_id: str) -> models.EnvironmentStatuses | None:
        try:
            return await Environments(self._core).get_statuses(environment_id)
        except NotFound:  # deleted meanwhile
            return None


class _Requests:
    """Counts the requests of all batches together."""

    def __init__(self, report: Reporter) -> None:
        self.total: int | None = None
        self._report = report
        self._done = 0

    async def advanced(self, batch: BulkProgress) -> None:
        """One request more has ended."""
        self._done += 1
        await self._report.advanced(BulkProgress(self._done, batch.failed, self.total))
