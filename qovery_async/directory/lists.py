"""How is something of an organization found, in few requests?"""

from __future__ import annotations

from collections.abc import Sequence

from qovery_async import models
from qovery_async.directory.entries import DirectoryEntry, Noun, is_id, service_entry
from qovery_async.directory.failures import NothingFound, SeveralFound, listed
from qovery_async.directory.matching import matching, near, neighbours_first
from qovery_async.resources.clusters import Clusters
from qovery_async.resources.organizations import Organizations
from qovery_async.resources.projects import Projects
from qovery_async.resources.services import Services
from qovery_async.runtime.core import Core
from qovery_async.secrecy.printable import one_line

NOUNS: tuple[Noun, ...] = ("service", "environment", "project", "cluster")
_CANDIDATES = 100


class Lists:
    """The lists of an organization, each requested once, when it is first needed.

    They are made for one call and forgotten after it, so that nothing is stale.
    """

    def __init__(self, core: Core, organization_id: str) -> None:
        self._core = core
        self._organization_id = organization_id
        self._projects: list[models.Project] | None = None
        self._environments: list[models.OrganizationEnvironmentResponse] | None = None
        self._entries: dict[Noun, list[DirectoryEntry]] = {}

    async def named(self, noun: Noun, name: str) -> DirectoryEntry:
        """What a path, a name or an id leads to; an id comes first.

        Raises:
            NothingFound: nothing is called so.
            SeveralFound: several things are.
        """
        if is_id(name) and (found := await self._with_id(noun, name)):
            return found
        entries = await self._every(noun)
        matches = matching(entries, name)
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise _several(noun, name, matches)
        other = await self._elsewhere(noun, name) if is_id(name) else None
        raise self._nothing(noun, name, entries, other)

    async def with_id(self, id_: str, noun: Noun | None = None) -> DirectoryEntry:
        """What has an id.

        Raises:
            NothingFound: nothing has it, or something else than a `noun`.
        """
        nouns = (noun,) if noun else NOUNS
        for each in nouns:
            if found := await self._with_id(each, id_):
                return found
            if each == "service" and not noun and (found := self._around(id_)):
                return found
        if noun:
            raise self._nothing(noun, id_, (), await self._elsewhere(noun, id_))
        raise NothingFound(
            f"no service, environment, project or cluster of organization {self._organization_id} has the id {_shown(id_)}",
            name=id_,
        )

    async def _with_id(self, noun: Noun, id_: str) -> DirectoryEntry | None:
        wanted = id_.lower()
        if noun == "environment":
            # Its own list does not name its project, which needs another request.
            found = next((e for e in await self._list_environments() if e.id.lower() == wanted), None)
            return None if found is None else self._environment(found, found.name)
        return next((entry for entry in await self._every(noun) if entry.id.lower() == wanted), None)

    def _around(self, id_: str) -> DirectoryEntry | None:
        """The environment or the project of a listed service: what has services needs no list of its own."""
        wanted = id_.lower()
        for service in self._entries["service"]:
            for place in (service.environment, service.environment.project):
                if place.id.lower() == wanted:
                    return place
        return None

    async def _elsewhere(self, noun: Noun, id_: str) -> DirectoryEntry | None:
        """What an id belongs to that is not the id of a `noun`."""
        for other in NOUNS:
            if other != noun and (found := await self._with_id(other, id_)):
                return found
        return None

    async def _every(self, noun: Noun) -> list[DirectoryEntry]:
        if noun not in self._entries:
            match noun:
                case "project":
                    entries = [self._project(project) for project in await self._list_projects()]
                case "environment":
                    names = {project.id: project.name for project in await self._list_projects()}
                    entries = [
                        # A project that is missing was created since.
                        self._environment(found, names.get(found.project.id, found.project.id), found.name)
                        for found in await self._list_environments()
                    ]
                case "service":
                    services = await Services(self._core).list(organization_id=self._organization_id)
                    entries = [service_entry(service, self._organization_id) for service in services]
                case "cluster":
                    clusters = await Clusters(self._core).list(organization_id=self._organization_id)
                    entries = [self._cluster(cluster) for cluster in clusters]
            self._entries[noun] = entries
        return self._entries[noun]

    async def _list_projects(self) -> list[models.Project]:
        if self._projects is None:
            self._projects = await Projects(self._core).list(organization_id=self._organization_id)
        return self._projects

    async def _list_environments(self) -> list[models.OrganizationEnvironmentResponse]:
        if self._environments is None:
            organizations = Organizations(self._core)
            self._environments = await organizations.list_environments(organization_id=self._organization_id)
        return self._environments

    def _project(self, project: models.Project) -> DirectoryEntry:
        return DirectoryEntry(
            noun="project", id=project.id, names=(project.name,), organization_id=self._organization_id,
            project_id=project.id,
        )  # fmt: skip

    def _environment(self, found: models.OrganizationEnvironmentResponse, *names: str) -> DirectoryEntry:
        return DirectoryEntry(
            noun="environment", id=found.id, names=names, organization_id=self._organization_id,
            project_id=found.project.id, environment_id=found.id,
        )  # fmt: skip

    def _cluster(self, cluster: models.Cluster) -> DirectoryEntry:
        return DirectoryEntry(
            noun="cluster", id=cluster.id, names=(cluster.name,), organization_id=self._organization_id,
            cluster_id=cluster.id,
        )  # fmt: skip

    def _nothing(
        self, noun: Noun, name: str, entries: Sequence[DirectoryEntry], other: DirectoryEntry | None
    ) -> NothingFound:
        text = f"organization {self._organization_id} has no {noun} {_shown(name)}"
        if other is not None:
            return NothingFound(
                f"{text}: this is the id of the {other.noun} {one_line(other.path)}", name=name, candidates=[other.path]
            )
        candidates = [entry.path for entry in neighbours_first(entries, name)[:_CANDIDATES]]
        if spelled := near(entries, name):
            text += f"; did you mean {' or '.join(map(_shown, spelled))}?"
        elif candidates:
            text += f"; it has {listed(candidates, len(entries))}"
        return NothingFound(text, name=name, candidates=candidates)


def _several(noun: Noun, name: str, matches: Sequence[DirectoryEntry]) -> SeveralFound:
    candidates = [str(entry) for entry in matches]
    return SeveralFound(
        f"{_shown(name)} could be any of {len(matches)} {noun}s; give the whole path, or the id, of one: "
        f"{listed(candidates, len(candidates))}",
        name=name,
        candidates=candidates,
    )


def _shown(name: str) -> str:
    return one_line(repr(name))
