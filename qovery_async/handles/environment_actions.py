"""What can be done to an environment?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Literal

from qovery_async import models
from qovery_async.directory.identity import LearningHandle
from qovery_async.progress.reports import ProgressHook

if TYPE_CHECKING:
    from qovery_async.deployments.clusters import Deployments
    from qovery_async.deployments.errand import UpdateHook
    from qovery_async.deployments.kinds import DeploymentAction
    from qovery_async.deployments.run_log import LogHook
    from qovery_async.deployments.selection import ServiceSelection
    from qovery_async.deployments.snapshot import EnvironmentSnapshot


class EnvironmentActions(LearningHandle):
    """What can be done to an environment: `await environment.deploy(timeout=1800)`."""

    async def deploy(
        self,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> EnvironmentSnapshot:
        """Deploy the environment, or some of its services, and wait until it runs.

        Does what `client.deployments.deploy` does.

        Args:
            services: Ids or handles of services, or a mapping of these to versions: git commits, image tags or
                chart versions. Default: the whole environment.
            timeout: Seconds, for all of it. When they have passed, `DeploymentTimeout` is raised, and the
                deployment goes on.
            on_update: Called with each new state.
            progress: Called with how many services have ended; "rich" draws them.
            logs: True writes the log of the deployment to stderr as it comes; a function is called with each line.

        Returns:
            The state at the end.

        `POST /environment/{environmentId}/deploy`, or `.../service/deploy` for some services.

        Raises:
            DeploymentFailed: it failed; the error has the services, the step and the last lines of the log.
            DeploymentCanceled: someone canceled it.
            DeploymentTimeout: it had not ended in time.
            ConfigurationError: an argument cannot be right. Nothing was asked for.
        """
        return await self._deployments.deploy(
            self.id, services=services, timeout=timeout, on_update=on_update, progress=progress, logs=logs
        )

    async def redeploy(
        self,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> EnvironmentSnapshot:
        """Deploy the environment, or some of its services, again as they are.

        Arguments and errors are those of `deploy`; `services` takes no versions.

        `POST /environment/{environmentId}/redeploy`, or `.../service/deploy` for some services.
        """
        return await self._deployments.redeploy(
            self.id, services=services, timeout=timeout, on_update=on_update, progress=progress, logs=logs
        )

    async def restart(
        self,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> EnvironmentSnapshot:
        """Restart the applications, containers and databases, or some. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/service/restart-service`
        """
        return await self._deployments.restart(
            self.id, services=services, timeout=timeout, on_update=on_update, progress=progress, logs=logs
        )

    async def stop(
        self,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> EnvironmentSnapshot:
        """Stop the environment, or some of its services. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/stop`, or `.../service/stop` for some services.
        """
        return await self._deployments.stop(
            self.id, services=services, timeout=timeout, on_update=on_update, progress=progress, logs=logs
        )

    async def uninstall(
        self,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> EnvironmentSnapshot:
        """Delete what runs of the environment, and keep its settings. Arguments and errors are those of `deploy`.

        `POST /environment/{environmentId}/uninstall`, or `.../service/uninstall` for some services.
        """
        return await self._deployments.uninstall(
            self.id, services=services, timeout=timeout, on_update=on_update, progress=progress, logs=logs
        )

    async def delete(
        self,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> EnvironmentSnapshot:
        """Delete the environment, or some of its services. Arguments and errors are those of `deploy`.

        `DELETE /environment/{environmentId}`, or `POST .../service/delete` for some services.
        """
        return await self._deployments.delete(
            self.id, services=services, timeout=timeout, on_update=on_update, progress=progress, logs=logs
        )

    async def cancel(
        self,
        *,
        force: bool = False,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> EnvironmentSnapshot:
        """Cancel what is under way in the environment, as `client.deployments.cancel` does.

        Args:
            force: Whether jobs that run are ended too.
            timeout: As in `deploy`.
            on_update: As in `deploy`.
            logs: As in `deploy`.

        `POST /environment/{environmentId}/cancelDeployment`
        """
        return await self._deployments.cancel(
            self.id, force=force, timeout=timeout, on_update=on_update, progress=progress, logs=logs
        )

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
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
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
            logs: As in `deploy`.

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
            progress=progress,
            logs=logs,
        )

    async def wait(
        self,
        action: DeploymentAction,
        *,
        timeout: float,
        on_update: UpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: LogHook | bool = False,
    ) -> EnvironmentSnapshot:
        """Wait for what is under way in the environment, which someone else has asked for.

        Args:
            action: What is under way, such as "deploy": another end is a failure.
            timeout: As in `deploy`.
            on_update: As in `deploy`.
            logs: As in `deploy`.

        `GET /environment/{environmentId}/statusesWithStages`
        """
        return await self._deployments.wait(
            self.id, action, timeout=timeout, on_update=on_update, progress=progress, logs=logs
        )

    def watch(self) -> AsyncIterator[EnvironmentSnapshot]:
        """Yield the present state of the environment, then each change, until it is deleted.

        `GET /environment/{environmentId}/statusesWithStages`
        """
        return self._deployments.watch(self.id)

    @property
    def _deployments(self) -> Deployments:
        # Imported at the first use: most handles are only asked what they know.
        from qovery_async.deployments.clusters import Deployments

        return Deployments(self._core)
