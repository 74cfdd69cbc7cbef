"""Which regions, instance types, features, databases, registries and versions can be chosen?

A part of what there is: clouds.json has a few of each, and real ones.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world import pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiHandlers, ApiResponse

Json = dict[str, Any]
Rows = Callable[[ApiCall], list[Json]]

_LOGIN: Json = {"username": {}, "password": {}}
_AWS_KEYS: Json = {"region": {}, "access_key_id": {}, "secret_access_key": {}}
_SCALEWAY_KEYS: Json = {"region": {}, "scaleway_access_key": {}, "scaleway_secret_key": {}, "scaleway_project_id": {}}
_REGISTRIES: Mapping[str, Json] = {
    "ECR": _AWS_KEYS, "SCALEWAY_CR": _SCALEWAY_KEYS, "DOCKER_HUB": _LOGIN, "GITHUB_CR": _LOGIN, "GITLAB_CR": _LOGIN,
    "GITHUB_ENTERPRISE_CR": _LOGIN, "PUBLIC_ECR": {}, "GENERIC_CR": _LOGIN, "AZURE_CR": _LOGIN,
    "GCP_ARTIFACT_REGISTRY": {"region": {}, "json_credentials": {}},
}  # fmt: skip
_REPOSITORIES: Mapping[str, Json] = {
    "HTTPS": _LOGIN, "OCI_ECR": _AWS_KEYS, "OCI_SCALEWAY_CR": _SCALEWAY_KEYS, "OCI_DOCKER_HUB": _LOGIN,
    "OCI_PUBLIC_ECR": {}, "OCI_GENERIC_CR": _LOGIN, "OCI_GITHUB_CR": _LOGIN, "OCI_GITLAB_CR": _LOGIN,
}  # fmt: skip
_TERRAFORM = {"TERRAFORM": ("1.9.8", "1.10.5", "1.12.2", "1.13.4"), "OPEN_TOFU": ("1.8.8", "1.9.1", "1.10.6")}
_INSTANCES = {
    "aws.list_instance_types": "AWS", "aws.list_eks_instance_types": "AWS", "azure.list_aks_instance_types": "AZURE",
    "gcp.list_gke_instance_types": "GCP", "scaleway.list_instance_types": "SCW",
    "scaleway.list_kapsule_instance_types": "SCW",
}  # fmt: skip
_OBJECTS = {"KARPENTER": "KARPENTER", "EXISTING_VPC": "AWS_USER_PROVIDED_NETWORK"}
_CLOUDS = {"aws": "AWS", "azure": "AZURE", "gcp": "GCP", "scaleway": "SCW"}
_OWN_IP = "127.0.0.1"


@functools.cache
def clouds() -> Mapping[str, Json]:
    """The content of clouds.json, by `CloudProviderEnum`."""
    text = files("qovery_async.emulator.facts").joinpath("clouds.json").read_text(encoding="utf-8")
    found: Mapping[str, Json] = json.loads(text)
    return found


def handlers() -> ApiHandlers:
    """The handlers of all that is the same for every organization."""
    found: dict[str, Rows] = {
        "cloud_providers.list": lambda _: [
            {"short_name": key, "name": cloud["name"], "regions": _regions(key)} for key, cloud in clouds().items()
        ],
        "aws.list_managed_database_instance_types": lambda call: [
            {"name": name} for name in clouds()["AWS"]["databases"].get(call.path["databaseType"], ())
        ],
        "container_registries.list_available": lambda _: _kinds(_REGISTRIES),
        "helm_repositories.list_available": lambda _: _kinds(_REPOSITORIES),
        "terraforms.list_versions": lambda _: [
            {"engine": engine, "version": version} for engine, versions in _TERRAFORM.items() for version in versions
        ],
    }
    for namespace, key in _CLOUDS.items():
        found[f"{namespace}.list_regions"] = functools.partial(_listed_regions, key)
        found[f"{namespace}.list_cluster_features"] = functools.partial(_features, key)
    for namespace in ("aws", "scaleway"):
        found[f"{namespace}.list_managed_database_types"] = functools.partial(_databases, _CLOUDS[namespace])
    for call, key in _INSTANCES.items():
        found[call] = functools.partial(_instances, key)
    listing = {call: _listing(rows) for call, rows in found.items()}
    return {**listing, "ips.list": lambda _: ApiResponse({"ips": [_OWN_IP]})}


def feature(cloud: str, id_: str) -> Json:
    """The `ClusterFeatureResponse` of a feature without a value. Its id is no UUID, whatever the description says."""
    titles: dict[str, str] = dict(clouds().get(cloud, {}).get("features", ()))
    return {
        "id": id_,
        "title": titles.get(id_, id_),
        "is_cloud_provider_paying_feature": id_ == "STATIC_IP",
        "is_qovery_paying_feature": False,
        "value_type": "BOOLEAN",
        "is_value_updatable": False,
    }


def with_value(cloud: str, given: Json) -> Json:
    """The `ClusterFeatureResponse` of a feature with the value of a request."""
    value, id_ = given.get("value"), given.get("id")
    if id_ is None:
        raise Refusal(400, "features: each must have an id, such as STATIC_IP")
    kind = _OBJECTS.get(id_, "BOOLEAN")
    if isinstance(value, str):
        kind = "STRING"
    elif isinstance(value, bool):
        kind = "BOOLEAN"
    return {**feature(cloud, id_), "value_object": {"type": kind, "value": value}}


def _listing(rows: Rows) -> ApiHandler:
    return lambda call: ApiResponse(pages.enclosed(rows(call), call.operation.response))


def _regions(cloud: str) -> list[Json]:
    about = clouds()[cloud]
    zones: Mapping[str, list[str]] = about.get("zones", {})
    return [
        {**region, "arm_supported": cloud == "AWS", "zones": zones.get(region["name"], [])}
        for region in about["regions"]
    ]


def _listed_regions(cloud: str, _: ApiCall) -> list[Json]:
    return _regions(cloud)


def _features(cloud: str, _: ApiCall) -> list[Json]:
    return [feature(cloud, id_) for id_, _ in clouds()[cloud]["features"]]


def _databases(cloud: str, _: ApiCall) -> list[Json]:
    return [{"name": name} for name in clouds()[cloud]["databases"]]


def _instances(cloud: str, _: ApiCall) -> list[Json]:
    return [
        {
            "type": name,
            "name": name,
            "cpu": cpu,
            "ram_in_gb": memory,
            "bandwidth_in_gbps": "",
            "bandwidth_guarantee": "",
            "architecture": architecture,
        }
        for name, cpu, memory, architecture in clouds()[cloud]["instances"]
    ]


def _kinds(found: Mapping[str, Json]) -> list[Json]:
    return [{"kind": kind, "required_config": config, "is_mandatory": False} for kind, config in found.items()]
