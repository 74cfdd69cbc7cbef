"""Which data do the streams send, and where does it come from?"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import attrs

from qovery_async.emulator.shell.container import Container
from qovery_async.emulator.streams.handshake import Authorizer, StreamRequest

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class LogLine:
    """A log line of a service. Lines of cluster components have only the time and the message."""

    created_at: datetime
    message: str
    pod_name: str = ""
    container_name: str = ""
    version: str = ""
    severity_text: str = "INFO"
    labels: Mapping[str, str] = attrs.Factory(dict[str, str])
    from_kube: bool = False
    deployment_id: str = ""


@attrs.frozen
class Tail(Generic[T]):
    """The items until now, oldest first, and an iterator over those from now on."""

    past: Sequence[T]
    live: AsyncGenerator[T]


@attrs.frozen
class Pod:
    """A running pod and the ports it listens on."""

    name: str
    ports: tuple[int, ...] = ()


class StreamSource(Authorizer, Protocol):
    """The data of the streams.

    Every method may raise `Close` to end the stream. An iterator that ends closes the stream with 1000.
    """

    def service_logs(self, request: StreamRequest) -> Tail[LogLine]:
        """`/service/logs`. The caller filters by pod, deployment, query, start and limit."""
        ...

    def infra_logs(self, request: StreamRequest) -> Tail[LogLine]:
        """`/infra/logs` of the component `infra_component_type`."""
        ...

    def deployment_logs(self, request: StreamRequest) -> AsyncGenerator[Sequence[Mapping[str, Any]]]:
        """`/deployment/logs`: `EnvironmentLogs` in batches. With `version`, those of that run."""
        ...

    def watch(self, request: StreamRequest) -> AsyncGenerator[Any]:
        """The current state for `request.path`, then every new one.

        `/service/status`, `/service/metrics`, `/deployment/status`, `/cluster/status`, `/cluster/metrics` and
        `/blueprint/service-created` (which has no state, only events).
        """
        ...

    async def preview(self, request: StreamRequest) -> Mapping[str, Any]:
        """`/blueprint/preview`: the only frame, whose `type` is diff, error, cancelled or timeout."""
        ...

    def pods(self, request: StreamRequest) -> Sequence[Pod]:
        """`/service/pods`: the pods, to which shells and port forwards connect."""
        ...

    def nodes(self, request: StreamRequest) -> Sequence[str]:
        """`/cluster/node`: the names of the cluster's nodes."""
        ...

    def container(self, request: StreamRequest) -> Container:
        """The container of a shell: in `pod_name` of a service or, for `/shell/debug`, on a node of the cluster."""
        ...


def milliseconds(moment: datetime) -> int:
    """A time as frames have it: milliseconds since 1970, cut as in responses, so that a line has one time."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)
