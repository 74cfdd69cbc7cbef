"""What can be done to a service?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from qovery_async import models
from qovery_async.directory.identity import LearningHandle
from qovery_async.progress.choice import check_progress
from qovery_async.progress.reports import ProgressHook

if TYPE_CHECKING:
    from qovery_async.deployments.clusters import Deployments
    from qovery_async.deployments.errand import UpdateHook
    from qovery_async.deployments.kinds import DeploymentAction
    from qovery_async.deployments.run_log import LogHook
    from qovery_async.deployments.snapshot import ServiceSnapshot
    from qovery_async.port_forward.address import ForwardedPort
    from qovery_async.shell.results import ShellResult
    from qovery_async.shell.session import ShellSession
    from qovery_async.streams.backlog import WhenSlow
    from qovery_async.streams.stream import Stream


class ServiceActions(LearningHandle):
    """What can be done to a service: `await service.deploy(version="v1.2.3", timeout=900)`."""

    async def deploy(
        self,
        *,
        version: str | None = None,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> ServiceSnapshot:
        """Deploy the service and wait until it runs, as `client.deployments.deploy_service` does.

        Args:
            version: What its kind takes: a git commit, an image tag or a chart version. Default: the present
                one.
            timeout: Seconds, for all of it. When they have passed, `DeploymentTimeout` is raised, and the
                deployment goes on.
            on_update: Called with each new state of the environment.
            progress: Called with how many services have ended; "rich" draws them.
            logs: True writes the log of the deployment to stderr as it comes; a function is called with each line.

        Returns:
            The state of the service at the end.

        `POST /environment/{environmentId}/service/deploy`

        Raises:
            DeploymentFailed: it failed; the error has the service, the step and the last lines of the log.
            DeploymentCanceled: someone canceled it.
            DeploymentTimeout: it had not ended in time.
            ConfigurationError: its kind cannot do this, or an argument cannot be right. Nothing was asked for.
        """
        left = await self._left(timeout, "deploy", progress)
        return await self._deployments.deploy_service(
            self, version=version, timeout=left, on_update=on_update, progress=progress, logs=logs
        )

    async def redeploy(
        self,
        *,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> ServiceSnapshot:
        """Deploy the service again as it is, and wait until it runs. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/deploy`
        """
        return await self._deployments.redeploy_service(
            self,
            timeout=await self._left(timeout, "redeploy", progress),
            on_update=on_update,
            progress=progress,
            logs=logs,
        )

    async def restart(
        self,
        *,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> ServiceSnapshot:
        """Restart an application, a container or a database. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/restart-service`
        """
        return await self._deployments.restart_service(
            self,
            timeout=await self._left(timeout, "restart", progress),
            on_update=on_update,
            progress=progress,
            logs=logs,
        )

    async def stop(
        self,
        *,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> ServiceSnapshot:
        """Stop the service and wait until it is stopped. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/stop`
        """
        return await self._deployments.stop_service(
            self, timeout=await self._left(timeout, "stop", progress), on_update=on_update, progress=progress, logs=logs
        )

    async def uninstall(
        self,
        *,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> ServiceSnapshot:
        """Delete what runs of the service and keep its settings. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/uninstall`
        """
        return await self._deployments.uninstall_service(
            self,
            timeout=await self._left(timeout, "uninstall", progress),
            on_update=on_update,
            progress=progress,
            logs=logs,
        )

    async def delete(
        self,
        *,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> None:
        """Delete the service and wait until it is gone. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/delete`
        """
        await self._deployments.delete_service(
            self,
            timeout=await self._left(timeout, "delete", progress),
            on_update=on_update,
            progress=progress,
            logs=logs,
        )

    def logs(
        self,
        *,
        history: bool = False,
        start: datetime | None = None,
        limit: int | None = None,
        query: str | None = None,
        pod_name: str | None = None,
        deployment_id: str | None = None,
        when_slow: WhenSlow = "wait",
    ) -> Stream[models.ServiceLogLine]:
        """Follow the logs of the service: `async for line in service.logs()`.

        Arguments and errors are those of `client.streams.service_logs`.

        `GET /service/logs` as a WebSocket
        """
        from qovery_async.streams.clusters import Streams

        return Streams(self._core).service_logs(
            self,
            history=history,
            start=start,
            limit=limit,
            query=query,
            pod_name=pod_name,
            deployment_id=deployment_id,
            when_slow=when_slow,
        )

    def port_forward(
        self, remote_port: int, local_port: int = 0, *, host: str = "127.0.0.1", pod_name: str | None = None
    ) -> AbstractAsyncContextManager[ForwardedPort]:
        """Listen on a local TCP port that leads to a port of the service, as `client.port_forward` does.

        Args:
            remote_port: The port that the service listens on, 1 to 65535.
            local_port: The port on this machine. Default: one that is free.
            host: The IP address to listen on. Whoever reaches it reaches the service, without a token: by default, only
                programs on this machine.
            pod_name: The pod that it leads to. Default: Qovery chooses one for each connection.

        `GET /shell/portforward` as a WebSocket for each connection

        Raises:
            ConfigurationError: an argument cannot be right, or the local port cannot be opened.
            NothingFound: no service of the organization has the id.
        """
        from qovery_async.port_forward.listening import PortForward  # imported late: few open ports

        return PortForward(self._core)(self, remote_port, local_port, host=host, pod_name=pod_name)

    def shell(
        self,
        *,
        command: Sequence[str] = ("sh",),
        pod_name: str | None = None,
        container_name: str | None = None,
        width: int = 0,
        height: int = 0,
    ) -> ShellSession:
        """Open a shell in a container of the service: `async with service.shell() as shell:`.

        Arguments and errors are those of `client.shell.exec`.

        `GET /shell/exec` as a WebSocket
        """
        from qovery_async.shell.namespace import Shells

        return Shells(self._core).exec(
            self, command=command, pod_name=pod_name, container_name=container_name, width=width, height=height
        )

    async def run(
        self,
        command: Sequence[str],
        *,
        input: bytes | str | None = None,
        timeout: float | None = None,
        pod_name: str | None = None,
        container_name: str | None = None,
    ) -> ShellResult:
        """Run a command in a container of the service, and wait until it ends.

        Arguments, result and errors are those of `client.shell.run`.

        `GET /shell/exec` as a WebSocket
        """
        from qovery_async.shell.namespace import Shells

        running = Shells(self._core).run(
            self, command, input=input, timeout=timeout, pod_name=pod_name, container_name=container_name
        )
        del command, input  # no frame of a traceback holds them
        return await running

    async def _left(
        self, timeout: float, action: DeploymentAction, progress: ProgressHook | Literal["rich"] | None
    ) -> float:
        """The seconds that are left once the kind and the environment are known."""
        from qovery_async.deployments.deadline import Deadline
        from qovery_async.deployments.selection import check_timeout

        check_timeout(timeout)
        check_progress(progress)
        deadline = Deadline(timeout)
        await deadline.bound(self._entry(), action, f"service {self.id}")
        return deadline.left

    @property
    def _deployments(self) -> Deployments:
        # Imported at the first use: most handles are only asked what they know.
        from qovery_async.deployments.clusters import Deployments

        return Deployments(self._core)
