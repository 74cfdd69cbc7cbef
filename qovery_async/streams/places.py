"""To what do a service and an environment belong? Looked up once, unless it is given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

from qovery_async.deployments.kinds import Identified
from qovery_async.directory.entries import Noun
from qovery_async.directory.failures import NothingFound
from qovery_async.directory.identity import Handle, is_of, learned
from qovery_async.errors import ConfigurationError
from qovery_async.resources.environments import Environments
from qovery_async.resources.services import Services
from qovery_async.runtime.core import Core
from qovery_async.streams.paths import PARAMETERS
from qovery_async.transport.single_flight import Shared

Ids = Mapping[str, str]
"""Ids by the names that handshakes have for them: `organization`, `cluster`, `project`, `environment`, `service`."""


Given = Mapping[str, str | None]
"""Ids under the same names; None where one is to be looked up."""

IDS = frozenset({"organization", "cluster", "project", "environment", "service_type"})
"""What can be looked up."""

StreamTarget = str | Identified | Handle
"""What a stream is of: an id, a handle, or something else that has an id."""


class Places:
    """The places of services and environments, which never change."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._found: dict[str, Ids] = {}
        """By the id of the service or environment."""
        self._asking: dict[str, Shared[None]] = {}

    async def parameters(
        self, path: str, of: StreamTarget, ids: Given, filters: Mapping[str, object]
    ) -> Mapping[str, object]:
        """The parameters of a handshake: what is given, and the ids that the path needs.

        Raises:
            NothingFound: the organization has no such service.
        """
        needed = {name for name, is_needed in PARAMETERS[path].items() if is_needed} & IDS - filters.keys()
        return {**await self.placed(of, ids, needed), **filters}

    async def placed(self, of: StreamTarget, ids: Given, needed: AbstractSet[str]) -> Ids:
        """The ids that are given or needed: those of a handle as it knows them, others looked up."""
        known = {name: value for name, value in ids.items() if value is not None}
        if needed - known.keys():
            learnt = await ids_of(of)
            known |= {name: learnt[name] for name in needed - known.keys() if name in learnt}
        return {**await self.found(known, needed - known.keys()), **known}

    async def found(self, known: Ids, missing: Collection[str]) -> Ids:
        """The missing ids, and the kind of a service as `service_type`.

        Asks `GET /organization/{organizationId}/services` once for all services, and
        `GET /environment/{environmentId}` once for each environment.

        Raises:
            NothingFound: the organization has no such service.
        """
        if not missing:
            return {}
        if missing == {"organization"}:
            return {"organization": await self._core.organization.id(self._core.exchange)}
        if "service" in known:
            place = await self._of_service(known)
        else:
            place = await self._of_environment(known["environment"])
        return {name: place[name] for name in missing}

    async def _of_service(self, known: Ids) -> Ids:
        service_id = known["service"]
        if service_id not in self._found:
            organization = known.get("organization") or await self._core.organization.id(self._core.exchange)
            await self._shared(organization).run(partial(self._list, organization))
            if service_id not in self._found:
                text = f"organization {organization} has no service with the id {service_id!r:.80}"
                raise NothingFound(text, name=service_id)
        return self._found[service_id]

    async def _of_environment(self, environment_id: str) -> Ids:
        if environment_id not in self._found:
            await self._shared(environment_id).run(partial(self._ask, environment_id))
        return self._found[environment_id]

    def _shared(self, id_: str) -> Shared[None]:
        return self._asking.setdefault(id_, Shared())

    async def _list(self, organization: str) -> None:
        for service in await Services(self._core).list(organization_id=organization):
            self._found[service.id] = {
                "organization": organization,
                "cluster": service.cluster_id,
                "project": service.project_id,
                "environment": service.environment_id,
                "service_type": service.service_type,
            }

    async def _ask(self, environment_id: str) -> None:
        found = await Environments(self._core).get(environment_id)
        self._found[environment_id] = {
            "organization": found.organization.id,
            "cluster": found.cluster_id,
            "project": found.project.id,
        }


def checked(name: str, value: Any) -> str:
    """An id, or another string that must not be empty.

    Raises:
        ConfigurationError: it is empty, or no string.
    """
    if isinstance(value, str) and value.strip():
        return value
    raise ConfigurationError(f"{name} must be a non-empty string, got {value!r:.80}")


def present(filters: Mapping[str, object]) -> Mapping[str, object]:
    """The parameters that are given: those that are not None.

    Raises:
        ConfigurationError: one is an empty string, or `limit` is no positive number.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    for name, value in given.items():
        if isinstance(value, str):
            checked(name, value)
    limit = given.get("limit", 1)
    if type(limit) is not int or limit < 1:
        raise ConfigurationError(f"limit must be a whole number, 1 or more, got {limit!r:.80}")
    return given


def id_of(noun: Noun, target: Any, name: str | None = None) -> str:
    """The id of what a stream, a shell or a port is of. `name` is that of the argument, unless it is `<noun>_id`.

    Raises:
        ConfigurationError: it has none, or is something else than a `noun`.
    """
    name = name or f"{noun}_id"
    if isinstance(target, Handle) and not is_of(target, noun):
        an = "an" if noun == "environment" else "a"
        raise ConfigurationError(f"{name} must be the id or the handle of {an} {noun}, got {target!r:.80}")
    id_ = target if isinstance(target, str) else getattr(target, "id", None)
    if isinstance(id_, str) and id_.strip():
        return id_
    raise ConfigurationError(f"{name} must be a non-empty string or a handle, got {target!r:.80}")


async def ids_of(target: object) -> Ids:
    """The ids that a handle knows or looks up, and the kind of a service as `service_type`."""
    entry = await learned(target) if isinstance(target, Handle) else None
    if entry is None:
        return {}
    ids = {
        "organization": entry.organization_id,
        "cluster": entry.cluster_id,
        "project": entry.project_id,
        "environment": entry.environment_id,
        "service_type": entry.kind,
    }
    return {name: id_ for name, id_ in ids.items() if id_}
