"""What do operations return that list objects across parents, or summaries of them?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.life import statuses
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import derived, pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiHandlers, ApiResponse
from qovery_async.emulator.world.cluster_access import credentials_of
from qovery_async.emulator.world.state import Entity

# The API description has no such services in lists of a cluster.
_NOT_LISTED = ("ARGOCD_APP", "AGENTIC_WORKFLOW")
# The API description requires this key of statistics without declaring it.
_UNDECLARED = {"number": 0}

Row = Callable[[Entity], dict[str, Any]]
Found = Callable[[ApiCall], Iterator[Entity]]


def handlers(life: Life) -> ApiHandlers:
    """The handlers that only list: objects across parents, statistics and overviews."""

    def overview(environment: Entity) -> dict[str, Any]:
        return {**_overview(environment), "deployment_status": statuses.environment_status(life, environment.id)}

    return {
        "clusters.list_environments": _listing(_environments_on, _on_cluster),
        "databases.list_applications": _listing(lambda _: iter(()), _itself),
        "environments.list_services": _listing(lambda call: services_of(call.target), _itself),
        "environments.list_stats": _listing(lambda call: iter(call.target.of_kind("environment")), _environment_stats),
        "environments.list_overviews": _listing(lambda call: iter(call.target.of_kind("environment")), overview),
        "organizations.list_credentials": _listing(_credentials, _credential),
        "organizations.list_environments": _listing(_environments, _itself),
        "projects.list_stats": _listing(lambda call: iter(call.target.of_kind("project")), _project_stats),
        "services.list": _listing(_services, _light),
    }


def services_of(environment: Entity) -> Iterator[Entity]:
    """All services of an environment, kind after kind."""
    children = environment.children
    for kind in families().services:
        if kind in children:
            yield from children[kind].values()


def service_type(service: Entity) -> str:
    """The value of `ServiceTypeEnum` for a service."""
    return families().services[service.kind]


def cluster_of(entity: Entity) -> str | None:
    """The id of the cluster that an environment, or the environment of a service, runs on."""
    environment = entity.above("environment")
    return environment.value.get("cluster_id") if environment else None


def _listing(found: Found, row: Row) -> ApiHandler:
    def handler(call: ApiCall) -> ApiResponse:
        return ApiResponse(pages.enclosed([row(entity) for entity in found(call)], call.operation.response))

    return handler


def _itself(entity: Entity) -> dict[str, Any]:
    return {**entity.value, **derived.when_shown(entity)}


def _environments(call: ApiCall) -> Iterator[Entity]:
    for project in call.target.of_kind("project"):
        yield from project.of_kind("environment")


def _services(call: ApiCall) -> Iterator[Entity]:
    wanted = call.query
    for environment in _environments(call):
        if wanted.get("environment_id", environment.id) != environment.id:
            continue
        if environment.parent and wanted.get("project_id", environment.parent.id) != environment.parent.id:
            continue
        if "cluster_id" in wanted and cluster_of(environment) != wanted["cluster_id"]:
            continue
        yield from services_of(environment)


def _light(service: Entity) -> dict[str, Any]:
    value = service.value
    row = {
        "id": service.id,
        "name": value["name"],
        "description": value.get("description", ""),
        "icon_uri": value.get("icon_uri", ""),
        "service_type": service_type(service),
        "cluster_id": cluster_of(service),
    }
    for entity in service.ancestors():
        if entity.kind in ("environment", "project"):
            row |= {f"{entity.kind}_id": entity.id, f"{entity.kind}_name": entity.value["name"]}
    return row | ({"job_type": value["job_type"]} if "job_type" in value else {})


def _environments_on(call: ApiCall) -> Iterator[Entity]:
    organization = call.target.above("organization")
    for project in organization.of_kind("project") if organization else ():
        for environment in project.of_kind("environment"):
            if cluster_of(environment) == call.target.id:
                yield environment


def _on_cluster(environment: Entity) -> dict[str, Any]:
    project = environment.parent
    services = [
        {"id": service.id, "name": service.value["name"], "type": service_type(service)}
        for service in services_of(environment)
        if service_type(service) not in _NOT_LISTED
    ]
    return {
        "environment_id": environment.id,
        "environment_name": environment.value["name"],
        "project_id": project.id if project else "",
        "project_name": project.value["name"] if project else "",
        "services": services,
    }


def _environment_stats(environment: Entity) -> dict[str, Any]:
    return {"id": environment.id, "service_total_number": len(list(services_of(environment))), **_UNDECLARED}


def _project_stats(project: Entity) -> dict[str, Any]:
    environments = project.of_kind("environment")
    return {
        "id": project.id,
        "service_total_number": sum(len(list(services_of(environment))) for environment in environments),
        "environment_total_number": len(environments),
        **_UNDECLARED,
    }


def _overview(environment: Entity) -> dict[str, Any]:
    value, organization = environment.value, environment.above("organization")
    clusters = organization.children.get("cluster", {}) if organization else {}
    cluster = clusters.get(value["cluster_id"])
    return {
        **{key: value[key] for key in ("id", "created_at", "updated_at", "name", "mode")},
        "cluster": {
            "id": value["cluster_id"],
            "name": cluster.value["name"] if cluster else "",
            "cloud_provider": cluster.value["cloud_provider"] if cluster else "AWS",
            "is_demo": False,
        },
        "services_overview": {"service_count": len(list(services_of(environment))), "managed_by": "QOVERY"},
    }


def _credentials(call: ApiCall) -> Iterator[Entity]:
    for kind, family in call.target.children.items():
        if kind.endswith("/credentials"):
            yield from family.values()


def _credential(entity: Entity) -> dict[str, Any]:
    clusters = entity.parent.of_kind("cluster") if entity.parent else []
    users = [
        {key: cluster.value[key] for key in ("id", "name", "cloud_provider")}
        for cluster in clusters
        if credentials_of(cluster).get("id") == entity.id
    ]
    return {"credential": entity.value, "clusters": users}
