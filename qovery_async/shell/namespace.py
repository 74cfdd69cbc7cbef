"""Which shells are there, and how is a command run in one?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, cast

from qovery_async.deployments.kinds import Identified
from qovery_async.directory.identity import Handle
from qovery_async.errors import ConfigurationError
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.shell.results import ShellResult
from qovery_async.shell.running import RunningCommand
from qovery_async.shell.session import ShellSession
from qovery_async.shell.wrapping import wrapped
from qovery_async.streams.opening import given
from qovery_async.streams.places import Given, Places, StreamTarget, checked, id_of, present
from qovery_async.transport.request import Call

SHELL = ("sh",)
"""What runs unless a command is given."""


class Shells(Resource):
    """Shell: programs in the containers of services, `async with client.shell(service_id) as shell:`."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self._places = Places(core)

    def __call__(
        self,
        service: str | Identified | Handle,
        *,
        command: Sequence[str] = SHELL,
        pod_name: str | None = None,
        container_name: str | None = None,
        width: int = 0,
        height: int = 0,
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
        environment_id: str | None = None,
    ) -> ShellSession:
        """Open a shell in a container of a service: short for `client.shell.exec`, with its arguments and errors."""
        return self.exec(
            service,
            command=command,
            pod_name=pod_name,
            container_name=container_name,
            width=width,
            height=height,
            organization_id=organization_id,
            cluster_id=cluster_id,
            project_id=project_id,
            environment_id=environment_id,
        )

    def exec(
        self,
        service: str | Identified | Handle,
        *,
        command: Sequence[str] = SHELL,
        pod_name: str | None = None,
        container_name: str | None = None,
        width: int = 0,
        height: int = 0,
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
        environment_id: str | None = None,
    ) -> ShellSession:
        """Open a shell, or another program, in the terminal of a container. Connects when it is entered.

        Args:
            service: The id of the service, or its handle.
            command: The program and its arguments. They appear in no message.
            pod_name: Default: a pod of the service, which the server chooses.
            container_name: Default: the container of the service.
            width: The columns of the terminal, 0 for none. They never change.
            height: The lines of the terminal, 0 for none.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.
            environment_id: Looked up unless given.

        `GET /shell/exec` as a WebSocket; before the first, `GET /organization/{organizationId}/services`.

        Raises: Unauthorized, Forbidden, StreamClosed, when it is entered or read.
        """
        ids = _of_service(service, organization_id, cluster_id, project_id, environment_id)
        place = {"pod_name": pod_name, "container_name": container_name}
        return self._opened("/shell/exec", service, ids, {**place, **_size(width, height)}, _words(command))

    def debug(
        self,
        cluster_id: str | Identified | Handle,
        *,
        flavor: Literal["REGULAR_PRIVILEGE", "FULL_PRIVILEGE"] = "REGULAR_PRIVILEGE",
        node_selector: str | None = None,
        width: int = 0,
        height: int = 0,
        organization_id: str | None = None,
    ) -> ShellSession:
        """Open a shell in a new debugging pod of a cluster. Connects when it is entered.

        Args:
            cluster_id: The id of the cluster, or its handle.
            flavor: What the pod may do: "REGULAR_PRIVILEGE" or "FULL_PRIVILEGE".
            node_selector: The label of the node that the pod runs on, such as `kubernetes.io/hostname=node-1`.
            width: The columns of the terminal, 0 for none.
            height: The lines of the terminal, 0 for none.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /shell/debug` as a WebSocket.

        Raises: Unauthorized, Forbidden, StreamClosed, when it is entered or read.
        """
        ids = {**given(organization_id, None, None), "cluster": id_of("cluster", cluster_id)}
        kind = {"flavor": checked("flavor", flavor), "node_selector": node_selector}
        return self._opened("/shell/debug", cluster_id, ids, {**kind, **_size(width, height)}, ())

    def ephemeral(
        self,
        service: str | Identified | Handle,
        mode: Literal["clone", "debug"],
        *,
        command: Sequence[str] | None = None,
        pod_name: str | None = None,
        container_name: str | None = None,
        cpu_override: str | None = None,
        memory_override: str | None = None,
        width: int = 0,
        height: int = 0,
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
        environment_id: str | None = None,
    ) -> ShellSession:
        """Open a shell in a pod or container that exists as long as the shell. Connects when it is entered.

        Args:
            service: The id of the service, or its handle.
            mode: "clone" for a copy of a pod of the service, "debug" for a container beside those of a pod.
            command: The program and its arguments. Default: what the server chooses.
            pod_name: Default: a pod of the service, which the server chooses.
            container_name: Default: the container of the service.
            cpu_override: The CPU of the copy, such as "500m".
            memory_override: The memory of the copy, such as "512Mi".
            width: The columns of the terminal, 0 for none.
            height: The lines of the terminal, 0 for none.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.
            environment_id: Looked up unless given.

        `GET /shell/ephemeral` as a WebSocket; before the first, `GET /organization/{organizationId}/services`.

        Raises: Unauthorized, Forbidden, StreamClosed, when it is entered or read.
        """
        ids = _of_service(service, organization_id, cluster_id, project_id, environment_id)
        place = {"pod_name": pod_name, "container_name": container_name}
        size = {"cpu_override": cpu_override, "memory_override": memory_override, **_size(width, height)}
        filters = {"mode": checked("mode", mode), **place, **size}
        return self._opened("/shell/ephemeral", service, ids, filters, _words(command) if command is not None else ())

    async def run(
        self,
        service: str | Identified | Handle,
        command: Sequence[str],
        *,
        input: bytes | str | None = None,
        timeout: float | None = None,
        pod_name: str | None = None,
        container_name: str | None = None,
        organization_id: str | None = None,
        cluster_id: str | None = None,
        project_id: str | None = None,
        environment_id: str | None = None,
    ) -> ShellResult:
        """Run a command in a container of a service, and wait until it ends.

        Input and output go through unchanged. The container needs `sh`, `cat`, and for input `head` and `stty`.

        Args:
            service: The id of the service, or its handle.
            command: The program and its arguments, such as `["sh", "-c", "..."]`. They appear in no message.
            input: What the program reads; a string is sent as UTF-8. Default: nothing.
            timeout: Seconds, for all of it. Then the program is interrupted (SIGINT). Default: no limit.
            pod_name: Default: a pod of the service, which the server chooses.
            container_name: Default: the container of the service.
            organization_id: Unless given: the client's, or else the only one that its token sees.
            cluster_id: Looked up unless given.
            project_id: Looked up unless given.
            environment_id: Looked up unless given.

        Returns:
            The output, errors included, and the exit code: 127 if the program was not found, 128 + n if
            signal n ended it.

        `GET /shell/exec` as a WebSocket; before the first, `GET /organization/{organizationId}/services`.

        Raises:
            ShellTimeout: the command had not ended in time; the error has the output so far.
            ShellFailed: the connection ended before the command did, or the container has no `sh`.
            ResponseTooLarge: the output is larger than the client's `max_response_bytes`.
        """
        wrapping = wrapped(_words(command), input)
        del command, input  # no frame of a traceback holds them
        shell = self.exec(
            service,
            command=wrapping.command,
            pod_name=pod_name,
            container_name=container_name,
            organization_id=organization_id,
            cluster_id=cluster_id,
            project_id=project_id,
            environment_id=environment_id,
        )
        return await RunningCommand(shell, wrapping).result(timeout, self._core.exchange.websocket.max_frame_bytes)

    def _opened(
        self, path: str, of: StreamTarget, ids: Given, filters: Mapping[str, object], words: Sequence[str]
    ) -> ShellSession:
        operation = path[1:].replace("/", ".")
        filters = present(filters)

        async def call() -> Call:
            query = await self._places.parameters(path, of, ids, filters)
            hidden = {f"command[{number}]": word for number, word in enumerate(words)}
            return Call(operation, f"GET {path}", query=query, hidden=hidden, empty_ok=True)

        return ShellSession(self._core, call, operation)


def _of_service(
    service: str | Identified | Handle,
    organization_id: str | None,
    cluster_id: str | None,
    project_id: str | None,
    environment_id: str | None,
) -> Given:
    ids = given(organization_id, cluster_id, project_id, environment_id)
    return {**ids, "service": id_of("service", service, "service")}


def _words(command: object) -> tuple[str, ...]:
    """The words of a command, which no message may show."""
    if isinstance(command, str | bytes) or not isinstance(command, Sequence):
        raise ConfigurationError(f"command must be a list of strings, got {type(command).__name__}")
    words = tuple(cast("Sequence[object]", command))
    if not words or not all(isinstance(word, str) and "\0" not in word for word in words):
        raise ConfigurationError(
            'command must be a list of strings without NUL characters, the program first, such as ["sh", "-c", "..."]'
        )
    return cast("tuple[str, ...]", words)


def _size(width: int, height: int) -> Mapping[str, int]:
    for name, number in (("width", width), ("height", height)):
        if type(number) is not int or not 0 <= number <= _WIDEST:
            raise ConfigurationError(f"{name} must be a number from 0 to {_WIDEST}, got {number!r:.80}")
    return {"tty_width": width, "tty_height": height}


_WIDEST = 65_535
