"""How does a user find a project, an environment, a service or a cluster?"""

from __future__ import annotations

from qovery_async.directory.entries import DirectoryEntry, Noun, is_id
from qovery_async.directory.lists import Lists
from qovery_async.errors import ConfigurationError
from qovery_async.find.addresses import ConsoleUrl, is_url
from qovery_async.handles.clusters import ClusterHandle
from qovery_async.handles.places import EnvironmentHandle, ProjectHandle, ServiceHandle, service_handle
from qovery_async.runtime.resource import Resource
from qovery_async.secrecy.printable import one_line


class Find(Resource):
    """Find: projects, environments, services and clusters by name, by id or by the address of their page.

    `await client.find.service("shop/production/api")` gives a handle, which acts. Names in other letters are found where that leads to one thing only. Each
    call asks for the lists of the organization once, and keeps nothing of them.
    """

    async def __call__(
        self, target: str, *, organization_id: str | None = None
    ) -> ServiceHandle | EnvironmentHandle | ProjectHandle | ClusterHandle:
        """Find what a page of the console shows, or what has an id.

        Args:
            target: An id, or the address of a page, with whatever stands behind the ids, such as
                `https://console.qovery.com/organization/{id}/project/{id}/environment/{id}/service/{id}`.
            organization_id: Default: the organization of the address, else that of the client.

        `GET /organization/{organizationId}/services`, or the list of environments, projects or clusters; one after
        the other for an id.

        Raises:
            NothingFound: nothing has the id.
            ConfigurationError: it is neither an address of the console nor an id.
        """
        checked = _checked("find", target)
        if is_url(checked):
            url = ConsoleUrl.read(checked)
            return self._handle(await Lists(self._core, url.organization_id).with_id(url.ids[url.deepest], url.deepest))
        if not is_id(checked):
            raise ConfigurationError(
                f"find takes an id or an address of the console, got {one_line(repr(target))}; "
                "names are for find.project, find.environment, find.service and find.cluster"
            )
        return self._handle(await (await self._lists(organization_id)).with_id(checked))

    async def project(self, name: str, *, organization_id: str | None = None) -> ProjectHandle:
        """Find a project.

        Args:
            name: Its name, such as "shop", its id, or an address of the console that names it.
            organization_id: Default: the organization of the address, else that of the client.

        `GET /organization/{organizationId}/project`

        Raises:
            NothingFound: no project is called so; the error has what is spelled like it.
            SeveralFound: several projects are.
            ConfigurationError: the name is empty, or the address names no project.
        """
        return ProjectHandle(self._core, await self._find("project", name, organization_id))

    async def environment(self, name: str, *, organization_id: str | None = None) -> EnvironmentHandle:
        """Find an environment.

        Args:
            name: Its path, such as "shop/production", its own name, its id, or an address of the console
                that names it.
            organization_id: Default: the organization of the address, else that of the client.

        `GET /organization/{organizationId}/environments`, and `GET /organization/{organizationId}/project` for a name.

        Raises:
            NothingFound: no environment is called so; the error has what is spelled like it.
            SeveralFound: several environments are, such as those called "production" of several projects.
            ConfigurationError: the name is empty, or the address names no environment.
        """
        return EnvironmentHandle(self._core, await self._find("environment", name, organization_id))

    async def service(self, name: str, *, organization_id: str | None = None) -> ServiceHandle:
        """Find a service of any kind.

        Args:
            name: Its path, such as "shop/production/api", the end of it, its id, or an address of the console
                that names it.
            organization_id: Default: the organization of the address, else that of the client.

        Returns:
            The handle of its kind, such as `ApplicationHandle`.

        `GET /organization/{organizationId}/services`

        Raises:
            NothingFound: no service is called so; the error has what is spelled like it.
            SeveralFound: several services are.
            ConfigurationError: the name is empty, or the address names no service.
        """
        return service_handle(self._core, await self._find("service", name, organization_id))

    async def cluster(self, name: str, *, organization_id: str | None = None) -> ClusterHandle:
        """Find a cluster.

        Args:
            name: Its name, its id, or an address of the console that names it.
            organization_id: Default: the organization of the address, else that of the client.

        `GET /organization/{organizationId}/cluster`

        Raises:
            NothingFound: no cluster is called so; the error has what is spelled like it.
            SeveralFound: several clusters are.
            ConfigurationError: the name is empty, or the address names no cluster.
        """
        return ClusterHandle(self._core, await self._find("cluster", name, organization_id))

    async def _find(self, noun: Noun, name: str, organization_id: str | None) -> DirectoryEntry:
        checked = _checked(f"find.{noun}", name)
        if is_url(checked):
            url = ConsoleUrl.read(checked)
            return await Lists(self._core, url.organization_id).with_id(url.id_of(noun), noun)
        return await (await self._lists(organization_id)).named(noun, checked)

    async def _lists(self, organization_id: str | None) -> Lists:
        return Lists(self._core, await self._organization_id(organization_id))

    def _handle(self, entry: DirectoryEntry) -> ServiceHandle | EnvironmentHandle | ProjectHandle | ClusterHandle:
        match entry.noun:
            case "service":
                return service_handle(self._core, entry)
            case "environment":
                return EnvironmentHandle(self._core, entry)
            case "project":
                return ProjectHandle(self._core, entry)
            case "cluster":
                return ClusterHandle(self._core, entry)


def _checked(method: str, name: object) -> str:
    if not isinstance(name, str) or not name.strip():
        raise ConfigurationError(
            f"{method} takes a name, an id or an address of the console, got {one_line(repr(name))}"
        )
    return name
