"""Which actions does each kind of service have, and what is a version of it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, Protocol, get_args

from qovery_async.errors import ConfigurationError

DeploymentAction = Literal["deploy", "redeploy", "stop", "restart", "delete", "uninstall", "cancel"]
ACTIONS: Final[tuple[DeploymentAction, ...]] = get_args(DeploymentAction)

_SOME: Final = frozenset[DeploymentAction]({"deploy", "redeploy", "delete", "uninstall"})
_STOP: Final = frozenset[DeploymentAction]({"stop"})
_RESTART: Final = frozenset[DeploymentAction]({"restart"})
ACTIONS_OF: Final[Mapping[str, frozenset[DeploymentAction]]] = {
    "APPLICATION": _SOME | _STOP | _RESTART,
    "CONTAINER": _SOME | _STOP | _RESTART,
    "DATABASE": _SOME | _STOP | _RESTART,
    "JOB": _SOME | _STOP,
    "HELM": _SOME | _STOP,
    "TERRAFORM": _SOME,
    "AGENTIC_WORKFLOW": frozenset[DeploymentAction]({"delete"}),
    "ARGOCD_APP": frozenset[DeploymentAction](),
}
"""The actions that the API has for one service, by the values of `ServiceTypeEnum`."""

LISTS: Final[Mapping[str, str]] = {
    "APPLICATION": "applications",
    "CONTAINER": "containers",
    "DATABASE": "databases",
    "JOB": "jobs",
    "HELM": "helms",
    "TERRAFORM": "terraforms",
    "AGENTIC_WORKFLOW": "agentic_workflows",
}
"""The attribute under which the statuses of an environment list the services of a kind."""


class Identified(Protocol):
    """What has an id: a handle, a model, a service of an inventory."""

    @property
    def id(self) -> str:
        """The id."""
        ...


ServiceRef = str | Identified
"""A service: its id, or something that has it."""


def id_of(service: ServiceRef) -> str:
    """The id of a service.

    Raises:
        ConfigurationError: there is none.
    """
    id_: object = service if isinstance(service, str) else getattr(service, "id", None)
    if not isinstance(id_, str) or not id_:
        raise ConfigurationError(f"a service is given by its id or by its handle, got {service!r}")
    return id_


def check_action(kind: str, action: DeploymentAction, name: str) -> None:
    """Refuses an action that the API does not have for a kind. It may have any for a kind that is unknown.

    Raises:
        ConfigurationError: the kind does not have the action.
    """
    known = ACTIONS_OF.get(kind)
    if known is None or action in known:
        return
    can = f"has {', '.join(each for each in ACTIONS if each in known)}" if known else "has no actions in this API"
    raise ConfigurationError(f"{name} is of kind {kind}, which cannot {action}: this kind {can}")
