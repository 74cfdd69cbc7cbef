"""How does a local port lead to that of a service?"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from qovery_async import models
from qovery_async.deployments.kinds import Identified
from qovery_async.directory.identity import Handle
from qovery_async.errors import ConfigurationError
from qovery_async.port_forward.address import ForwardedPort
from qovery_async.port_forward.connections import Connections, told
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.streams.opening import given
from qovery_async.streams.places import Places, id_of, present
from qovery_async.transport.request import Call
from qovery_async.transport.shield import shielded

_PATH = "/shell/portforward"


class PortForward(Resource):
    """Port-forward: a local TCP port that leads to a service, `client.port_forward(service_id, 5432)`."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self._places = Places(core)

    @asynccontextmanager
    async def __call__(
        self,
        service: str | Identified | Handle,
        remote_port: int,
        local_port: int = 0,
        *,
        host: str = "127.0.0.1",
        pod_name: str | None = None,
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
        environment_id: str | None = None,
        service_type: models.ServiceTypeEnum | str | None = None,
    ) -> AsyncGenerator[ForwardedPort]:
        """Listen on a local TCP port that leads to a port of a service, until the block is left.

        Each connection to the port is a WebSocket, so it counts as one of the token's hourly requests. One that fails
        is reset, its error is logged as a warning of `qovery` and kept in `errors`; others go on. `docs/port-forward.md`
        has the details.

        Args:
            service: The id of the service, or its handle.
            remote_port: The port that the service listens on, 1 to 65535.
            local_port: The port on this machine. Default: one that is free.
            host: The IP address to listen on. Whoever reaches it reaches the service, without a token: by default, only
                programs on this machine.
            pod_name: The pod that it leads to. Default: Qovery chooses one for each connection.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.
            environment_id: Looked up unless given.
            service_type: The kind of the service, looked up unless given.

        `GET /shell/portforward` as a WebSocket for each connection; before, `GET /organization/{organizationId}/services`.

        Raises:
            ConfigurationError: an argument cannot be right, or the local port cannot be opened.
            NothingFound: the organization has no such service.
        """
        ids = {
            **given(organization_id, cluster_id, project_id, environment_id),
            "service": id_of("service", service, "service"),
        }
        port = _port("remote_port", remote_port, lowest=1)
        filters = present({"service_type": service_type, "port": port, "pod_name": pod_name})
        listener = _listening(host, _port("local_port", local_port))
        try:
            query = await self._places.parameters(_PATH, service, ids, filters)
            local, port = listener.getsockname()[:2]
            address = ForwardedPort(local, port)
            call = Call("port_forward", f"GET {_PATH}", query=query, empty_ok=True)
        except BaseException:
            listener.close()
            raise
        connections = Connections(self._core.exchange, call, address, listener)
        connections.accept()
        try:
            yield address
        except Exception as error:
            if address.errors:
                error.add_note(f"The last error of a connection through {address}: {told(address.errors[-1])}")
            raise
        finally:
            with shielded():
                await connections.close()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        ConfigurationError: it cannot.
    """
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise ConfigurationError(
            f"host must be an IP address of this machine, such as '127.0.0.1', got {host!r:.80}"
        ) from None
    try:
        listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if address.version == 6 else socket.AF_INET, backlog=128
        )
    except OSError as error:
        raise ConfigurationError(
            f"the local port {host}:{port} cannot be opened ({os.strerror(error.errno or 0)}); choose another local_port, or 0 for any "
            "that is free"
        ) from error
    listener.setblocking(False)
    return listener


def _port(name: str, value: Any, *, lowest: int = 0) -> int:
    """A port.

    Raises:
        ConfigurationError: there is no such port.
    """
    if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= 65535:
        return value
    raise ConfigurationError(f"{name} must be a port, {lowest} to 65535, got {value!r:.80}")
