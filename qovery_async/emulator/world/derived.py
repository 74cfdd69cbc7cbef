"""Which keys of an object depend on other objects or on the request that created it?

Only what neither the models nor the paths tell, by kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world import versions
from qovery_async.emulator.world.state import Entity, State

Known = dict[str, Any]


def references(parent: Entity) -> Known:
    """The keys that refer to ancestors: `environment`, `environment_id`, `environment_name`, ..."""
    found: Known = {}
    for entity in parent.ancestors():
        found[entity.kind] = {"id": entity.id}
        found[f"{entity.kind}_id"] = entity.id
        if "name" in entity.value:
            found[f"{entity.kind}_name"] = entity.value["name"]
    return found


def when_created(kind: str, body: Mapping[str, Any], parent: Entity, state: State) -> Known:
    """The keys that follow from the body of the request."""
    maker = _CREATED.get(kind)
    return maker(body, parent, state) if maker else {}


def when_updated(entity: Entity, body: Mapping[str, Any], parent: Entity, state: State) -> Known:
    """The keys that follow from the body of a request that replaces the object."""
    if entity.kind != "environment":
        return when_created(entity.kind, body, parent, state)
    # A request cannot say PREVIEW, so without a mode it means to keep that.
    return {"mode": "PREVIEW"} if entity.value["mode"] == "PREVIEW" and not body.get("mode") else {}


def when_shown(entity: Entity) -> Mapping[str, Any]:
    """The keys that are computed when the object is read."""
    maker = _SHOWN.get(entity.kind)
    return maker(entity) if maker else {}


def _environment(body: Mapping[str, Any], parent: Entity, _: State) -> Known:
    organization = parent.above("organization")
    clusters = organization.of_kind("cluster") if organization else []
    wanted = body.get("cluster")
    cluster = next((c for c in clusters if wanted in (None, c.id)), None)
    if cluster is None and wanted:
        raise Refusal(404, f"cluster {wanted} does not exist")
    if cluster is None:
        raise Refusal(400, "the organization has no cluster yet")
    return {"cluster_id": cluster.id} | _of_cluster(cluster) | {"mode": body.get("mode", "DEVELOPMENT")}


def _of_cluster(cluster: Entity) -> Known:
    value = cluster.value
    provider = {"provider": value["cloud_provider"], "cluster": value["region"]}
    return {"cluster_name": value["name"], "cloud_provider": provider}


def _job(body: Mapping[str, Any], parent: Entity, _: State) -> Known:
    schedule: Mapping[str, Any] = body.get("schedule") or {}
    source: Mapping[str, Any] = body.get("source") or {}
    image: Mapping[str, Any] = source.get("image") or {}
    known: Known = {"job_type": "CRON" if schedule.get("cronjob") else "LIFECYCLE"}
    registry = _registry(image, parent)
    return known | ({"source": {"image": {**image, **registry}}} if registry else {})


def _container(body: Mapping[str, Any], parent: Entity, _: State) -> Known:
    return _registry(body, parent)


def _registry(image: Mapping[str, Any], parent: Entity) -> Known:
    """The registry that a request names by its id, as responses have it."""
    organization = parent.above("organization")
    registries = organization.children.get("containerRegistry", {}) if organization else {}
    registry = registries.get(image.get("registry_id") or "")
    if registry is None:
        return {}
    value = registry.value
    return {"registry": {"id": registry.id, **{k: value[k] for k in ("name", "url", "kind") if k in value}}}


def _helm(body: Mapping[str, Any], parent: Entity, _: State) -> Known:
    """The source of the request as responses have it: with the repository's details, under other keys."""
    source: Mapping[str, Any] = body.get("source") or {}
    if git := source.get("git_repository"):
        return {"source": {"git": {"git_repository": git}}}
    chart: Mapping[str, Any] | None = source.get("helm_repository")
    if not chart:
        return {}
    organization = parent.above("organization")
    repositories = organization.children.get("helmRepository", {}) if organization else {}
    repository = repositories.get(chart.get("repository") or "")
    if repository is None:
        return {}
    value = repository.value
    known = {"id": repository.id, "name": value["name"], "url": value.get("url") or ""}
    return {"source": {"repository": {**chart, "repository": known}}}


def _terraform(body: Mapping[str, Any], _: Entity, __: State) -> Known:
    files: Mapping[str, Any] = body.get("terraform_files_source") or {}
    git = files.get("git_repository")
    return {"terraform_files_source": {"git": {"git_repository": git}}} if git else {}


def _invitation(_: Mapping[str, Any], __: Entity, ___: State) -> Known:
    return {"invitation_status": "PENDING", "inviter": "ada@example.com"}


def _webhook(body: Mapping[str, Any], _: Entity, __: State) -> Known:
    return {"target_secret_set": bool(body.get("target_secret"))}


def _tagged(tag: str) -> Callable[[Mapping[str, Any], Entity, State], Known]:
    return lambda _, __, ___: {"object_type": tag}


def _aws_credentials(body: Mapping[str, Any], _: Entity, __: State) -> Known:
    if str(body.get("type")).startswith("EKS_ANYWHERE_VSPHERE"):
        return {"object_type": "EKS_ANYWHERE_VSPHERE"}
    return {"object_type": "AWS_ROLE" if "role_arn" in body else "AWS"}


def _project(entity: Entity) -> Known:
    return {"associated_environments_count": len(entity.children.get("environment", ()))}


_CREATED: Mapping[str, Callable[[Mapping[str, Any], Entity, State], Known]] = {
    "environment": _environment,
    "job": _job,
    "container": _container,
    "helm": _helm,
    "terraform": _terraform,
    "inviteMember": _invitation,
    "webhook": _webhook,
    "aws/credentials": _aws_credentials,
    "azure/credentials": _tagged("AZURE"),
    "gcp/credentials": _tagged("GCP"),
    "onPremise/credentials": _tagged("OTHER"),
    "scaleway/credentials": _tagged("SCW"),
}
_SHOWN: Mapping[str, Callable[[Entity], Mapping[str, Any]]] = {
    "project": _project,
    **dict.fromkeys(("application", "job", "helm", "terraform"), versions.when_shown),
}
