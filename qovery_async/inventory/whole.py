"""What can be asked of an inventory once it is taken?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qovery_async.errors import ConfigurationError
from qovery_async.inventory.nodes import InventoryCluster, InventoryEnvironment, InventoryProject, InventoryService
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary.displayed import Displayed, Rows
from qovery_async.vocabulary.values import define

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS = ("Project", "Environment", "Mode", "Cluster", "Service", "Kind", "State")


@define(eq=False, repr=False)
class Inventory(Displayed):
    """The projects, environments, services and clusters of an organization, linked to each other.

    Each list is in the order of the API. `service.environment.project.name` leads up,
    `project.environments[0].services` down.
    """

    organization_id: str
    projects: list[InventoryProject]
    environments: list[InventoryEnvironment]
    services: list[InventoryService]
    clusters: list[InventoryCluster]

    def __repr__(self) -> str:
        counts = ("projects", "environments", "services", "clusters")
        return f"Inventory({', '.join(f'{len(getattr(self, name))} {name}' for name in counts)})"

    def services_of(
        self,
        *,
        project: str | None = None,
        environment: str | None = None,
        cluster: str | None = None,
        mode: str | None = None,
        kind: str | None = None,
        state: str | None = None,
    ) -> list[InventoryService]:
        """The services that fit everything given.

        Args:
            project: The name or id of their project.
            environment: The name or id of their environment.
            cluster: The name or id of their cluster.
            mode: The mode of their environment, such as "PRODUCTION".
            kind: Their kind, such as "APPLICATION".
            state: Their state, such as "DEPLOYED": needs an inventory with `service_states=True`.
        """
        return [
            service
            for service in self.services
            if _is(service.environment.project, project)
            and _is(service.environment, environment)
            and _is(service.environment.cluster, cluster)
            and mode in (None, service.environment.mode)
            and kind in (None, service.kind)
            and state in (None, service.state)
        ]

    def to_dict(self) -> dict[str, Any]:
        """The inventory as JSON values: projects with their environments with their services, and clusters."""
        return {
            "organization_id": self.organization_id,
            "projects": [
                {
                    "id": project.id,
                    "name": project.name,
                    "environments": [_environment(environment) for environment in project.environments],
                }
                for project in self.projects
            ],
            "clusters": [
                {
                    "id": cluster.id,
                    "name": cluster.name,
                    "cloud_provider": cluster.cloud_provider,
                    "state": cluster.state,
                }
                for cluster in self.clusters
            ],
        }

    def to_json(self) -> str:
        """`to_dict` as JSON, indented."""
        return json.dumps(self.to_dict(), indent=2)

    def tree(self) -> str:
        """The inventory as a tree for the terminal."""
        return "\n".join(self._lines())

    def table(self) -> Table:
        """The services as a table of `rich`, for its `print`.

        Raises:
            ConfigurationError: `rich` is not installed.
        """
        try:
            from rich.table import Table  # an extra
            from rich.text import Text
        except ImportError:
            raise ConfigurationError("Inventory.table needs the extra `rich`: pip install rich") from None
        table = Table(*COLUMNS)
        for cells in self._cells():
            table.add_row(*(Text(one_line(cell or "")) for cell in cells))  # as text, so that no name is markup
        return table

    def _rows(self) -> Rows:
        return repr(self), COLUMNS, self._cells()

    def _cells(self) -> Iterator[tuple[str | None, ...]]:
        for service in self.services:
            environment = service.environment
            cluster = environment.cluster.name if environment.cluster else ""
            names = (environment.project.name, environment.name, environment.mode, cluster, service.name)
            yield (*names, service.kind, service.state)

    def _lines(self) -> Iterator[str]:
        for project in self.projects:
            yield one_line(project.name)
            for environment in project.environments:
                on = f" on {one_line(environment.cluster.name)}" if environment.cluster else ""
                yield f"  {one_line(environment.name):<24} {_or(environment.mode):<12} {_or(environment.state)}{on}"
                for service in environment.services:
                    # The API lists no state of such an app.
                    other = "managed by Argo CD" if service.kind == "ARGOCD_APP" else ""
                    yield f"    {one_line(service.name):<22} {service.kind:<12} {service.state or other}".rstrip()


def _is(node: InventoryProject | InventoryEnvironment | InventoryCluster | None, wanted: str | None) -> bool:
    return wanted is None or (node is not None and wanted in (node.name, node.id))


def _or(value: str | None) -> str:
    return value or "unknown"


def _environment(environment: InventoryEnvironment) -> dict[str, Any]:
    return {
        "id": environment.id,
        "name": environment.name,
        "mode": environment.mode,
        "state": environment.state,
        "cluster_id": environment.cluster.id if environment.cluster else None,
        "services": [
            {"id": service.id, "name": service.name, "kind": service.kind, "state": service.state}
            for service in environment.services
        ],
    }
