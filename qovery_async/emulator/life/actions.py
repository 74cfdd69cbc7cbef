"""Which actions can be requested, and which states does each go through?"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

import attrs

from qovery_async.models import ClusterStateEnum, ServiceActionEnum, ServiceSubActionEnum, StateEnum


class Action(enum.StrEnum):
    """An action on services. The values are those of `DeploymentHistoryTriggerAction`."""

    DEPLOY = "DEPLOY"
    STOP = "STOP"
    RESTART = "RESTART"
    DELETE = "DELETE"
    UNINSTALL = "UNINSTALL"

    @property
    def of_service(self) -> ServiceActionEnum:
        """The value of `status_details.action`, which has DELETE for an uninstall."""
        return ServiceActionEnum.DELETE if self is Action.UNINSTALL else ServiceActionEnum(self.value)

    @property
    def takes_skipped(self) -> bool:
        """Whether the action includes services that environment-wide deploys, stops and restarts skip."""
        return self in {Action.DELETE, Action.UNINSTALL}


@attrs.frozen
class ActionStates:
    """The states of an action, in order, and the one it ends in if it fails."""

    queued: StateEnum
    running: StateEnum
    done: StateEnum
    failed: StateEnum


_DELETION = ActionStates(StateEnum.DELETE_QUEUED, StateEnum.DELETING, StateEnum.DELETED, StateEnum.DELETE_ERROR)

STATES_OF: Final[Mapping[Action, ActionStates]] = {
    Action.DEPLOY: ActionStates(
        StateEnum.DEPLOYMENT_QUEUED, StateEnum.DEPLOYING, StateEnum.DEPLOYED, StateEnum.DEPLOYMENT_ERROR
    ),
    Action.STOP: ActionStates(StateEnum.STOP_QUEUED, StateEnum.STOPPING, StateEnum.STOPPED, StateEnum.STOP_ERROR),
    Action.RESTART: ActionStates(
        StateEnum.RESTART_QUEUED, StateEnum.RESTARTING, StateEnum.RESTARTED, StateEnum.RESTART_ERROR
    ),
    Action.DELETE: _DELETION,
    Action.UNINSTALL: _DELETION,
}

ERRORS: Final = frozenset({StateEnum.BUILD_ERROR, *(states.failed for states in STATES_OF.values())})
UP: Final = frozenset({StateEnum.DEPLOYED, StateEnum.RESTARTED})
"""States in which a service runs."""

DOWN: Final = frozenset({StateEnum.STOPPED, StateEnum.DELETED})
"""States in which a service no longer runs. In other states it may or may not."""


T = TypeVar("T", "Service", "Wanted")


@attrs.frozen(kw_only=True)
class Service:
    """A service, as far as deployments depend on it."""

    id: str
    name: str
    kind: str
    """A value of `ServiceTypeEnum`."""
    stage_id: str
    from_git: bool = False
    skipped: bool = False
    version: str = ""
    """The version that a deployment takes: a commit, an image tag or a chart version."""
    values_commit: str = ""
    """The commit of a chart's overriding values, if they are in git."""
    sub_action: ServiceSubActionEnum | None = None
    """What a deployment of a Terraform service does instead of applying its plan."""
    image: str = ""
    """The name of the image or chart."""
    job_type: str = "LIFECYCLE"
    """CRON or LIFECYCLE. Only jobs have it."""
    icon: str = "app://qovery-console/service"

    @property
    def is_built(self) -> bool:
        """Whether deploying it first builds an image. Charts and Terraform modules in git are not built."""
        return self.from_git and self.kind in {"APPLICATION", "JOB"}


@attrs.frozen(kw_only=True)
class Wanted:
    """What a request deploys instead of what a service has. None keeps that."""

    version: str | None = None
    values_commit: str | None = None
    sub_action: ServiceSubActionEnum | None = None

    def over(self, other: T) -> T:
        """A service, or what an earlier request wanted, with what this request wants."""
        return attrs.evolve(other, **attrs.asdict(self, filter=lambda _, value: value is not None))


@attrs.frozen(kw_only=True)
class PipelineStage:
    """A stage of an environment's deployment pipeline."""

    id: str
    name: str
    description: str = ""


class Topology(Protocol):
    """The services and stages of environments, as the deployment engine reads them."""

    def services(self, environment_id: str) -> Sequence[Service]:
        """All services of an environment, each in one of its stages."""
        ...

    def stages(self, environment_id: str) -> Sequence[PipelineStage]:
        """The stages of an environment, in the order they run in."""
        ...

    def deployed(self, service: Service, at: datetime) -> None:
        """Makes a service show the version that has been deployed."""
        ...

    def cluster_changed(self, cluster_id: str, state: ClusterStateEnum, version: str = "") -> None:
        """Makes a cluster show its state and, once it has been upgraded, its version of Kubernetes."""
        ...

    def remove(self, kind: str, id: str) -> None:  # noqa: A002  # the API's name
        """Removes what has been deleted. An unknown id is ignored.

        `kind` is a value of `ServiceTypeEnum`, ENVIRONMENT or CLUSTER.
        """
        ...


@attrs.frozen
class Trigger:
    """Who requested an action, and from where (a value of `OrganizationEventOrigin`)."""

    user: str
    origin: str = "API"
    user_agent: str = ""


@attrs.frozen(kw_only=True)
class Durations:
    """How long each part takes, in seconds of the clock. Builds and actions vary by 25 %."""

    lag: float = 3.0
    """From accepting an action until statuses show it."""
    queue: float = 0.5
    """From one step to the next."""
    build: float = 2.0
    action: float = 2.0
    cancel: float = 1.0
    cluster: float = 6.0


class ActionRefused(Exception):
    """The action is impossible in the current state. The API responds with 409."""
