"""Which services of an environment does a call mean, and in which version?"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping

from qovery_async.deployments.kinds import ACTIONS_OF, DeploymentAction, ServiceRef, check_action, id_of
from qovery_async.deployments.snapshot import EnvironmentSnapshot, ServiceSnapshot
from qovery_async.errors import ConfigurationError
from qovery_async.models import ServiceDeploymentStatusEnum
from qovery_async.secrecy.printable import one_line

ServiceSelection = Collection[ServiceRef] | Mapping[ServiceRef, str | None]
"""Services, or a mapping of services to versions: commits, image tags, chart versions, or None for the present one."""
_SHOWN = 20


def check_before(action: DeploymentAction, services: ServiceSelection | None) -> None:
    """Refuses what cannot be right, as far as that shows without a request.

    Raises:
        ConfigurationError: something is no service, is given twice or cannot do this; or versions where none is taken.
    """
    if services is None:
        return
    given: object = services
    if isinstance(given, str) or not isinstance(given, Collection):
        raise ConfigurationError(f"services must be a list of ids or handles, got {given!r}")
    if isinstance(services, Mapping) and action != "deploy":
        raise ConfigurationError(f"{action} takes no versions: give services as a list")
    ids = [id_of(service) for service in services]
    if len(set(ids)) < len(ids):
        raise ConfigurationError(f"services has the same service twice: {', '.join(ids)}")
    for service in services:
        kind = getattr(service, "kind", None)
        if isinstance(kind, str):
            check_action(kind, action, id_of(service))


def check_timeout(timeout: float) -> None:
    """Refuses a timeout that is none.

    Raises:
        ConfigurationError: it is not a positive number of seconds.
    """
    given: object = timeout
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not (given > 0 and math.isfinite(given)):
        raise ConfigurationError(f"timeout must be a positive number of seconds, got {given!r}")


def selected(
    action: DeploymentAction, services: ServiceSelection | None, within: EnvironmentSnapshot
) -> list[ServiceSnapshot] | None:
    """The services of an environment that a call means; None is the whole environment.

    Raises:
        ConfigurationError: a service is not in the environment, or its kind cannot do this.
    """
    if services is None:
        return _restartable(within) if action == "restart" else None
    found = [_of(id_of(service), within) for service in services]
    for service in found:
        check_action(service.kind, action, one_line(service.name, 80))
    return found


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
    return {id_of(service): version for service, version in services.items()} if isinstance(services, Mapping) else {}


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
