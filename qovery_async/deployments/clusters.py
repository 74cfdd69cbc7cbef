"""Which actions on a cluster can be awaited?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from qovery_async.deployments.cluster_errand import ClusterAction, ClusterErrand
from qovery_async.deployments.services import ServiceDeployments
from qovery_async.deployments.snapshot import ClusterSnapshot
from qovery_async.resources.clusters import Clusters


class Deployments(ServiceDeployments):
    """Deploy, stop, restart and delete, and wait for the end: `await client.deployments.deploy(id, timeout=600)`.

    Success is reported once the API shows that what was asked for has happened: a state from before the request is
    never taken for its result.
    """

    async def deploy_cluster(
        self,
        cluster_id: str,
        *,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None = None,
        organization_id: str | None = None,
    ) -> ClusterSnapshot:
        """Deploy a cluster with its current settings, and wait until it runs.

        Args:
            timeout: Seconds, for all of it. When they have passed, `DeploymentTimeout` is raised, and the deployment goes
                on.
            on_update: Called with each new state.
            organization_id: Default: the organization of the client.

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
        return await self._cluster("deploy", cluster_id, timeout, on_update, organization_id).run()

    async def upgrade_cluster(
        self,
        cluster_id: str,
        *,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None = None,
        organization_id: str | None = None,
    ) -> ClusterSnapshot:
        """Upgrade a cluster to the next version of Kubernetes, and wait for the end.

        Arguments and errors are those of `deploy_cluster`.

        `POST /cluster/{clusterId}/upgrade`
        """
        return await self._cluster("upgrade", cluster_id, timeout, on_update, organization_id).run()

    async def stop_cluster(
        self,
        cluster_id: str,
        *,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None = None,
        organization_id: str | None = None,
    ) -> ClusterSnapshot:
        """Stop a cluster, and wait until it is stopped. One that is stopped already is a success.

        Arguments and errors are those of `deploy_cluster`.

        `POST /organization/{organizationId}/cluster/{clusterId}/stop`
        """
        return await self._cluster("stop", cluster_id, timeout, on_update, organization_id).run()

    async def delete_cluster(
        self,
        cluster_id: str,
        *,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None = None,
        organization_id: str | None = None,
    ) -> ClusterSnapshot:
        """Delete a cluster and all that runs on it, and wait until it is gone.

        Arguments and errors are those of `deploy_cluster`.

        `DELETE /organization/{organizationId}/cluster/{clusterId}`
        """
        return await self._cluster("delete", cluster_id, timeout, on_update, organization_id).run()

    def _cluster(
        self,
        action: ClusterAction,
        cluster_id: str,
        timeout: float,
        on_update: Callable[[ClusterSnapshot], Awaitable[None] | None] | None,
        organization_id: str | None,
    ) -> ClusterErrand:
        return ClusterErrand(
            clusters=Clusters(self._core),
            action=action,
            cluster_id=cluster_id,
            organization_id=organization_id,
            timeout=timeout,
            on_update=on_update,
        )
