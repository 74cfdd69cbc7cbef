"""Which streams does an environment have?"""

from __future__ import annotations

from qovery_async import models
from qovery_async.deployments.kinds import Identified
from qovery_async.directory.identity import Handle
from qovery_async.streams.backlog import WhenSlow
from qovery_async.streams.kinds import Kind, deployment_mark
from qovery_async.streams.opening import given
from qovery_async.streams.places import id_of
from qovery_async.streams.services import ServiceStreams
from qovery_async.streams.stream import Stream

_SERVICE_STATUS = Kind("/service/status", lambda: models.RunningStatuses, key="environments", is_state=True)
_DEPLOYMENT_LOGS = Kind(
    "/deployment/logs", lambda: models.EnvironmentLogs, key="timestamp", batched=True, mark=deployment_mark
)
_DEPLOYMENT_STATUS = Kind(
    "/deployment/status", lambda: models.EnvironmentStatusesWithStages, key="stages", is_state=True
)
_DEPLOYMENT_STATUSES = Kind(
    "/deployment/status",
    lambda: list[models.EnvironmentStatus],
    key="last_deployment_state",
    inside="results",
    is_state=True,
)
_BLUEPRINT_CREATED = Kind("/blueprint/service-created", lambda: models.BlueprintServiceCreatedEvent, key="blueprint_id")


class EnvironmentStreams(ServiceStreams):
    """Opens the streams of an environment."""

    def service_status(
        self,
        environment_id: str | Identified | Handle,
        *,
        when_slow: WhenSlow = "wait",
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
    ) -> Stream[models.RunningStatuses]:
        """Watch what runs in an environment: its services, their pods and containers.

        The current state comes first, then each new one.

        Args:
            environment_id: The id of the environment, or its handle.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.

        `GET /service/status` as a WebSocket; before the first, `GET /environment/{environmentId}`.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        ids = given(organization_id, cluster_id, project_id)
        return self._of_environment(_SERVICE_STATUS, environment_id, ids, {}, when_slow)

    def deployment_logs(
        self,
        environment_id: str | Identified | Handle,
        *,
        version: str | None = None,
        when_slow: WhenSlow = "wait",
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
    ) -> Stream[models.EnvironmentLogs]:
        """Follow the logs of the deployments of an environment.

        Args:
            environment_id: The id of the environment, or its handle.
            version: The `execution_id` of one deployment, whose log comes from its beginning. Default: the latest.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.

        `GET /deployment/logs` as a WebSocket; before the first, `GET /environment/{environmentId}`.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        ids = given(organization_id, cluster_id, project_id)
        return self._of_environment(_DEPLOYMENT_LOGS, environment_id, ids, {"version": version}, when_slow)

    def deployment_status(
        self,
        environment_id: str | Identified | Handle,
        *,
        version: str | None = None,
        when_slow: WhenSlow = "wait",
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
    ) -> Stream[models.EnvironmentStatusesWithStages]:
        """Watch the deployment of an environment: its state, and that of each service by stage.

        The current state comes first, then each new one.

        Args:
            environment_id: The id of the environment, or its handle.
            version: The `execution_id` of one deployment. Default: the latest one.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.

        `GET /deployment/status` as a WebSocket; before the first, `GET /environment/{environmentId}`.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        ids = given(organization_id, cluster_id, project_id)
        return self._of_environment(_DEPLOYMENT_STATUS, environment_id, ids, {"version": version}, when_slow)

    def deployment_statuses(
        self, project_id: str | Identified | Handle, *, when_slow: WhenSlow = "wait", organization_id: str | None = None
    ) -> Stream[list[models.EnvironmentStatus]]:
        """Watch the deployments of all environments of a project, in one stream.

        The current states come first, then all again whenever one has changed.

        Args:
            project_id: The id of the project, or its handle.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /deployment/status` as a WebSocket

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        ids = {"organization": organization_id, "project": id_of("project", project_id)}
        return self._opened(_DEPLOYMENT_STATUSES, project_id, ids, {}, when_slow)

    def blueprint_created(
        self,
        environment_id: str | Identified | Handle,
        *,
        when_slow: WhenSlow = "wait",
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
    ) -> Stream[models.BlueprintServiceCreatedEvent]:
        """Watch for services that blueprints create in an environment.

        Events that happen without a connection are lost.

        Args:
            environment_id: The id of the environment, or its handle.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.

        `GET /blueprint/service-created` as a WebSocket; before the first, `GET /environment/{environmentId}`.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        ids = given(organization_id, cluster_id, project_id)
        return self._of_environment(_BLUEPRINT_CREATED, environment_id, ids, {}, when_slow)
