"""Which actions on an environment can be awaited?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from qovery_async import models
from qovery_async.deployments.cloning import chosen_in, clone, naming
from qovery_async.deployments.deadline import Deadline
from qovery_async.deployments.run_log import check_logs
from qovery_async.deployments.selection import ServiceSelection, check_timeout
from qovery_async.deployments.snapshot import EnvironmentSnapshot
from qovery_async.deployments.telling import check_hooks
from qovery_async.deployments.watching import EnvironmentWatching
from qovery_async.progress.reports import ProgressHook
from qovery_async.vocabulary import UNSET


class EnvironmentDeployments(EnvironmentWatching):
    """Deploys, stops, restarts and deletes environments, and waits for the end."""

    async def deploy(
        self,
        environment_id: str,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Deploy an environment, or some of its services in one deployment, and wait until it runs.

        Args:
            services: Ids or handles of services, or a mapping of these to versions: the commit, image tag or chart
                version to deploy. Default: the whole environment.
            timeout: Seconds, for all of it; then `DeploymentTimeout` is raised. The deployment goes on.
            on_update: Called with each new state, as `client.deployments.watch` yields them.
            progress: A function, called as services end; or "rich", which draws their states, or writes them to a log.
            logs: True writes the log of the deployment to stderr as it comes; a function is called with each line.

        Returns:
            The state at the end.

        `POST /environment/{environmentId}/deploy`, or `.../service/deploy` for some services; then
        `GET /environment/{environmentId}/statusesWithStages`, at most 300 times an hour.

        Raises:
            DeploymentFailed: it failed; the error has the services, the step and the last lines of the log.
            DeploymentCanceled: someone canceled it.
            DeploymentTimeout: it had not ended in time.
            ConfigurationError: an argument cannot be right. Nothing was asked for.
        """
        return await self._errand(
            "deploy", environment_id, services, timeout, on_update, progress=progress, logs=logs
        ).run()

    async def redeploy(
        self,
        environment_id: str,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Deploy an environment, or some of its services, again as they are, and wait until they run.

        Arguments and errors are those of `deploy`; `services` takes no versions.

        `POST /environment/{environmentId}/redeploy`, or `.../service/deploy` for some services.
        """
        return await self._errand(
            "redeploy", environment_id, services, timeout, on_update, progress=progress, logs=logs
        ).run()

    async def stop(
        self,
        environment_id: str,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Stop an environment, or some of its services, and wait until they are stopped.

        What is stopped already is a success. Arguments and errors are those of `deploy`; `services` takes no versions.

        `POST /environment/{environmentId}/stop`, or `.../service/stop` for some services.
        """
        return await self._errand(
            "stop", environment_id, services, timeout, on_update, progress=progress, logs=logs
        ).run()

    async def restart(
        self,
        environment_id: str,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Restart an environment, or some of its services, and wait until they run again.

        Only applications, containers and databases can be restarted. Without `services`, all of them are. Arguments and
        errors are those of `deploy`; `services` takes no versions.

        `POST /environment/{environmentId}/service/restart-service`
        """
        return await self._errand(
            "restart", environment_id, services, timeout, on_update, progress=progress, logs=logs
        ).run()

    async def delete(
        self,
        environment_id: str,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Delete an environment, or some of its services, and wait until they are gone.

        Arguments and errors are those of `deploy`; `services` takes no versions.

        Returns:
            The state at the end; `is_gone` is True for an environment.

        `DELETE /environment/{environmentId}`, or `POST .../service/delete` for some services.
        """
        return await self._errand(
            "delete", environment_id, services, timeout, on_update, progress=progress, logs=logs
        ).run()

    async def uninstall(
        self,
        environment_id: str,
        *,
        services: ServiceSelection | None = None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Delete what runs of an environment, or of some of its services, and keep their settings.

        What was never deployed is left alone. Arguments and errors are those of `deploy`; `services` takes no versions.

        `POST /environment/{environmentId}/uninstall`, or `.../service/uninstall` for some services.
        """
        return await self._errand(
            "uninstall", environment_id, services, timeout, on_update, progress=progress, logs=logs
        ).run()

    async def cancel(
        self,
        environment_id: str,
        *,
        force: bool = False,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Cancel the deployment of an environment, and wait until it is canceled.

        Arguments and errors are those of `deploy`.

        Args:
            force: Whether jobs that run are ended too.

        `POST /environment/{environmentId}/cancelDeployment`

        Raises:
            DeploymentFailed: the deployment ended before it could be canceled.
            Conflict: there is nothing to cancel.
        """
        return await self._errand(
            "cancel", environment_id, None, timeout, on_update, progress=progress, logs=logs, force=force
        ).run()

    async def clone_and_deploy(
        self,
        environment_id: str,
        name: str,
        *,
        cluster_id: str | None = None,
        mode: models.EnvironmentModeEnum | str | None = None,
        project_id: str | None = None,
        versions: Mapping[str, str] | None = None,
        timeout: float,
        on_update: Callable[[EnvironmentSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        logs: Callable[[models.EnvironmentLogs], Awaitable[None] | None] | bool = False,
    ) -> EnvironmentSnapshot:
        """Clone an environment, deploy the clone and wait until it runs, as a preview does.

        The data of databases stays behind. If the deployment fails, the clone is still there: `environment_id` of the
        error names it, or a note of another error.

        Args:
            name: The name of the clone.
            cluster_id: The cluster of the clone. Default: that of the original.
            mode: The mode of the clone, such as "PREVIEW". Default: that of the original.
            project_id: The project of the clone. Default: that of the original.
            versions: The versions of services, by their name or by their id in the original.
            timeout: As in `deploy`, from the request to clone.
            on_update: As in `deploy`.
            progress: As in `deploy`.
            logs: As in `deploy`.

        Returns:
            The state of the clone at the end; `environment_id` is its id.

        `POST /environment/{environmentId}/clone`, then as `deploy`. Errors are those of `deploy`.
        """
        check_timeout(timeout)
        check_hooks(on_update, progress)
        check_logs(logs)
        deadline = Deadline(timeout)
        as_mode = models.EnvironmentModeEnum(mode) if mode else UNSET
        body = models.CloneEnvironmentRequest(
            name=name, cluster_id=cluster_id or UNSET, mode=as_mode, project_id=project_id or UNSET
        )
        cloning = clone(self._core, environment_id, body, versions or {})
        clone_id, found = await deadline.bound(cloning, "deploy", f"a clone of environment {environment_id}")
        with naming(clone_id):
            choosing = chosen_in(self._core, clone_id, found)
            services = await deadline.bound(choosing, "deploy", f"environment {clone_id}", clone_id)
            return await self._errand(
                "deploy", clone_id, services, deadline.left, on_update, progress=progress, logs=logs
            ).run()
