"""Which streams does a service have?"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from qovery_async import models
from qovery_async.deployments.kinds import Identified
from qovery_async.directory.identity import Handle
from qovery_async.streams.backlog import WhenSlow
from qovery_async.streams.kinds import Kind, Past, line_mark
from qovery_async.streams.opening import StreamOpener, check_history, given, moment
from qovery_async.streams.stream import Stream

_SERVICE_LOGS = Kind("/service/logs", lambda: models.ServiceLogLine, key="message", mark=line_mark, restarts=True)
_SERVICE_METRICS = Kind(
    "/service/metrics", lambda: list[models.ServiceMetrics], key="pod_name", grouped=True, is_state=True
)
_SERVICE_PODS = Kind("/service/pods", lambda: models.PodList, key="pods")


class ServiceStreams(StreamOpener):
    """Opens the streams of a service."""

    def service_logs(
        self,
        service_id: str | Identified | Handle,
        *,
        history: bool = False,
        start: datetime | None = None,
        limit: int | None = None,
        query: str | None = None,
        pod_name: str | None = None,
        deployment_id: str | None = None,
        when_slow: WhenSlow = "wait",
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
        environment_id: str | None = None,
    ) -> Stream[models.ServiceLogLine]:
        """Follow the logs of a service.

        A lost connection is opened again, and continues with the next line: `docs/streams.md` has the guarantee.

        Args:
            service_id: The id of the service, or its handle.
            history: Whether the last 1,000 lines come first that the API lists, for applications and containers; what
                they do not say, such as `container_name`, is empty. Other kinds have no such list, and begin as
                without it. Not together with `start`, `limit`, `query` or `deployment_id`.
            start: The time of the first line, with a time zone. Default: as much of the past as the server has.
            limit: How many lines of the past come first.
            query: A text, or an expression of LogQL, that lines must match.
            pod_name: Only the lines of this pod.
            deployment_id: Only the lines of this deployment.
            when_slow: If lines come faster than they are read, "wait" makes the server wait, "drop" drops
                the oldest.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.
            environment_id: Looked up unless given.

        `GET /service/logs` as a WebSocket; before the first, `GET /organization/{organizationId}/services`, and for the
        history `GET /application/{applicationId}/log` or `GET /container/{containerId}/log`.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        ids = given(organization_id, cluster_id, project_id, environment_id)
        filters = {
            "pod_name": pod_name,
            "deployment_id": deployment_id,
            "query": query,
            "start": moment(start),
            "limit": limit,
        }
        if not history:
            return self._of_service(_SERVICE_LOGS, service_id, ids, filters, when_slow)
        check_history(start=start, limit=limit, query=query, deployment_id=deployment_id)
        return self._of_service(_SERVICE_LOGS, service_id, ids, filters, when_slow, past=partial(self._past, pod_name))

    async def _past(self, pod_name: str | None, service_id: str, kind: str) -> Past[models.ServiceLogLine] | None:
        from qovery_async.streams.history import past_of

        return await past_of(self._core, service_id, kind, pod_name)

    def service_metrics(
        self,
        service_id: str | Identified | Handle,
        *,
        when_slow: WhenSlow = "wait",
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
        environment_id: str | None = None,
        service_type: models.ServiceTypeEnum | str | None = None,
    ) -> Stream[list[models.ServiceMetrics]]:
        """Watch the CPU, memory and storage that a service uses: each item has the metrics of its pods.

        Args:
            service_id: The id of the service, or its handle.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.
            environment_id: Looked up unless given.
            service_type: The kind of the service, looked up unless given.

        `GET /service/metrics` as a WebSocket; before the first, `GET /organization/{organizationId}/services`.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        ids = given(organization_id, cluster_id, project_id, environment_id)
        kind = {"service_type": service_type}
        return self._of_service(_SERVICE_METRICS, service_id, ids, kind, when_slow)

    async def service_pods(
        self,
        service_id: str | Identified | Handle,
        *,
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
        environment_id: str | None = None,
    ) -> models.PodList:
        """List the pods of a service, and the ports they listen on.

        Args:
            service_id: The id of the service, or its handle.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.
            environment_id: Looked up unless given.

        `GET /service/pods` as a WebSocket; before the first, `GET /organization/{organizationId}/services`.

        Raises: Unauthorized, Forbidden, NotFound, RequestTimeout, StreamClosed.
        """
        ids = given(organization_id, cluster_id, project_id, environment_id)
        stream = self._of_service(_SERVICE_PODS, service_id, ids, {}, "wait")
        return await self._only(stream)
