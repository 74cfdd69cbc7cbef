"""Which kinds of services are there, and what is the full model of each?"""

from __future__ import annotations

from typing import Unpack

from qovery_async import bodies, models
from qovery_async.handles.places import ServiceHandle
from qovery_async.resources.agentic_workflows import AgenticWorkflows
from qovery_async.resources.applications import Applications
from qovery_async.resources.argocd import ArgocdApps
from qovery_async.resources.containers import Containers
from qovery_async.resources.databases import Databases
from qovery_async.resources.helms import Helms
from qovery_async.resources.jobs import Jobs
from qovery_async.resources.terraforms import Terraforms
from qovery_async.runtime import patching


class ApplicationHandle(ServiceHandle, kind="APPLICATION"):
    """An application: it has every action, and a git commit is its version."""

    async def get(self) -> models.Application:
        """Get the application in full: `GET /application/{applicationId}`."""
        return await Applications(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.ApplicationPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.ApplicationPatch],
    ) -> models.Application:
        """Change some values of the application and keep all others: `PUT /application/{applicationId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await Applications(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)


class ContainerHandle(ServiceHandle, kind="CONTAINER"):
    """A container: it has every action, and an image tag is its version."""

    async def get(self) -> models.ContainerResponse:
        """Get the container in full: `GET /container/{containerId}`."""
        return await Containers(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.ContainerPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.ContainerPatch],
    ) -> models.ContainerResponse:
        """Change some values of the container and keep all others: `PUT /container/{containerId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await Containers(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)


class DatabaseHandle(ServiceHandle, kind="DATABASE"):
    """A database: it has every action, but neither versions nor variables."""

    async def get(self) -> models.Database:
        """Get the database in full: `GET /database/{databaseId}`."""
        return await Databases(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.DatabasePatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.DatabasePatch],
    ) -> models.Database:
        """Change some values of the database and keep all others: `PUT /database/{databaseId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await Databases(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)


class JobHandle(ServiceHandle, kind="JOB"):
    """A job: it has every action but `restart`, and an image tag or a git commit is its version."""

    async def get(self) -> models.JobResponse:
        """Get the job in full: `GET /job/{jobId}`."""
        return await Jobs(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.JobPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.JobPatch],
    ) -> models.JobResponse:
        """Change some values of the job and keep all others: `PUT /job/{jobId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await Jobs(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)


class HelmHandle(ServiceHandle, kind="HELM"):
    """A Helm service: it has every action but `restart`, and a chart version or a git commit is its version."""

    async def get(self) -> models.HelmResponse:
        """Get the Helm service in full: `GET /helm/{helmId}`."""
        return await Helms(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.HelmPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.HelmPatch],
    ) -> models.HelmResponse:
        """Change some values of the Helm service and keep all others: `PUT /helm/{helmId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await Helms(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)


class TerraformHandle(ServiceHandle, kind="TERRAFORM"):
    """A Terraform service: it has every action but `restart` and `stop`, and a git commit is its version."""

    async def get(self) -> models.TerraformResponse:
        """Get the Terraform service in full: `GET /terraform/{terraformId}`."""
        return await Terraforms(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.TerraformPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.TerraformPatch],
    ) -> models.TerraformResponse:
        """Change some values of the Terraform service and keep all others: `PUT /terraform/{terraformId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await Terraforms(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)


class AgenticWorkflowHandle(ServiceHandle, kind="AGENTIC_WORKFLOW"):
    """An agentic workflow: `delete` is its only action."""

    async def get(self) -> models.AgenticWorkflowResponse:
        """Get the agentic workflow in full: `GET /agenticWorkflow/{agenticWorkflowId}`."""
        return await AgenticWorkflows(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.AgenticWorkflowPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.AgenticWorkflowPatch],
    ) -> models.AgenticWorkflowResponse:
        """Change some values of the agentic workflow and keep all others: `PUT /agenticWorkflow/{agenticWorkflowId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await AgenticWorkflows(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)


class ArgocdAppHandle(ServiceHandle, kind="ARGOCD_APP"):
    """An Argo CD app: Argo CD acts on it, so it has no actions, and neither a status nor variables in this API."""

    async def get(self) -> models.ArgocdAppResponse:
        """Get the Argo CD app in full: `GET /argocdApp/{argocdAppId}`."""
        return await ArgocdApps(self._core).get(self.id)
