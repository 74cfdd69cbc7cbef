"""Which keys of an object depend on other objects or on the request that created it?

Only what neither the models nor the paths tell, by kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qovery_async.codec.plain import is_object
from qovery_async.emulator.facts.refusals import Refusal, not_found
from qovery_async.emulator.world import (
    catalog,
    databases,
    deployment_rules,
    domains,
    git_sources,
    kubernetes,
    named_sources,
    plans,
    roles,
    versions,
)
from qovery_async.emulator.world.state import Entity, State

Known = dict[str, Any]

_GROUPS = {"annotations_groups": "annotationsGroups", "labels_groups": "labelsGroups"}


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
    _refuse_unknown_groups(body, parent)
    named_sources.refuse_unknown(kind, body, parent, {})
    maker = _CREATED.get(kind)
    return maker(body, parent, state) if maker else {}


def when_updated(entity: Entity, body: Mapping[str, Any], parent: Entity, state: State) -> Known:
    """The keys that follow from the body of a request that replaces the object."""
    if entity.kind == "cluster":
        return _changed_features(body, entity.value) | kubernetes.when_updated(entity.value)
    if entity.kind != "environment":
        named_sources.refuse_unknown(entity.kind, body, parent, entity.value)
        maker = _CREATED.get(entity.kind)
        return maker(body, parent, state) if maker else {}
    # A request cannot say PREVIEW, so without a mode it means to keep that.
    return {"mode": "PREVIEW"} if entity.value["mode"] == "PREVIEW" and not body.get("mode") else {}


def _refuse_unknown_groups(body: Mapping[str, Any], parent: Entity) -> None:
    organization = parent.above("organization")
    for key, kind in _GROUPS.items():
        there = organization.children.get(kind, ()) if organization else ()
        for group in body.get(key) or ():
            if is_object(group) and group.get("id") not in there:
                raise not_found(kind, str(group.get("id")))


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
    docker: Mapping[str, Any] = source.get("docker") or {}
    if git := docker.get("git_repository"):
        return known | {"source": {"docker": {**docker, "git_repository": git_sources.shown(git, parent)}}}
    registry = _registry(image, parent)
    return known | ({"source": {"image": {**image, **registry}}} if registry else {})


def _application(body: Mapping[str, Any], parent: Entity, _: State) -> Known:
    git: Mapping[str, Any] | None = body.get("git_repository")
    return _ports(body) | ({"git_repository": git_sources.shown(git, parent)} if git else {})


def _ports(body: Mapping[str, Any]) -> Known:
    """The ports, of which exactly one that is public is the default."""
    ports: list[Known] = body.get("ports") or []
    public = [port for port in ports if port.get("publicly_accessible")]
    default = next((port for port in public if port.get("is_default")), public[0] if public else None)
    return {"ports": [{**port, "is_default": port is default} for port in ports]} if ports else {}


def _container(body: Mapping[str, Any], parent: Entity, _: State) -> Known:
    return _ports(body) | _registry(body, parent)


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
        return {"source": {"git": {"git_repository": git_sources.shown(git, parent)}}}
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


def _terraform(body: Mapping[str, Any], parent: Entity, _: State) -> Known:
    files: Mapping[str, Any] = body.get("terraform_files_source") or {}
    git = files.get("git_repository")
    return {"terraform_files_source": {"git": {"git_repository": git_sources.shown(git, parent)}}} if git else {}


def _cluster(body: Mapping[str, Any], _: Entity, __: State) -> Known:
    """The state of a new cluster, and its features as responses have them: with titles and types of values."""
    cloud, features = body["cloud_provider"], body.get("features")
    made = {"features": [catalog.with_value(cloud, each) for each in features]} if features else {}
    return made | kubernetes.when_created(body)


def _changed_features(body: Mapping[str, Any], value: Mapping[str, Any]) -> Known:
    """The features of a request that replaces a cluster; those that it has already stay as they are."""
    there: dict[str, Known] = {feature.get("id"): feature for feature in value.get("features") or ()}
    cloud: str = value["cloud_provider"]
    made: list[Known] = []
    for each in body.get("features") or ():
        old = there.get(each.get("id"))
        if old is None or not _has_value(old, each.get("value")):
            old = catalog.with_value(cloud, each)
        made.append(old)
    return {"features": made} if made else {}


def _has_value(feature: Known, wanted: Any) -> bool:
    shown: Known = feature.get("value_object") or {}
    return wanted in (shown, shown.get("value"))


def _custom_domain(_: Mapping[str, Any], parent: Entity, __: State) -> Known:
    return domains.when_created(parent)


def _webhook(body: Mapping[str, Any], _: Entity, __: State) -> Known:
    return {"target_secret_set": bool(body.get("target_secret"))}


def _mcp_server(body: Mapping[str, Any], _: Entity, __: State) -> Known:
    return {"header_names": list(body.get("headers") or ())}


def _tagged(tag: str) -> Callable[[Mapping[str, Any], Entity, State], Known]:
    return lambda _, __, ___: {"object_type": tag}


def _aws_credentials(body: Mapping[str, Any], _: Entity, __: State) -> Known:
    if str(body.get("type")).startswith("EKS_ANYWHERE_VSPHERE"):
        return {"object_type": "EKS_ANYWHERE_VSPHERE"}
    return {"object_type": "AWS_ROLE" if "role_arn" in body else "AWS"}


def _project(entity: Entity) -> Known:
    return {"associated_environments_count": len(entity.children.get("environment", ()))}


def _groups(entity: Entity) -> Known:
    """The annotations and labels groups that a service or cluster names by id, in full, without deleted ones."""
    found: Known = {}
    for key, kind in _GROUPS.items():
        if (named := entity.value.get(key)) and (organization := entity.above("organization")):
            there = organization.children.get(kind, {})
            found[key] = [there[each["id"]].value for each in named if each.get("id") in there]
    return found


def _with_groups(entity: Entity, shown: Mapping[str, Any]) -> Mapping[str, Any]:
    groups = _groups(entity)
    return {**shown, **groups} if groups else shown


def _service(entity: Entity) -> Mapping[str, Any]:
    return _with_groups(entity, versions.when_shown(entity))


def _database(entity: Entity) -> Mapping[str, Any]:
    return _with_groups(entity, databases.when_shown(entity))


_CREATED: Mapping[str, Callable[[Mapping[str, Any], Entity, State], Known]] = {
    "application": _application,
    "cluster": _cluster,
    "customDomain": _custom_domain,
    "environment": _environment,
    "job": _job,
    "mcpServer": _mcp_server,
    "container": _container,
    "helm": _helm,
    "terraform": _terraform,
    "inviteMember": roles.invitation,
    "webhook": _webhook,
    "aws/credentials": _aws_credentials,
    "azure/credentials": _tagged("AZURE"),
    "gcp/credentials": _tagged("GCP"),
    "gitToken": git_sources.token,
    "onPremise/credentials": _tagged("OTHER"),
    "scaleway/credentials": _tagged("SCW"),
}
_SHOWN: Mapping[str, Callable[[Entity], Mapping[str, Any]]] = {
    "organization": plans.when_shown,
    "deploymentRule": deployment_rules.when_shown,
    "project": _project,
    "customRole": roles.permissions,
    "inviteMember": roles.invitation_link,
    "database": _database,
    **dict.fromkeys(("application", "container", "job", "helm", "terraform"), _service),
    "cluster": _groups,
}
