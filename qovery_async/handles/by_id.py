"""How is a handle made of an id?"""

from __future__ import annotations

from qovery_async.handles.clusters import ClusterHandle
from qovery_async.handles.places import EnvironmentHandle, ProjectHandle, ServiceHandle
from qovery_async.runtime.resource import Resource


class ServiceById(Resource):
    """Service: the handle of one by its id, without asking, `client.service(service_id)`."""

    def __call__(self, service_id: str) -> ServiceHandle:
        """Make the handle of a service. Sends nothing; the kind is looked up once, when it is first needed.

        Raises:
            ConfigurationError: it does not look like an id.
        """
        return ServiceHandle(self._core, service_id)


class EnvironmentById(Resource):
    """Environment: the handle of one by its id, without asking, `client.environment(environment_id)`."""

    def __call__(self, environment_id: str) -> EnvironmentHandle:
        """Make the handle of an environment. Sends nothing.

        Raises:
            ConfigurationError: it does not look like an id.
        """
        return EnvironmentHandle(self._core, environment_id)


class ProjectById(Resource):
    """Project: the handle of one by its id, without asking, `client.project(project_id)`."""

    def __call__(self, project_id: str) -> ProjectHandle:
        """Make the handle of a project. Sends nothing.

        Raises:
            ConfigurationError: it does not look like an id.
        """
        return ProjectHandle(self._core, project_id)


class ClusterById(Resource):
    """Cluster: the handle of one by its id, without asking, `client.cluster(cluster_id)`."""

    def __call__(self, cluster_id: str) -> ClusterHandle:
        """Make the handle of a cluster of the client's organization. Sends nothing.

        Raises:
            ConfigurationError: it does not look like an id.
        """
        return ClusterHandle(self._core, cluster_id)
