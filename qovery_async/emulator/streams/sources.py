"""What must somebody know so that the streams have something to tell?"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import attrs

from qovery_async.emulator.streams.handshake import Asked, Doorkeeper

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class LogLine:
    """A line a service wrote; of a cluster's component only the time and the message are told."""

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
    """What was said until now, the oldest first, and what is said from now on."""

    past: Sequence[T]
    live: AsyncGenerator[T]


@attrs.frozen
class Pod:
    """A running pod and the ports it listens on."""

    name: str
    ports: tuple[int, ...] = ()


@attrs.frozen(kw_only=True)
class Container:
    """Where a shell finds itself. `files` are made up: nothing of the host is ever read or written."""

    pod_name: str = "pod"
    user: str = "root"
    directory: str = "/app"
    environment: Mapping[str, str] = attrs.Factory(dict[str, str])
    files: Mapping[str, bytes] = attrs.Factory(dict[str, bytes])


class Source(Doorkeeper, Protocol):
    """The world behind the streams.

    Every method may raise `Close` to end the stream its own way. Iterators that end close the stream with 1000.
    """

    def service_logs(self, asked: Asked) -> Tail[LogLine]:
        """`/service/logs`; pod, deployment, text, start and limit are sorted out by who asks."""
        ...

    def infra_logs(self, asked: Asked) -> Tail[LogLine]:
        """`/infra/logs` of the component `infra_component_type`."""
        ...

    def deployment_logs(self, asked: Asked) -> AsyncGenerator[Sequence[Mapping[str, Any]]]:
        """`/deployment/logs`: `EnvironmentLogs` as REST has them, in batches; with `version`, those of that run."""
        ...

    def watch(self, asked: Asked) -> AsyncGenerator[Any]:
        """The state now, then every new one, of what `asked.path` is about.

        `/service/status`, `/service/metrics`, `/deployment/status`, `/cluster/status`, `/cluster/metrics` and
        `/blueprint/service-created` (which has no state, only events).
        """
        ...

    async def preview(self, asked: Asked) -> Mapping[str, Any]:
        """`/blueprint/preview`: the one answer, whose `type` is diff, error, cancelled or timeout."""
        ...

    def pods(self, asked: Asked) -> Sequence[Pod]:
        """`/service/pods`, and whom shells and port forwards reach."""
        ...

    def nodes(self, asked: Asked) -> Sequence[str]:
        """`/cluster/node`: the names of the cluster's nodes."""
        ...

    def container(self, asked: Asked) -> Container:
        """Where a shell starts: in `pod_name` of a service or, for `/shell/debug`, on a node of the cluster."""
        ...
