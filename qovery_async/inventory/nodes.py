"""What is in an inventory, and how is it linked?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from qovery_async.vocabulary.values import define

if TYPE_CHECKING:
    from qovery_async import models


class _Named:
    """Shows itself by name and id: links to all others would show the whole organization."""

    __slots__ = ()
    id: str
    name: str

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, id={self.id!r})"


@define(eq=False, kw_only=True, repr=False)
class InventoryCluster(_Named):
    """A cluster and its environments.

    `state` is a value of `ClusterStateEnum`, None if the API gave none.
    """

    id: str
    name: str
    cloud_provider: str
    state: str | None = None
    model: models.Cluster
    environments: list[InventoryEnvironment] = attrs.field(factory=list["InventoryEnvironment"])

    @property
    def services(self) -> list[InventoryService]:
        """The services of all its environments."""
        return [service for environment in self.environments for service in environment.services]


@define(eq=False, kw_only=True, repr=False)
class InventoryProject(_Named):
    """A project and its environments. `model` is None if it was created while the inventory was taken."""

    id: str
    name: str
    model: models.Project | None = None
    environments: list[InventoryEnvironment] = attrs.field(factory=list["InventoryEnvironment"])

    @property
    def services(self) -> list[InventoryService]:
        """The services of all its environments."""
        return [service for environment in self.environments for service in environment.services]


@define(eq=False, kw_only=True, repr=False)
class InventoryEnvironment(_Named):
    """An environment, its project, its cluster and its services.

    `mode` is a value of `EnvironmentModeEnum`, `state` of `StateEnum`. They are None if the environment was
    created or deleted while the inventory was taken. `cluster` is that of its services, None without any: no
    list of the organization names it.
    """

    id: str
    name: str
    project: InventoryProject
    mode: str | None = None
    state: str | None = None
    cluster: InventoryCluster | None = None
    services: list[InventoryService] = attrs.field(factory=list["InventoryService"])


@define(eq=False, kw_only=True, repr=False)
class InventoryService(_Named):
    """A service of any kind, and its environment.

    `kind` is a value of `ServiceTypeEnum`. `state` is a value of `StateEnum`; it is None unless
    `service_states=True`, and for ArgoCD apps, whose state the API does not list.
    """

    id: str
    name: str
    kind: str
    environment: InventoryEnvironment
    state: str | None = None
    model: models.ServiceLightResponse

    @property
    def environment_id(self) -> str:
        """The id of its environment."""
        return self.environment.id
