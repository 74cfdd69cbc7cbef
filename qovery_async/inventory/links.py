"""How do lists of an organization become linked objects?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from qovery_async import models
from qovery_async.inventory.nodes import InventoryCluster, InventoryEnvironment, InventoryProject, InventoryService
from qovery_async.inventory.whole import Inventory
from qovery_async.vocabulary.values import define


@define
class Links:
    """The objects by their ids. One that another refers to is made, even if its own list lacks it."""

    projects: dict[str, InventoryProject] = attrs.Factory(dict[str, InventoryProject])
    environments: dict[str, InventoryEnvironment] = attrs.Factory(dict[str, InventoryEnvironment])
    services: dict[str, InventoryService] = attrs.Factory(dict[str, InventoryService])
    clusters: dict[str, InventoryCluster] = attrs.Factory(dict[str, InventoryCluster])

    def inventory(self, organization_id: str) -> Inventory:
        """Everything, once it is linked from the clusters down too."""
        for environment in self.environments.values():
            if environment.cluster is not None:
                environment.cluster.environments.append(environment)
        return Inventory(
            organization_id,
            list(self.projects.values()),
            list(self.environments.values()),
            list(self.services.values()),
            list(self.clusters.values()),
        )

    def add_clusters(self, clusters: Iterable[models.Cluster], statuses: Iterable[models.ClusterStatus]) -> None:
        """Add the clusters, with their states."""
        states = {status.cluster_id: status.status for status in statuses}
        for cluster in clusters:
            self.clusters[cluster.id] = InventoryCluster(
                id=cluster.id,
                name=cluster.name,
                cloud_provider=cluster.cloud_provider,
                state=states.get(cluster.id),
                model=cluster,
            )

    def add_projects(self, projects: Iterable[models.Project]) -> None:
        """Add the projects."""
        for project in projects:
            self.projects[project.id] = InventoryProject(id=project.id, name=project.name, model=project)

    def add_environments(self, environments: Iterable[models.OrganizationEnvironmentResponse]) -> None:
        """Add the environments to their projects."""
        for environment in environments:
            found = self._environment(environment.id, environment.name, environment.project.id)
            found.mode = environment.mode

    def add_services(self, services: Iterable[models.ServiceLightResponse]) -> None:
        """Add the services to their environments."""
        for service in services:
            environment = self._environment(
                service.environment_id, service.environment_name, service.project_id, service.project_name
            )
            environment.cluster = self.clusters.get(service.cluster_id)
            found = InventoryService(
                id=service.id, name=service.name, kind=service.service_type, environment=environment, model=service
            )
            self.services[service.id] = found
            environment.services.append(found)

    def add_states(self, statuses: Iterable[models.EnvironmentStatus]) -> None:
        """Add the states of the environments of a project."""
        for status in statuses:
            environment = self.environments.get(status.id)
            if environment is not None:
                environment.state = status.state

    def add_service_states(self, statuses: models.EnvironmentStatuses | None) -> None:
        """Add the states of the services of an environment; None if it was deleted meanwhile."""
        for status in _every(statuses) if statuses else ():
            service = self.services.get(status.id)
            if service is not None:
                service.state = status.state

    def _environment(
        self, environment_id: str, name: str, project_id: str, project_name: str = ""
    ) -> InventoryEnvironment:
        found = self.environments.get(environment_id)
        if found is None:
            project = self.projects.get(project_id)
            if project is None:
                project = self.projects[project_id] = InventoryProject(id=project_id, name=project_name)
            found = InventoryEnvironment(id=environment_id, name=name, project=project)
            self.environments[environment_id] = found
            project.environments.append(found)
        return found


def _every(statuses: models.EnvironmentStatuses) -> Iterator[models.Status]:
    """The status of each service, of whatever kind."""
    yield from statuses.applications
    yield from statuses.containers
    yield from statuses.databases
    yield from statuses.jobs
    yield from statuses.helms
    yield from statuses.terraforms
    yield from statuses.agentic_workflows or ()
