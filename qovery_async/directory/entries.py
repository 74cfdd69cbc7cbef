"""What is there to find, and by which names?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from qovery_async.vocabulary.values import frozen

if TYPE_CHECKING:
    from qovery_async import models

Noun = Literal["project", "environment", "service", "cluster"]
"""What can be found."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@frozen(kw_only=True)
class DirectoryEntry:
    """A project, environment, service or cluster, with what never changes for its id.

    `names` lead to it, from its project down, as far as they are known. `kind` is the kind of a service, a value of `ServiceTypeEnum`. An id is
    empty where there is none, or where no list names it.
    """

    noun: Noun
    id: str
    names: tuple[str, ...]
    organization_id: str
    project_id: str = ""
    environment_id: str = ""
    cluster_id: str = ""
    kind: str = ""

    @property
    def name(self) -> str | None:
        """Its own name."""
        return self.names[-1] if self.names else None

    @property
    def path(self) -> str:
        """Its names, as `find` takes them."""
        return "/".join(self.names)

    @property
    def short_paths(self) -> list[str]:
        """Shorter paths to it, which may lead to others as well."""
        return ["/".join(self.names[start:]) for start in range(1, len(self.names))]

    @property
    def environment(self) -> DirectoryEntry:
        """The environment of a service."""
        return DirectoryEntry(
            noun="environment",
            id=self.environment_id,
            names=self.names[:-1],
            organization_id=self.organization_id,
            project_id=self.project_id,
            environment_id=self.environment_id,
            cluster_id=self.cluster_id,
        )

    @property
    def project(self) -> DirectoryEntry:
        """The project of an environment."""
        return DirectoryEntry(
            noun="project",
            id=self.project_id,
            names=self.names[:-1],
            organization_id=self.organization_id,
            project_id=self.project_id,
        )

    def __str__(self) -> str:
        return f"{self.path} ({self.id})"


def service_entry(service: models.ServiceLightResponse, organization_id: str) -> DirectoryEntry:
    """The entry of a service of the organization's list."""
    return DirectoryEntry(
        noun="service",
        id=service.id,
        names=(service.project_name, service.environment_name, service.name),
        organization_id=organization_id,
        project_id=service.project_id,
        environment_id=service.environment_id,
        cluster_id=service.cluster_id,
        kind=service.service_type,
    )


def is_id(text: str) -> bool:
    """Whether a string looks like an id, rather than like a name."""
    return _UUID.fullmatch(text) is not None
