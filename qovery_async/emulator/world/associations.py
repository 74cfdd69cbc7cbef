"""Which services and clusters use a registry, a repository, a token, a group, a credential?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.life import statuses
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import crud, pages, versions
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiHandlers, ApiResponse
from qovery_async.emulator.world.repositories import services_below
from qovery_async.emulator.world.state import Entity
from qovery_async.emulator.world.views import cluster_of, service_type

Json = dict[str, Any]
Row = Callable[[Entity], Json]

# The keys under which services and clusters refer to an object, by its kind.
_REFERENCES: Mapping[str, tuple[str, ...]] = {
    "containerRegistry": ("registry", "registry_id"),
    "helmRepository": ("repository",),
    "gitToken": ("git_token_id",),
    "annotationsGroups": ("annotations_groups",),
    "labelsGroups": ("labels_groups",),
}


def handlers(life: Life) -> ApiHandlers:
    """The handlers that list what uses an object, and which images and charts are used of it."""

    def states(call: ApiCall) -> ApiResponse:
        found = [s for s in users_of(call.target) if s.parent is not None]
        rows = [statuses.service_status(life, s.parent.id, s.id) for s in found if s.parent is not None]
        return ApiResponse(pages.enclosed(rows, call.operation.response))

    services = dict.fromkeys(
        (
            "container_registries.list_associated_services",
            "helm_repositories.list_associated_services",
            "git_tokens.list_associated_services",
        ),
        _using(_service),
    )
    counted = dict.fromkeys((f"git_tokens.{verb}" for verb in ("list", "create", "get", "update")), _counted)
    items = dict.fromkeys(("annotations_groups.list_associated_items", "labels_groups.list_associated_items"))
    return {
        **services,
        **counted,
        **dict.fromkeys(items, _using(_item)),
        "argocd.apps.list_associated_services": _argocd_apps,
        "container_registries.list_container_statuses": states,
        "container_registries.list_images": _versions("image_name", "imageName"),
        "helm_repositories.list_charts": _versions("chart_name", "chartName"),
    }


def users_of(entity: Entity) -> list[Entity]:
    """The services and clusters of the same organization that refer to an object."""
    organization = entity.above("organization")
    if organization is None:
        return []
    keys = _REFERENCES[entity.kind]
    every = [*services_below(organization), *organization.of_kind("cluster")]
    return [user for user in every if any(_refers(user.value, key, entity.id) for key in keys)]


def _refers(value: Any, key: str, id_: str) -> bool:
    """Whether a value has, at any depth, this key with the id, with an object of that id or with a list of such."""
    if is_list(value):
        return any(_refers(item, key, id_) for item in value)
    if not is_object(value):
        return False
    if id_ in _ids(value.get(key)):
        return True
    return any(_refers(item, key, id_) for item in value.values())


def _ids(found: Any) -> Iterator[Any]:
    for each in found if is_list(found) else [found]:
        yield each.get("id") if is_object(each) else each


def _using(row: Row) -> ApiHandler:
    def handler(call: ApiCall) -> ApiResponse:
        return ApiResponse(pages.enclosed([row(user) for user in users_of(call.target)], call.operation.response))

    return handler


def _place(entity: Entity) -> Json:
    """The ids and names of the project and the environment above a service."""
    found: Json = {}
    for above in entity.ancestors():
        if above.kind in ("project", "environment"):
            found |= {f"{above.kind}_id": above.id, f"{above.kind}_name": above.value["name"]}
    return found


def _service(service: Entity) -> Json:
    about = {"service_id": service.id, "service_name": service.value["name"], "service_type": _type(service)}
    return {**_place(service), **about}


def _type(user: Entity) -> str:
    """The type of a service or cluster: these lists distinguish cron jobs from lifecycle jobs."""
    if user.kind == "job":
        return str(user.value["job_type"])
    return "CLUSTER" if user.kind == "cluster" else service_type(user)


def _item(user: Entity) -> Json:
    organization, id_ = user.above("organization"), user.id if user.kind == "cluster" else cluster_of(user)
    cluster = organization.children.get("cluster", {}).get(id_ or "") if organization else None
    about = {"cluster_id": cluster.id, "cluster_name": cluster.value["name"]} if cluster else {}
    return {"item_id": user.id, "item_name": user.value["name"], "item_type": _type(user), **about, **_place(user)}


def _counted(call: ApiCall) -> ApiResponse:
    """Git tokens with the number of their services."""
    response = crud.handler(call.operation)(call)
    for row in response.body.get("results", [response.body]):
        row["associated_services_count"] = len(users_of(call.state.get("gitToken", row["id"])))
    return response


def _argocd_apps(call: ApiCall) -> ApiResponse:
    organization = call.target.above("organization")
    every = services_below(organization) if organization else ()
    found = [_service(app) for app in every if app.kind == "argocdApp" and cluster_of(app) == call.target.id]
    return ApiResponse(pages.enclosed(found, call.operation.response))


def _versions(key: str, query: str) -> ApiHandler:
    """The images or charts that services take from a registry or repository, with their versions."""

    def handler(call: ApiCall) -> ApiResponse:
        found: dict[str, list[str]] = {}
        for service in users_of(call.target):
            there = found.setdefault(versions.image_of(service), [])
            if (version := versions.version_of(service)) not in there:
                there.append(version)
        wanted = call.query.get(query)
        rows = [{key: name, "versions": tags} for name, tags in found.items() if wanted in (None, name)]
        return ApiResponse(pages.enclosed(rows, call.operation.response))

    return handler
