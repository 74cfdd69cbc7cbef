"""Which actions on a cluster can be awaited?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from qovery_async.deployments.cluster_errand import ClusterAction, ClusterErrand
from qovery_async.deployments.services import ServiceDeployments
from qovery_async.deployments.snapshot import ClusterSnapshot
from qovery_async.progress.reports import ProgressHook
from qovery_async.resources.clusters import Clusters


class Deployments(ServiceDeployments):
    """Act and wait: deploy, stop, restart, delete, as in `await client.deployments.deploy(id, timeout=600)`.

    Success is reported once the API shows that what was asked for has happened: a state from before the request is
    never taken for its result.
    """

    async def deploy_cluster(
        self,
        cluster_id: str,
        *,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        organization_id: str | None = None,
    ) -> ClusterSnapshot:
        """Deploy a cluster with its current settings, and wait until it runs.

        Args:
            timeout: Seconds, for all of it; then `DeploymentTimeout` is raised. The deployment goes on.
            on_update: Called with each new state.
            progress: As in `deploy`; a cluster counts as one.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        Returns:
            The state at the end.

        `POST /organization/{organizationId}/cluster/{clusterId}/deploy`, then
        `GET /organization/{organizationId}/cluster/{clusterId}/status`, at most 300 times an hour.

        Raises:
            DeploymentFailed: it failed, or the credentials of the cluster are not valid.
            DeploymentCanceled: someone canceled it.
            DeploymentTimeout: it had not ended in time.
            Conflict: the cluster is busy with another action.
        """
        return await self._cluster("deploy", cluster_id, timeout, on_update, organization_id, progress=progress).run()

    async def upgrade_cluster(
        self,
        cluster_id: str,
        *,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        organization_id: str | None = None,
    ) -> ClusterSnapshot:
        """Upgrade a cluster to the next version of Kubernetes, and wait for the end.

        Other arguments and all errors are those of `deploy_cluster`.

        Args:
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `POST /cluster/{clusterId}/upgrade`
        """
        return await self._cluster("upgrade", cluster_id, timeout, on_update, organization_id, progress=progress).run()

    async def stop_cluster(
        self,
        cluster_id: str,
        *,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        organization_id: str | None = None,
    ) -> ClusterSnapshot:
        """Stop a cluster, and wait until it is stopped. One that is stopped already is a success.

        Other arguments and all errors are those of `deploy_cluster`.

        Args:
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `POST /organization/{organizationId}/cluster/{clusterId}/stop`
        """
        return await self._cluster("stop", cluster_id, timeout, on_update, organization_id, progress=progress).run()

    async def delete_cluster(
        self,
        cluster_id: str,
        *,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
        organization_id: str | None = None,
    ) -> ClusterSnapshot:
        """Delete a cluster and all that runs on it, and wait until it is gone.

        Other arguments and all errors are those of `deploy_cluster`.

        Args:
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `DELETE /organization/{organizationId}/cluster/{clusterId}`
        """
        return await self._cluster("delete", cluster_id, timeout, on_update, organization_id, progress=progress).run()

    def _cluster(
        self,
        action: ClusterAction,
        cluster_id: str,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None,
        organization_id: str | None,
        *,
        progress: ProgressHook | Literal["rich"] | None,
    ) -> ClusterErrand:
        return ClusterErrand(
            clusters=Clusters(self._core),
            action=action,
            cluster_id=cluster_id,
            organization_id=organization_id,
            is_closed=self._core.exchange.network.sessions.closed_since_now(),
            timeout=timeout,
            on_update=on_update,
            progress=progress,
        )
