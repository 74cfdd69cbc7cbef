"""How does an environment with its services, or a cluster, stand at one moment?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs

from qovery_async import models
from qovery_async.deployments.kinds import LISTS
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary.displayed import Displayed, Rows
from qovery_async.vocabulary.values import frozen

if TYPE_CHECKING:
    from datetime import datetime

UNKNOWN = "UNKNOWN"
"""Stands for a state that the response leaves out."""


@frozen(kw_only=True)
class ServiceSnapshot:
    """A service of an environment at one moment.

    `kind` is a value of `ServiceTypeEnum`, `stage` the name of its deployment stage. `name` is the id of a
    service that was created after the first look. `status` is all that the API says.
    """

    id: str
    name: str
    kind: str
    stage: str
    status: models.Status = attrs.field(hash=False)

    @property
    def state(self) -> models.StateEnum:
        """The state of its last deployment."""
        return _state(self.status.state)

    @property
    def execution_id(self) -> str | None:
        """Names its last deployment."""
        return self.status.execution_id

    @property
    def deployment_request_id(self) -> str | None:
        """Names the request that its last deployment carries out."""
        return self.status.deployment_request_id

    @property
    def last_deployment_date(self) -> datetime | None:
        """When its last deployment ended; while one runs, when it began."""
        return self.status.last_deployment_date

    def __str__(self) -> str:
        return f"{one_line(self.name, 80)} ({self.kind.lower()}): {self.state}"


@frozen(kw_only=True)
class EnvironmentSnapshot(Displayed):
    """An environment and its services at one moment.

    `services` are all services of the environment, in the order of their stages, except ArgoCD apps, whose state the
    API does not list. `stage` is the name of the stage that runs, empty if none does. Once the environment is deleted,
    `is_gone` is True and `status` None.
    """

    environment_id: str
    status: models.EnvironmentStatus | None = None
    services: tuple[ServiceSnapshot, ...] = ()
    stage: str = ""
    is_gone: bool = False

    @property
    def state(self) -> models.StateEnum:
        """The state of the last deployment; DELETED once the environment is gone."""
        if self.is_gone:
            return models.StateEnum.DELETED
        return _state(self.status.last_deployment_state if self.status else None)

    @property
    def queued(self) -> int:
        """The number of deployments that wait for each service, added up."""
        counts: list[int | None] = [service.status.deployment_requests_count for service in self.services]
        return sum(count or 0 for count in counts)

    @property
    def execution_id(self) -> str | None:
        """Names the last deployment; `environments.list_deployment_logs` takes it as `version`."""
        return self.status.last_deployment_id if self.status else None

    @property
    def deployment_request_id(self) -> str | None:
        """Names the request that the last deployment carries out."""
        return self.status.deployment_request_id if self.status else None

    @property
    def last_deployment_date(self) -> datetime | None:
        """When the last deployment ended; while one runs, when it began."""
        return self.status.last_deployment_date if self.status else None

    def service(self, id_: str) -> ServiceSnapshot | None:
        """A service by its id, None if the environment does not have it."""
        return next((service for service in self.services if service.id == id_), None)

    def __str__(self) -> str:
        stage = f", stage {one_line(self.stage, 80)}" if self.stage else ""
        return f"environment {self.environment_id}: {self.state}{stage}"

    def _rows(self) -> Rows:
        services = ((service.name, service.kind, service.stage, service.state) for service in self.services)
        return str(self), ("Service", "Kind", "Stage", "State"), services


@frozen(kw_only=True)
class ClusterSnapshot:
    """A cluster at one moment. Once it is deleted, `is_gone` is True and `status` None."""

    cluster_id: str
    status: models.ClusterStatus | None = None
    is_gone: bool = False

    @property
    def state(self) -> models.ClusterStateEnum:
        """The state of the last deployment; DELETED once the cluster is gone."""
        if self.is_gone:
            return models.ClusterStateEnum.DELETED
        state: models.ClusterStateEnum | None = self.status.status if self.status else None
        return state or models.ClusterStateEnum(UNKNOWN)

    def __str__(self) -> str:
        return f"cluster {self.cluster_id}: {self.state}"


def _state(given: models.StateEnum | None) -> models.StateEnum:
    return given or models.StateEnum(UNKNOWN)


def snapshot_of(
    environment_id: str, found: models.EnvironmentStatusesWithStages, names: Mapping[str, str]
) -> EnvironmentSnapshot:
    """What a response of `environments.get_statuses_with_stages` says. `names` are those of services, by id."""
    services: list[ServiceSnapshot] = []
    running = ""
    for staged in found.stages or ():
        name = (staged.stage and staged.stage.name) or ""
        if staged.stage is not None and staged.stage.status == models.StageStatusEnum.ONGOING:
            running = name
        services += [
            ServiceSnapshot(id=each.id, name=names.get(each.id, each.id), kind=kind, stage=name, status=each)
            for kind, attribute in LISTS.items()
            for each in getattr(staged, attribute) or ()
            if each.id
        ]
    return EnvironmentSnapshot(
        environment_id=environment_id, status=found.environment, services=tuple(services), stage=running
    )
