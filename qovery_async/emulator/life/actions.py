"""What can be asked of an environment, and through which states does each action lead?"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

import attrs

from qovery_async.models.statuses import ServiceActionEnum, StateEnum


class Action(enum.StrEnum):
    """What is done to services; the values are those of `DeploymentHistoryTriggerAction`."""

    DEPLOY = "DEPLOY"
    STOP = "STOP"
    RESTART = "RESTART"
    DELETE = "DELETE"
    UNINSTALL = "UNINSTALL"

    @property
    def of_service(self) -> ServiceActionEnum:
        """How `status_details.action` calls it: a service that is uninstalled reads as one being deleted."""
        return ServiceActionEnum.DELETE if self is Action.UNINSTALL else ServiceActionEnum(self.value)

    @property
    def takes_skipped(self) -> bool:
        """Whether it takes the services that are excluded from environment-level deploys, stops and restarts."""
        return self in {Action.DELETE, Action.UNINSTALL}


@attrs.frozen
class Course:
    """The states of one action, in order, and the one it ends in when it fails."""

    queued: StateEnum
    running: StateEnum
    done: StateEnum
    failed: StateEnum


_DELETION = Course(StateEnum.DELETE_QUEUED, StateEnum.DELETING, StateEnum.DELETED, StateEnum.DELETE_ERROR)

COURSES: Final[Mapping[Action, Course]] = {
    Action.DEPLOY: Course(
        StateEnum.DEPLOYMENT_QUEUED, StateEnum.DEPLOYING, StateEnum.DEPLOYED, StateEnum.DEPLOYMENT_ERROR
    ),
    Action.STOP: Course(StateEnum.STOP_QUEUED, StateEnum.STOPPING, StateEnum.STOPPED, StateEnum.STOP_ERROR),
    Action.RESTART: Course(
        StateEnum.RESTART_QUEUED, StateEnum.RESTARTING, StateEnum.RESTARTED, StateEnum.RESTART_ERROR
    ),
    Action.DELETE: _DELETION,
    Action.UNINSTALL: _DELETION,
}

ERRORS: Final = frozenset({StateEnum.BUILD_ERROR, *(course.failed for course in COURSES.values())})
UP: Final = frozenset({StateEnum.DEPLOYED, StateEnum.RESTARTED})
"""The states that a service reaches by running."""

DOWN: Final = frozenset({StateEnum.STOPPED, StateEnum.DELETED})
"""The states in which it runs no more; in all others it goes on as it was."""


@attrs.frozen(kw_only=True)
class Service:
    """What the life of a service depends on."""

    id: str
    name: str
    kind: str
    """A value of `ServiceTypeEnum`."""
    stage_id: str
    from_git: bool = False
    skipped: bool = False
    version: str = ""
    """What a deployment would take now: a commit, an image tag or a chart version."""
    image: str = ""
    """The name of the image or chart."""
    job_type: str = "LIFECYCLE"
    """Of jobs only: CRON or LIFECYCLE."""

    @property
    def is_built(self) -> bool:
        """Whether deploying it builds an image first; charts and Terraform modules in git are taken as they are."""
        return self.from_git and self.kind in {"APPLICATION", "JOB"}


@attrs.frozen(kw_only=True)
class Stage:
    """A stage of an environment's deployment pipeline."""

    id: str
    name: str
    description: str = ""


class World(Protocol):
    """What deployments need to know of the state, and the one thing they change in it."""

    def services(self, environment_id: str) -> Sequence[Service]:
        """All services of an environment, each in one of its stages."""
        ...

    def stages(self, environment_id: str) -> Sequence[Stage]:
        """The stages of an environment, in the order they run in."""
        ...

    def remove(self, kind: str, id: str) -> None:  # noqa: A002  # the API's word
        """Takes out what has been deleted: a `ServiceTypeEnum` value, ENVIRONMENT or CLUSTER, and its id.

        Things that are gone already are passed over.
        """
        ...


@attrs.frozen
class Trigger:
    """Who asked, and from where (a value of `OrganizationEventOrigin`)."""

    user: str
    origin: str = "API"


@attrs.frozen(kw_only=True)
class Pace:
    """How long things take, in seconds of the clock; builds and actions vary by a quarter around it."""

    lag: float = 3.0
    """Between accepting an action and showing it."""
    queue: float = 0.5
    """Between one step and the next."""
    build: float = 2.0
    action: float = 2.0
    cancel: float = 1.0
    cluster: float = 6.0


class ActionRefused(Exception):
    """What is asked cannot be done in the present state: a 409."""
