"""Which objects does the emulator start with?

They are created as requests would create them. The large world then copies one object of each kind,
since creating 20,000 services takes too long.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.world import access, crud, derived, kubernetes, provided, variables
from qovery_async.emulator.world.stages import stages_of
from qovery_async.emulator.world.state import Entity, State
from qovery_async.models import ClusterStateEnum

World = Literal["empty", "demo", "large"]
"""The names of the worlds that an emulator can start with."""

_PROJECTS: Mapping[str, Sequence[tuple[str, str]]] = {
    "shop": (("production", "PRODUCTION"), ("staging", "STAGING"), ("preview-checkout", "PREVIEW")),
    "payments": (("production", "PRODUCTION"), ("staging", "STAGING"), ("sandbox", "DEVELOPMENT")),
    "analytics": (("production", "PRODUCTION"), ("staging", "STAGING"), ("experiments", "DEVELOPMENT")),
    "platform": (("production", "PRODUCTION"), ("tools", "DEVELOPMENT"), ("preview-upgrade", "PREVIEW")),
}
_SERVICES: Mapping[str, Sequence[tuple[str, str]]] = {
    "shop": (("application", "storefront"), ("application", "api"), ("database", "orders"), ("job", "newsletter")),
    "payments": (("application", "gateway"), ("container", "ledger"), ("database", "accounts")),
    "analytics": (("container", "collector"), ("database", "events"), ("job", "rollup")),
    "platform": (("helm", "grafana"), ("container", "proxy"), ("terraform", "buckets"), ("job", "backup")),
}
# Most services run, some have failed, some are stopped.
_STATES = ("DEPLOYED",) * 7 + ("STOPPED", "DEPLOYMENT_ERROR", "BUILD_ERROR", "READY")
_PROBES: Mapping[str, Any] = {"healthchecks": {}}
_GIT = {"url": "https://github.com/acme/{name}.git", "branch": "main", "root_path": "/", "provider": "GITHUB"}
_COUNTS = 200, 10, 10
_BEGAN, _STEP = datetime(2026, 1, 1, 9, tzinfo=UTC), timedelta(seconds=10)
"""When the first object is made, and how long after each the next one: all before the deployments of a `SteppedClock`."""


def build(world: World, state: State) -> Entity:
    """Fills the state and returns its organization."""
    clock, made = state.clock, itertools.count()
    # Two worlds with the same seed are equal, so their objects have fixed times.
    state.clock = lambda: _BEGAN + next(made) * _STEP
    try:
        organization = _fill(world, state)
        for environment in state.every("environment"):
            stages_of(state, environment)
        return organization
    finally:
        state.clock = clock


def _fill(world: World, state: State) -> Entity:
    organization = _make(state, "organization", state.root, {"name": "acme", "plan": "ENTERPRISE"})
    access.set_up(state, organization)
    if world != "empty":
        _equip(state, organization)
    if world == "demo":
        _populate(state, organization)
    if world == "large":
        _multiply(state, organization)
    return organization


def _make(state: State, kind: str, parent: Entity, body: Mapping[str, Any]) -> Entity:
    return crud.create(state, families().by_kind[kind], parent, body)


def _equip(state: State, organization: Entity) -> None:
    """Adds the clusters, the registry and the Helm repository that services need, and a single sign-on."""
    for name, region in (("production", "eu-west-3"), ("development", "eu-west-1")):
        nodes = {"min_running_nodes": 3, "max_running_nodes": 10, "instance_type": "t3.xlarge"}
        body = {"name": name, "region": region, "cloud_provider": "AWS", "kubernetes": "MANAGED", **nodes}
        cluster = _make(state, "cluster", organization, body)
        cluster.value |= {"is_default": name == "production", "production": name == "production"}
        cluster.value |= kubernetes.when_changed(ClusterStateEnum.DEPLOYED, "")
        cluster.facts["state"] = "DEPLOYED"
    connection = provided.connection("acme.example")
    state.add("enterpriseconnection", organization, connection, id_=connection["connection_name"])
    registry = {"name": "registry", "kind": "DOCKER_HUB", "url": "https://docker.io", "config": {"username": "acme"}}
    _make(state, "containerRegistry", organization, registry)
    repository: Mapping[str, Any] = {
        "name": "grafana",
        "kind": "HTTPS",
        "url": "https://grafana.github.io/helm-charts",
        "config": {},
        "skip_tls_verification": False,
    }
    _make(state, "helmRepository", organization, repository)


def _populate(state: State, organization: Entity) -> None:
    dice = random.Random(state.seed)  # noqa: S311  # the same seed, the same world
    access.join(state, organization, "grace.hopper@example.com", "Admin")
    access.join(state, organization, "alan.turing@example.com", access.READ_ONLY)
    clusters = organization.of_kind("cluster")
    for project_name, environments in _PROJECTS.items():
        project = _make(state, "project", organization, {"name": project_name, "description": f"All of {project_name}"})
        variables.add(state, project, {"key": "LOG_LEVEL", "value": "info"}, is_secret=False)
        for name, mode in environments:
            cluster = clusters[0 if mode == "PRODUCTION" else 1]
            body = {"name": name, "mode": mode, "cluster": cluster.id}
            environment = _make(state, "environment", project, body)
            variables.add(
                state, environment, {"key": "PUBLIC_NAME", "value": f"{project_name}-{name}"}, is_secret=False
            )
            variables.add(state, environment, {"key": "API_KEY", "value": _new_secret(dice)}, is_secret=True)
            for kind, service in _SERVICES[project_name]:
                made = _make(state, kind, environment, _body(kind, service, organization))
                made.facts["state"] = dice.choice(_STATES)
            if name == "tools":
                _make(state, "argocdApp", environment, {"name": "legacy"}).facts["state"] = "DEPLOYED"


def _multiply(state: State, organization: Entity) -> None:
    """Adds copies of one project, one environment and one service of each kind."""
    projects, environments, services = _COUNTS
    dice = random.Random(state.seed)  # noqa: S311  # the same seed, the same world
    scratch = _make(state, "project", organization, {"name": "project-000"})
    cluster = organization.of_kind("cluster")[0]
    model = _make(state, "environment", scratch, {"name": "model", "mode": "DEVELOPMENT", "cluster": cluster.id})
    kinds = ("application", "container", "database", "job", "helm")
    made = [_make(state, kind, model, _body(kind, "model", organization)) for kind in kinds]
    state.remove(model)
    for p in range(projects):
        project = _copy(state, scratch, organization, f"project-{p:03}") if p else scratch
        for e in range(environments):
            environment = _copy(state, model, project, f"environment-{e:02}")
            for s in range(services):
                service = made[s % len(made)]
                _copy(state, service, environment, f"{service.kind}-{s:02}").facts["state"] = dice.choice(_STATES)


def _copy(state: State, model: Entity, parent: Entity, name: str) -> Entity:
    known = derived.references(parent)
    value = {**model.value, "id": state.new_id(), "name": name}
    value |= {key: known[key] for key in ("organization", "project", "environment") if key in value}
    return state.add(model.kind, parent, value)


def _body(kind: str, name: str, organization: Entity) -> Mapping[str, Any]:
    git = {**_GIT, "url": _GIT["url"].format(name=name)}
    registry = organization.of_kind("containerRegistry")[0].id
    repository = organization.of_kind("helmRepository")[0].id
    port = {
        "internal_port": 8080,
        "external_port": 443,
        "publicly_accessible": True,
        "protocol": "HTTP",
        "name": "p8080",
    }
    image = {"image_name": f"acme/{name}", "tag": "1.4.2", "registry_id": registry}
    bodies: Mapping[str, Mapping[str, Any]] = {
        "application": {**_PROBES, "git_repository": git, "ports": [port]},
        "container": {**_PROBES, **image, "ports": [port], "arguments": []},
        "database": {"type": "POSTGRESQL", "version": "16", "mode": "CONTAINER", "accessibility": "PRIVATE"},
        "job": {**_PROBES, "source": {"image": image}, "schedule": {"cronjob": {"scheduled_at": "0 3 * * *"}}},
        "helm": {
            "source": {"helm_repository": {"repository": repository, "chart_name": name, "chart_version": "8.5.1"}},
            "auto_deploy": False, "arguments": [], "values_override": {},
        },
        "terraform": {
            "engine": "TERRAFORM", "backend": {"kubernetes": {}}, "auto_deploy": False,
            "auto_deploy_config": {"auto_deploy": False, "terraform_action": "DEFAULT"},
            "terraform_files_source": {"git_repository": git},
        },
    }  # fmt: skip
    return {"name": name, **bodies[kind]}


def _new_secret(dice: random.Random) -> str:
    return f"{dice.getrandbits(96):024x}"
