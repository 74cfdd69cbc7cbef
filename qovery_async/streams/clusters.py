"""Which streams does a cluster have, and how is any other opened?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from qovery_async import models
from qovery_async.deployments.kinds import Identified
from qovery_async.directory.identity import Handle
from qovery_async.errors import ConfigurationError, NotFound
from qovery_async.streams.backlog import WhenSlow
from qovery_async.streams.environments import EnvironmentStreams
from qovery_async.streams.kinds import Kind, line_mark
from qovery_async.streams.merged import Merged, OnStreamError
from qovery_async.streams.merging import K
from qovery_async.streams.places import checked
from qovery_async.streams.stream import Stream

T = TypeVar("T")

_INFRA_LOGS = Kind("/infra/logs", lambda: models.InfraLogLine, key="message", mark=line_mark)
_SERVICE_STATUSES = Kind("/service/status", lambda: models.RunningStatuses, key="environments", is_state=True)
_CLUSTER_STATUS = Kind("/cluster/status", lambda: models.ClusterRunningStatus, key="computed_status", is_state=True)
_CLUSTER_METRICS = Kind("/cluster/metrics", lambda: models.ClusterMetrics, key="nodes", is_state=True)
_CLUSTER_NODES = Kind("/cluster/nodes", lambda: models.NodeList, key="nodes")
_CLUSTER_NODE = Kind("/cluster/node", lambda: models.NodeList, key="nodes")
_BLUEPRINT_PREVIEW = Kind("/blueprint/preview", lambda: models.BlueprintPreviewResult, key="type")


class Streams(EnvironmentStreams):
    """Streams: logs, statuses and metrics as they come, over WebSockets."""

    def infra_logs(
        self,
        cluster_id: str | Identified | Handle,
        infra_component_type: str,
        *,
        when_slow: WhenSlow = "wait",
        organization_id: str | None = None,
    ) -> Stream[models.InfraLogLine]:
        """Follow the logs of a part of a cluster, such as its ingress.

        Args:
            cluster_id: The id of the cluster, or its handle.
            infra_component_type: The part, as Qovery names it.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /infra/logs` as a WebSocket.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        part = {"infra_component_type": checked("infra_component_type", infra_component_type)}
        return self._of_cluster(_INFRA_LOGS, cluster_id, organization_id, part, when_slow)

    def cluster_status(
        self, cluster_id: str | Identified | Handle, *, when_slow: WhenSlow = "wait", organization_id: str | None = None
    ) -> Stream[models.ClusterRunningStatus]:
        """Watch the state of a cluster: its nodes, its version and what Qovery runs on it.

        Args:
            cluster_id: The id of the cluster, or its handle.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /cluster/status` as a WebSocket.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        return self._of_cluster(_CLUSTER_STATUS, cluster_id, organization_id, {}, when_slow)

    def service_statuses(
        self, cluster_id: str | Identified | Handle, *, when_slow: WhenSlow = "wait", organization_id: str | None = None
    ) -> Stream[models.RunningStatuses]:
        """Watch what runs in all environments of a cluster, in one stream.

        The current states come first, then all again whenever one has changed.

        Args:
            cluster_id: The id of the cluster, or its handle.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /service/status` as a WebSocket

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        return self._of_cluster(_SERVICE_STATUSES, cluster_id, organization_id, {}, when_slow)

    def cluster_metrics(
        self, cluster_id: str | Identified | Handle, *, when_slow: WhenSlow = "wait", organization_id: str | None = None
    ) -> Stream[models.ClusterMetrics]:
        """Watch what the nodes and the pods of a cluster use.

        Args:
            cluster_id: The id of the cluster, or its handle.
            when_slow: "wait" or "drop", as for `service_logs`.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /cluster/metrics` as a WebSocket.

        Raises: Unauthorized, Forbidden, StreamClosed, while the stream is read.
        """
        return self._of_cluster(_CLUSTER_METRICS, cluster_id, organization_id, {}, when_slow)

    async def cluster_nodes(
        self, cluster_id: str | Identified | Handle, *, organization_id: str | None = None
    ) -> models.NodeList:
        """List the nodes of a cluster.

        Args:
            cluster_id: The id of the cluster, or its handle.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /cluster/nodes` as a WebSocket; where that is not found, `GET /cluster/node`.

        Raises: Unauthorized, Forbidden, NotFound, RequestTimeout, StreamClosed.
        """
        try:
            return await self._only(self._of_cluster(_CLUSTER_NODES, cluster_id, organization_id, {}, "wait"))
        except NotFound:
            return await self._only(self._of_cluster(_CLUSTER_NODE, cluster_id, organization_id, {}, "wait"))

    async def blueprint_preview(
        self, preview_id: str, *, cluster_id: str | Identified | Handle, organization_id: str | None = None
    ) -> models.BlueprintPreviewResult:
        """Get the preview of an update of a blueprint, once it is there.

        Waits until the server sends it, for at most the client's `timeout`.

        Args:
            preview_id: As the request for the preview returned it.
            cluster_id: The id of the cluster, or its handle.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /blueprint/preview` as a WebSocket.

        Raises: Unauthorized, Forbidden, NotFound, RequestTimeout, StreamClosed.
        """
        of = {"preview_id": checked("preview_id", preview_id)}
        stream = self._of_cluster(_BLUEPRINT_PREVIEW, cluster_id, organization_id, of, "wait")
        return await self._only(stream, at_once=False)

    def merge(
        self, streams: Mapping[K, Stream[T]], *, window: float = 1.0, on_error: OnStreamError = "raise"
    ) -> Merged[K, T]:
        """Follow several streams at once, in the order of time: `async for key, line in streams.merge(...)`.

        Each item comes with the key of its stream. The items of one stream keep their order. Items without a
        time, such as those of `service_status`, have the time at which they came.

        Args:
            streams: The streams by any key: a name, or the handle of a service.
            window: Seconds for which an item waits, at most, for earlier ones of other streams. With 0, all
                come at once.
            on_error: When a stream fails, "raise" ends them all with its error, once all that came before has
                been given. "skip" goes on with the others, and keeps the error in `failures`.

        Raises: the errors of the streams, while they are read.
        """
        if not isinstance(cast("object", streams), Mapping):
            raise ConfigurationError(f"streams must be a mapping of keys to streams, got {streams!r:.80}")
        for key, stream in streams.items():
            if not isinstance(cast("object", stream), Stream):
                raise ConfigurationError(
                    f"streams must be a mapping of keys to streams, got {stream!r:.80} for {key!r:.80}"
                )

        async def those() -> Mapping[K, Stream[T]]:
            return streams

        return Merged(self._core, those, window, on_error)

    def connect(self, path: str, *, when_slow: WhenSlow = "wait", **params: object) -> Stream[Any]:
        """Open a stream that has no method yet.

        Items are the JSON of its frames. A frame that is no JSON is given as it came.

        Args:
            path: Such as `/service/status`.
            when_slow: "wait" or "drop", as for `service_logs`.
            params: The parameters of the handshake by the API's names: `cluster=...`. The organization is that
                of the client unless given.

        Raises:
            ConfigurationError: a parameter is missing or unknown, for a path that is known.
        """
        return self._of_path(path, params, when_slow)
