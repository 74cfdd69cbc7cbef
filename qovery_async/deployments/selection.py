"""Which services of an environment does a call mean, and in which version?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol, cast

from qovery_async.deployments.bodies import Details
from qovery_async.deployments.kinds import ACTIONS_OF, DeploymentAction, ServiceRef, check_action, id_of
from qovery_async.deployments.snapshot import EnvironmentSnapshot, ServiceSnapshot
from qovery_async.errors import ConfigurationError
from qovery_async.models import ServiceDeploymentStatusEnum
from qovery_async.secrecy.printable import one_line


class ServiceVersions(Protocol):
    """A mapping of services to versions: commits, image tags, chart versions, or None for the present one.

    Any mapping whose keys are ids, handles or services of an inventory: `Mapping` itself would take exactly one type of
    keys.
    """

    def __iter__(self) -> Iterator[ServiceRef]:
        """The services."""
        ...

    def items(self) -> AbstractSet[tuple[ServiceRef, str | None]]:
        """The services, each with its version."""
        ...


ServiceSelection = Sequence[ServiceRef] | AbstractSet[ServiceRef] | ServiceVersions
"""Services, or a mapping of services to versions."""
_SHOWN = 20


def check_before(action: DeploymentAction, services: ServiceSelection | None) -> None:
    """Refuses what cannot be right, as far as that shows without a request.

    Raises:
        ConfigurationError: something is no service, is given twice or cannot do this; or versions where none is taken.
    """
    if services is None:
        return
    _check_selection(services)
    chosen: list[ServiceRef] = list(services)
    if isinstance(services, Mapping) and action != "deploy":
        raise ConfigurationError(f"{action} takes no versions: give services as a list")
    ids = [id_of(service) for service in chosen]
    if len(set(ids)) < len(ids):
        raise ConfigurationError(f"services has the same service twice: {', '.join(ids)}")
    for service in chosen:
        kind = getattr(service, "kind", None)
        if isinstance(kind, str):
            check_action(kind, action, id_of(service))


def _check_selection(given: object) -> None:
    if isinstance(given, str) or not isinstance(given, (Sequence, AbstractSet, Mapping)):
        raise ConfigurationError(f"services must be a list of ids or handles, got {given!r}")
    versions = cast("Mapping[object, object]", given).values() if isinstance(given, Mapping) else ()
    for version in versions:
        if version is not None and not (isinstance(version, str) and version.strip()):
            raise ConfigurationError(f"the version of a service must be a non-empty string, got {version!r}")


def check_timeout(timeout: object) -> None:
    """Refuses a timeout that is none.

    Raises:
        ConfigurationError: it is not a positive number of seconds.
    """
    number = timeout if isinstance(timeout, (int, float)) and not isinstance(timeout, bool) else math.nan
    if not (number > 0 and math.isfinite(number)):
        raise ConfigurationError(f"timeout must be a positive number of seconds, got {timeout!r}")


def selected(
    action: DeploymentAction, services: ServiceSelection | None, within: EnvironmentSnapshot, details: Details
) -> list[ServiceSnapshot] | None:
    """The services of an environment that a call means; None is the whole environment.

    Raises:
        ConfigurationError: a service is not in the environment, or its kind cannot do this.
    """
    if services is None:
        return _restartable(within) if action == "restart" else None
    ids = [id_of(service) for service in services]
    for id_ in ids:
        if id_ in details:  # ArgoCD apps have no status
            check_action(details[id_].service_type, action, one_line(details[id_].name, 80))
    return [_of(id_, within) for id_ in ids]


def _restartable(within: EnvironmentSnapshot) -> list[ServiceSnapshot]:
    """What a restart of an environment restarts: its request names the services."""
    off = ServiceDeploymentStatusEnum.NEVER_DEPLOYED
    return [
        service
        for service in within.services
        if "restart" in ACTIONS_OF.get(service.kind, ()) and service.status.service_deployment_status != off
    ]


def versions_of(services: ServiceSelection | None) -> dict[str, str | None]:
    """The versions given, by the id of their service."""
    if not isinstance(services, Mapping):
        return {}
    given = cast("Mapping[ServiceRef, str | None]", services)
    return {id_of(service): version for service, version in given.items()}


def _of(id_: str, within: EnvironmentSnapshot) -> ServiceSnapshot:
    service = within.service(id_)
    if service is None:
        raise ConfigurationError(
            f"service {one_line(id_, 80)} cannot be acted on in environment {within.environment_id}: "
            f"the API shows {_listed(within.services)}"
        )
    return service


def _listed(services: Iterable[ServiceSnapshot]) -> str:
    names = [f"{one_line(service.name, 80)} ({service.id})" for service in services]
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "no services there") + rest
