"""What can be done to a cluster, and what is known of it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from qovery_async import bodies, models
from qovery_async.directory.failures import NothingFound
from qovery_async.directory.identity import Handle
from qovery_async.progress.reports import ProgressHook
from qovery_async.resources.clusters import Clusters
from qovery_async.resources.clusters.kubeconfig import ClusterKubeconfig
from qovery_async.runtime import patching
from qovery_async.vocabulary import UNSET, Unset

if TYPE_CHECKING:
    from qovery_async.deployments.cluster_errand import ClusterUpdateHook
    from qovery_async.deployments.clusters import Deployments
    from qovery_async.deployments.snapshot import ClusterSnapshot


class ClusterHandle(Handle):
    """A cluster, such as `client.cluster(cluster_id)` or what `client.find.cluster` finds.

    `client.cluster(id)` is a cluster of the client's organization.
    """

    _noun = "cluster"

    async def get(self) -> models.Cluster:
        """Get the cluster: `GET /organization/{organizationId}/cluster`.

        Raises:
            NothingFound: no cluster of the organization has the id.
        """
        organization_id = await self._organization_id(self._organization)
        for cluster in await Clusters(self._core).list(organization_id=organization_id):
            if cluster.id == self.id:
                return cluster
        raise NothingFound(f"organization {organization_id} has no cluster {self.id}", name=self.id)

    async def patch(
        self,
        mapping: bodies.ClusterPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.ClusterPatch],
    ) -> models.Cluster:
        """Change some values of the cluster and keep all others.

        The arguments and errors are those of the namespace's `patch`.

        `PUT /organization/{organizationId}/cluster/{clusterId}`
        """
        organization_id = await self._organization_id(self._organization)
        clusters = Clusters(self._core)
        return await clusters.patch(
            self.id, mapping, on_conflict=on_conflict, organization_id=organization_id, **changes
        )

    async def status(self) -> models.ClusterStatus:
        """Get the status: `GET /organization/{organizationId}/cluster/{clusterId}/status`."""
        return await Clusters(self._core).get_status(self.id, organization_id=self._organization)

    async def kubeconfig(self, *, with_token_from_cli: bool | Unset = UNSET, read_only: bool | Unset = UNSET) -> str:
        """Get the kubeconfig, a YAML string. It is a secret, which its `repr` does not show.

        Args:
            with_token_from_cli: Have the kubeconfig ask the `qovery` command for a token, instead of holding
                credentials.
            read_only: Access that can look at things but change nothing.

        `GET /organization/{organizationId}/cluster/{clusterId}/kubeconfig`
        """
        return await ClusterKubeconfig(self._core).get(
            self.id, with_token_from_cli=with_token_from_cli, read_only=read_only, organization_id=self._organization
        )

    async def deploy(
        self,
        *,
        timeout: float,
        on_update: ClusterUpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> ClusterSnapshot:
        """Deploy the cluster with its current settings and wait, as `client.deployments.deploy_cluster` does.

        Args:
            timeout: Seconds, for all of it. When they have passed, `DeploymentTimeout` is raised, and the
                deployment goes on.
            on_update: Called with each new state.
            progress: Called once the cluster has ended; "rich" shows each state.

        `POST /organization/{organizationId}/cluster/{clusterId}/deploy`

        Raises:
            DeploymentFailed: it failed, or the credentials of the cluster are not valid.
            DeploymentCanceled: someone canceled it.
            DeploymentTimeout: it had not ended in time.
            Conflict: the cluster is busy with another action.
        """
        return await self._deployments.deploy_cluster(
            self.id, timeout=timeout, on_update=on_update, progress=progress, organization_id=self._organization
        )

    async def upgrade(
        self,
        *,
        timeout: float,
        on_update: ClusterUpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> ClusterSnapshot:
        """Upgrade the cluster to the next version of Kubernetes. Arguments and errors are those of `deploy`.

        `POST /cluster/{clusterId}/upgrade`
        """
        return await self._deployments.upgrade_cluster(
            self.id, timeout=timeout, on_update=on_update, progress=progress, organization_id=self._organization
        )

    async def stop(
        self,
        *,
        timeout: float,
        on_update: ClusterUpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> ClusterSnapshot:
        """Stop the cluster. Arguments and errors are those of `deploy`.

        `POST /organization/{organizationId}/cluster/{clusterId}/stop`
        """
        return await self._deployments.stop_cluster(
            self.id, timeout=timeout, on_update=on_update, progress=progress, organization_id=self._organization
        )

    async def delete(
        self,
        *,
        timeout: float,
        on_update: ClusterUpdateHook | None = None,
        progress: ProgressHook | Literal["rich"] | None = None,
    ) -> ClusterSnapshot:
        """Delete the cluster and all that runs on it. Arguments and errors are those of `deploy`.

        `DELETE /organization/{organizationId}/cluster/{clusterId}`
        """
        return await self._deployments.delete_cluster(
            self.id, timeout=timeout, on_update=on_update, progress=progress, organization_id=self._organization
        )

    @property
    def _organization(self) -> str | None:
        return self._known.organization_id if self._known else None

    @property
    def _deployments(self) -> Deployments:
        # Imported at the first use: most handles are only asked what they know.
        from qovery_async.deployments.clusters import Deployments

        return Deployments(self._core)
