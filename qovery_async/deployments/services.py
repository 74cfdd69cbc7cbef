"""Which actions on one service, of any kind, can be awaited?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from qovery_async import models
from qovery_async.deployments.deadline import Deadline
from qovery_async.deployments.environments import EnvironmentDeployments
from qovery_async.deployments.kinds import DeploymentAction, ServiceRef, id_of
from qovery_async.deployments.run_log import LogHook, check_logs
from qovery_async.deployments.selection import ServiceSelection, check_before, check_timeout
from qovery_async.deployments.snapshot import EnvironmentSnapshot, ServiceSnapshot
from qovery_async.deployments.telling import check_hooks
from qovery_async.errors import ConfigurationError
from qovery_async.progress.reports import ProgressHook
from qovery_async.resources.services import Services
from qovery_async.secrecy.printable import one_line


class ServiceDeployments(EnvironmentDeployments):
    """The same for one service: its kind and its environment need not be known."""

    async def deploy_service(
        self,
        service: ServiceRef,
        *,
        version: str | None = None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> ServiceSnapshot:
        """Deploy a service and wait until it runs.

        Args:
            service: Its id or its handle. For an id, the services of the organization are listed to find its
                environment.
            version: What its kind takes: a commit, an image tag or a chart version. Default: the present one.
            timeout: As in `deploy`.
            on_update: As in `deploy`.
            progress: As in `deploy`.
            logs: As in `deploy`.

        Returns:
            The state of the service at the end.

        `POST /environment/{environmentId}/service/deploy`. Errors are those of `deploy`.
        """
        return await self._one(
            "deploy", service, {id_of(service): version}, timeout, on_update, progress=progress, logs=logs
        )

    async def redeploy_service(
        self,
        service: ServiceRef,
        *,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> ServiceSnapshot:
        """Deploy a service again as it is, and wait until it runs. Arguments and errors are those of `deploy_service`.

        `POST /environment/{environmentId}/service/deploy`
        """
        return await self._one("redeploy", service, [id_of(service)], timeout, on_update, progress=progress, logs=logs)

    async def stop_service(
        self,
        service: ServiceRef,
        *,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> ServiceSnapshot:
        """Stop a service and wait until it is stopped. Arguments and errors are those of `deploy_service`.

        `POST /environment/{environmentId}/service/stop`
        """
        return await self._one("stop", service, [id_of(service)], timeout, on_update, progress=progress, logs=logs)

    async def restart_service(
        self,
        service: ServiceRef,
        *,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> ServiceSnapshot:
        """Restart a service and wait until it runs. Arguments and errors are those of `deploy_service`.

        `POST /environment/{environmentId}/service/restart-service`
        """
        return await self._one("restart", service, [id_of(service)], timeout, on_update, progress=progress, logs=logs)

    async def uninstall_service(
        self,
        service: ServiceRef,
        *,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> ServiceSnapshot:
        """Delete what runs of a service and keep its settings. Arguments and errors are those of `deploy_service`.

        `POST /environment/{environmentId}/service/uninstall`
        """
        return await self._one("uninstall", service, [id_of(service)], timeout, on_update, progress=progress, logs=logs)

    async def delete_service(
        self,
        service: ServiceRef,
        *,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> None:
        """Delete a service and wait until it is gone. Arguments and errors are those of `deploy_service`.

        `POST /environment/{environmentId}/service/delete`
        """
        await self._acted("delete", service, [id_of(service)], timeout, on_update, progress=progress, logs=logs)

    async def _one(
        self,
        action: DeploymentAction,
        service: ServiceRef,
        selection: ServiceSelection,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None,
        *,
        progress: ProgressHook | Literal["rich"] | None,
        logs: LogHook | bool,
    ) -> ServiceSnapshot:
        found = (
            await self._acted(action, service, selection, timeout, on_update, progress=progress, logs=logs)
        ).service(id_of(service))
        assert found is not None  # or the action has failed
        return found

    async def _acted(
        self,
        action: DeploymentAction,
        service: ServiceRef,
        selection: ServiceSelection,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None,
        *,
        progress: ProgressHook | Literal["rich"] | None,
        logs: LogHook | bool,
    ) -> EnvironmentSnapshot:
        check_timeout(timeout)
        check_before(action, [service])  # its kind, where it is known
        check_before(action, selection)
        check_hooks(on_update, progress)
        check_logs(logs)
        deadline = Deadline(timeout)
        environment_id = await deadline.bound(self._environment_of(service), action, f"service {id_of(service)}")
        return await self._errand(
            action, environment_id, selection, deadline.left, on_update, progress=progress, logs=logs
        ).run()

    async def _environment_of(self, service: ServiceRef) -> str:
        known: object = getattr(service, "environment_id", None)
        if isinstance(known, str):
            return known
        id_ = id_of(service)
        for each in await Services(self._core).list():
            if each.id == id_:
                return each.environment_id
        raise ConfigurationError(f"no service of the organization has the id {one_line(id_, 80)}")
