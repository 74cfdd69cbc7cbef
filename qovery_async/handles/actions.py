"""What can be done to a service, and to an environment?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from qovery_async import models
from qovery_async.deployments.clusters import Deployments
from qovery_async.deployments.errand import UpdateHook
from qovery_async.deployments.kinds import DeploymentAction
from qovery_async.deployments.selection import ServiceSelection, check_timeout
from qovery_async.deployments.snapshot import EnvironmentSnapshot, ServiceSnapshot
from qovery_async.handles.identity import LearningHandle


class ServiceActions(LearningHandle):
    """What can be done to a service: `await service.deploy(version="v1.2.3", timeout=900)`."""

    async def deploy(
        self, *, version: str | None = None, timeout: float, on_update: UpdateHook | None = None
    ) -> ServiceSnapshot:
        """Deploy the service and wait until it runs, as `client.deployments.deploy_service` does.

        Args:
            version: What its kind takes: a git commit, an image tag or a chart version. Default: the present
                one.
            timeout: Seconds, for all of it. When they have passed, `DeploymentTimeout` is raised, and the
                deployment goes on.
            on_update: Called with each new state of the environment.

        Returns:
            The state of the service at the end.

        `POST /environment/{environmentId}/service/deploy`

        Raises:
            DeploymentFailed: it failed; the error has the service, the step and the last lines of the log.
            DeploymentCanceled: someone canceled it.
            DeploymentTimeout: it had not ended in time.
            ConfigurationError: its kind cannot do this, or an argument cannot be right. Nothing was asked for.
        """
        deployments = await self._ready(timeout)
        return await deployments.deploy_service(self, version=version, timeout=timeout, on_update=on_update)

    async def redeploy(self, *, timeout: float, on_update: UpdateHook | None = None) -> ServiceSnapshot:
        """Deploy the service again as it is, and wait until it runs. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/deploy`
        """
        return await (await self._ready(timeout)).redeploy_service(self, timeout=timeout, on_update=on_update)

    async def restart(self, *, timeout: float, on_update: UpdateHook | None = None) -> ServiceSnapshot:
        """Restart an application, a container or a database. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/restart-service`
        """
        return await (await self._ready(timeout)).restart_service(self, timeout=timeout, on_update=on_update)

    async def stop(self, *, timeout: float, on_update: UpdateHook | None = None) -> ServiceSnapshot:
        """Stop the service and wait until it is stopped. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/stop`
        """
        return await (await self._ready(timeout)).stop_service(self, timeout=timeout, on_update=on_update)

    async def uninstall(self, *, timeout: float, on_update: UpdateHook | None = None) -> ServiceSnapshot:
        """Delete what runs of the service and keep its settings. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/uninstall`
        """
        return await (await self._ready(timeout)).uninstall_service(self, timeout=timeout, on_update=on_update)

    async def delete(self, *, timeout: float, on_update: UpdateHook | None = None) -> None:
        """Delete the service and wait until it is gone. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/delete`
        """
        await (await self._ready(timeout)).delete_service(self, timeout=timeout, on_update=on_update)

    async def _ready(self, timeout: float) -> Deployments:
        """What acts, once the kind and the environment are known."""
        check_timeout(timeout)
        await self._entry()
        return Deployments(self._core)


class EnvironmentActions(LearningHandle):
    """What can be done to an environment: `await environment.deploy(timeout=1800)`."""

    async def deploy(
        self, *, services: ServiceSelection | None = None, timeout: float, on_update: UpdateHook | None = None
    ) -> EnvironmentSnapshot:
        """Deploy the environment, or some of its services, and wait until it runs.

        Does what `client.deployments.deploy` does.

        Args:
            services: Ids or handles of services, or a mapping of these to versions: git commits, image tags or
                chart versions. Default: the whole environment.
            timeout: Seconds, for all of it. When they have passed, `DeploymentTimeout` is raised, and the
                deployment goes on.
            on_update: Called with each new state.

        Returns:
            The state at the end.

        `POST /environment/{environmentId}/deploy`, or `.../service/deploy` for some services.

        Raises:
            DeploymentFailed: it failed; the error has the services, the step and the last lines of the log.
            DeploymentCanceled: someone canceled it.
            DeploymentTimeout: it had not ended in time.
            ConfigurationError: an argument cannot be right. Nothing was asked for.
        """
        return await self._deployments.deploy(self.id, services=services, timeout=timeout, on_update=on_update)

    async def redeploy(
        self, *, services: ServiceSelection | None = None, timeout: float, on_update: UpdateHook | None = None
    ) -> EnvironmentSnapshot:
        """Deploy the environment, or some of its services, again as they are.

        Arguments and errors are those of `deploy`; `services` takes no versions.

        `POST /environment/{environmentId}/redeploy`, or `.../service/deploy` for some services.
        """
        return await self._deployments.redeploy(self.id, services=services, timeout=timeout, on_update=on_update)

    async def restart(
        self, *, services: ServiceSelection | None = None, timeout: float, on_update: UpdateHook | None = None
    ) -> EnvironmentSnapshot:
        """Restart the applications, containers and databases, or some. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/restart-service`
        """
        return await self._deployments.restart(self.id, services=services, timeout=timeout, on_update=on_update)

    async def stop(
        self, *, services: ServiceSelection | None = None, timeout: float, on_update: UpdateHook | None = None
    ) -> EnvironmentSnapshot:
        """Stop the environment, or some of its services. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/stop`, or `.../service/stop` for some services.
        """
        return await self._deployments.stop(self.id, services=services, timeout=timeout, on_update=on_update)

    async def uninstall(
        self, *, services: ServiceSelection | None = None, timeout: float, on_update: UpdateHook | None = None
    ) -> EnvironmentSnapshot:
        """Delete what runs of the environment, and keep its settings. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/uninstall`, or `.../service/uninstall` for some services.
        """
        return await self._deployments.uninstall(self.id, services=services, timeout=timeout, on_update=on_update)

    async def delete(
        self, *, services: ServiceSelection | None = None, timeout: float, on_update: UpdateHook | None = None
    ) -> EnvironmentSnapshot:
        """Delete the environment, or some of its services. Arguments and errors are those of `deploy`.

        `DELETE /environment/{environmentId}`, or `POST .../service/delete` for some services.
        """
        return await self._deployments.delete(self.id, services=services, timeout=timeout, on_update=on_update)

    async def cancel(
        self, *, force: bool = False, timeout: float, on_update: UpdateHook | None = None
    ) -> EnvironmentSnapshot:
        """Cancel what is under way in the environment, as `client.deployments.cancel` does.

        Args:
            force: Whether jobs that run are ended too.
            timeout: As in `deploy`.
            on_update: As in `deploy`.

        `POST /environment/{environmentId}/cancelDeployment`
        """
        return await self._deployments.cancel(self.id, force=force, timeout=timeout, on_update=on_update)

    async def clone_and_deploy(
        self,
        name: str,
        *,
        cluster_id: str | None = None,
        mode: models.EnvironmentModeEnum | str | None = None,
        project_id: str | None = None,
        versions: Mapping[str, str] | None = None,
        timeout: float,
        on_update: UpdateHook | None = None,
    ) -> EnvironmentSnapshot:
        """Clone the environment and deploy the clone, as `client.deployments.clone_and_deploy` does.

        Args:
            name: The name of the clone.
            cluster_id: The cluster of the clone. Default: that of the original.
            mode: The mode of the clone, such as "PREVIEW". Default: that of the original.
            project_id: The project of the clone. Default: that of the original.
            versions: The versions of services, by their name or by their id in the original.
            timeout: As in `deploy`, from the request to clone.
            on_update: As in `deploy`.

        Returns:
            The state of the clone at the end; `environment_id` is its id.

        `POST /environment/{environmentId}/clone`
        """
        return await self._deployments.clone_and_deploy(
            self.id,
            name,
            cluster_id=cluster_id,
            mode=mode,
            project_id=project_id,
            versions=versions,
            timeout=timeout,
            on_update=on_update,
        )

    async def wait(
        self, action: DeploymentAction, *, timeout: float, on_update: UpdateHook | None = None
    ) -> EnvironmentSnapshot:
        """Wait for what is under way in the environment, which someone else has asked for.

        Args:
            action: What is under way, such as "deploy": another end is a failure.
            timeout: As in `deploy`.
            on_update: As in `deploy`.

        `GET /environment/{environmentId}/statusesWithStages`
        """
        return await self._deployments.wait(self.id, action, timeout=timeout, on_update=on_update)

    def watch(self) -> AsyncIterator[EnvironmentSnapshot]:
        """Yield the present state of the environment, then each change, until it is deleted.

        `GET /environment/{environmentId}/statusesWithStages`
        """
        return self._deployments.watch(self.id)

    @property
    def _deployments(self) -> Deployments:
        return Deployments(self._core)
