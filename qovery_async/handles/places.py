"""How do projects, environments and services lead to each other, and what is known of them?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Unpack

from qovery_async import bodies, models
from qovery_async.deployments.kinds import LISTS
from qovery_async.directory.entries import DirectoryEntry, service_entry
from qovery_async.directory.failures import NothingFound
from qovery_async.directory.identity import Handle
from qovery_async.directory.lists import Lists
from qovery_async.environments.whole import WholeEnvironments
from qovery_async.errors import ConfigurationError
from qovery_async.handles.environment_actions import EnvironmentActions
from qovery_async.handles.service_actions import ServiceActions
from qovery_async.handles.variables import ScopedVariables
from qovery_async.resources.environments import Environments
from qovery_async.resources.projects import Projects
from qovery_async.resources.services import Services
from qovery_async.runtime import patching
from qovery_async.runtime.core import Core

if TYPE_CHECKING:
    from qovery_async.environments.difference import EnvironmentDiff
    from qovery_async.environments.document import EnvironmentDocument, EnvironmentRef
    from qovery_async.streams.merged import Merged, OnStreamError
    from qovery_async.streams.stream import Stream

_OF_KIND: dict[str, type[ServiceHandle]] = {}
"""The class of each kind of service."""


class ServiceHandle(ServiceActions):
    """A service of any kind, such as `client.service(service_id)` or what `client.find.service` finds.

    There is a class for each kind, such as `ApplicationHandle`, which `client.find` and the handle of an environment
    give. All have the same methods; one that the kind has not raises `ConfigurationError` before it asks for anything.
    `client.service(id)` looks the kind up once, when it is first needed, in the list of services of the client's
    organization.
    """

    _noun = "service"

    def __init_subclass__(cls, *, kind: str) -> None:
        _OF_KIND[kind] = cls

    @property
    def kind(self) -> str | None:
        """The kind, a value of `ServiceTypeEnum`; None while only the id is known."""
        return self._known.kind if self._known else None

    @property
    def environment_id(self) -> str | None:
        """The id of its environment; None while only its own id is known."""
        return self._known.environment_id if self._known else None

    @property
    def variables(self) -> ScopedVariables:
        """The variables that the service sees."""
        return ScopedVariables(self._core, self)

    async def get(self) -> models.AnyService:
        """Get the service in full, as the model of its kind.

        `GET /application/{applicationId}` for an application

        Raises:
            NothingFound: no service of the organization has the id.
            ConfigurationError: the kind is newer than this SDK.
        """
        entry = await self._entry()
        if entry.kind not in _OF_KIND:
            raise ConfigurationError(f"{entry.name} is of kind {entry.kind}, which this version of the SDK cannot get")
        return await service_handle(self._core, entry).get()

    async def status(self) -> models.Status:
        """Get the status, for any kind but Argo CD apps.

        `GET /environment/{environmentId}/statuses`

        Raises:
            NothingFound: the environment does not have the service any more.
            ConfigurationError: it is an Argo CD app, whose status the API does not have.
        """
        entry = await self._entry()
        if entry.kind == "ARGOCD_APP":
            raise ConfigurationError(f"{entry.name} is an Argo CD app: the API has no status of those")
        statuses = await Environments(self._core).get_statuses(entry.environment_id)
        for attribute in LISTS.values():
            found: list[models.Status] = getattr(statuses, attribute) or []
            for status in found:
                if status.id == self.id:
                    return status
        raise NothingFound(f"environment {entry.environment_id} has no service {self.id} any more", name=self.id)

    async def links(self) -> list[models.Link]:
        """List the URLs of the service: `GET /environment/{environmentId}/link`."""
        links = await Environments(self._core).list_links((await self._entry()).environment_id)
        return [link for link in links if link.service_id == self.id]

    async def environment(self) -> EnvironmentHandle:
        """Get the handle of its environment. Asks only while nothing but the id of the service is known."""
        return EnvironmentHandle(self._core, (await self._entry()).environment)

    async def _look_up(self) -> DirectoryEntry:
        return await Lists(self._core, await self._organization_id(None)).with_id(self.id, "service")


class EnvironmentHandle(EnvironmentActions):
    """An environment, such as `client.environment(environment_id)` or what `client.find.environment` finds."""

    _noun = "environment"

    @property
    def variables(self) -> ScopedVariables:
        """The variables that the environment sees."""
        return ScopedVariables(self._core, self)

    async def get(self) -> models.Environment:
        """Get the environment: `GET /environment/{environmentId}`."""
        return await Environments(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.EnvironmentPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.EnvironmentPatch],
    ) -> models.Environment:
        """Change some values of the environment and keep all others: `PUT /environment/{environmentId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await Environments(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)

    async def status(self) -> models.EnvironmentStatus:
        """Get the status of the environment: `GET /environment/{environmentId}/status`."""
        return await Environments(self._core).get_status(self.id)

    async def statuses(self) -> models.EnvironmentStatuses:
        """Get the statuses of the environment and of all its services but Argo CD apps.

        `GET /environment/{environmentId}/statuses`
        """
        return await Environments(self._core).get_statuses(self.id)

    async def services(self) -> list[ServiceHandle]:
        """List the services of the environment, each as the handle of its kind.

        `GET /organization/{organizationId}/services`
        """
        organization_id = (await self._entry()).organization_id
        found = await Services(self._core).list(environment_id=self.id, organization_id=organization_id)
        return [service_handle(self._core, service_entry(service, organization_id)) for service in found]

    def logs(
        self,
        *,
        history: bool = False,
        start: datetime | None = None,
        limit: int | None = None,
        query: str | None = None,
        window: float = 1.0,
        on_error: OnStreamError = "raise",
    ) -> Merged[ServiceHandle, models.ServiceLogLine]:
        """Follow the logs of all services of the environment, in the order of time: `async for service, line in ...`.

        The services are listed when the loop begins. Arguments and errors are those of `client.streams.service_logs`
        and `client.streams.merge`.

        Args:
            limit: How many lines of the past of each service come first.

        `GET /organization/{organizationId}/services`, then `GET /service/logs` as a WebSocket for each service
        """
        from qovery_async.streams.merged import Merged

        async def streams() -> dict[ServiceHandle, Stream[models.ServiceLogLine]]:
            return {
                service: service.logs(history=history, start=start, limit=limit, query=query)
                for service in await self.services()
            }

        return Merged(self._core, streams, window, on_error)

    async def links(self) -> list[models.Link]:
        """List the URLs of the services of the environment: `GET /environment/{environmentId}/link`."""
        return await Environments(self._core).list_links(self.id)

    async def export(self) -> EnvironmentDocument:
        """Export the environment with all that is set in it as one JSON document, as `client.environments.export` does.

        `GET /environment/{environmentId}/services` and others, up to five for each service
        """
        return await WholeEnvironments(self._core).export(self.id)

    async def diff(self, other: EnvironmentRef) -> EnvironmentDiff:
        """Find what differs between this environment and another, as `client.environments.diff` does.

        Args:
            other: The id of an environment, its handle, or a document of `export`.

        `GET /environment/{environmentId}/services` and others, up to five for each service
        """
        return await WholeEnvironments(self._core).diff(self, other)

    async def project(self) -> ProjectHandle:
        """Get the handle of its project. Asks only while nothing but the id of the environment is known."""
        return ProjectHandle(self._core, (await self._entry()).project)

    async def _look_up(self) -> DirectoryEntry:
        return _environment_entry(await self.get())


class ProjectHandle(Handle):
    """A project, such as `client.project(project_id)` or what `client.find.project` finds."""

    _noun = "project"

    @property
    def variables(self) -> ScopedVariables:
        """The variables of the project."""
        return ScopedVariables(self._core, self)

    async def get(self) -> models.Project:
        """Get the project: `GET /project/{projectId}`."""
        return await Projects(self._core).get(self.id)

    async def patch(
        self,
        mapping: bodies.ProjectPatch | None = None,
        /,
        *,
        on_conflict: patching.OnConflict = "raise",
        **changes: Unpack[bodies.ProjectPatch],
    ) -> models.Project:
        """Change some values of the project and keep all others: `PUT /project/{projectId}`.

        The arguments and errors are those of the namespace's `patch`.
        """
        return await Projects(self._core).patch(self.id, mapping, on_conflict=on_conflict, **changes)

    async def environments(self) -> list[EnvironmentHandle]:
        """List the environments of the project as handles: `GET /project/{projectId}/environment`."""
        found = await Environments(self._core).list(self.id)
        return [EnvironmentHandle(self._core, _environment_entry(environment)) for environment in found]


def service_handle(core: Core, entry: DirectoryEntry) -> ServiceHandle:
    """The handle of the kind that an entry says; of a newer kind, the one that fits all."""
    return _OF_KIND.get(entry.kind, ServiceHandle)(core, entry)


def _environment_entry(environment: models.Environment) -> DirectoryEntry:
    return DirectoryEntry(
        noun="environment",
        id=environment.id,
        names=(environment.name,),
        organization_id=environment.organization.id,
        project_id=environment.project.id,
        environment_id=environment.id,
        cluster_id=environment.cluster_id,
    )
