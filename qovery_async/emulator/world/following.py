"""Which services deploy by themselves once a commit or an image was pushed?

Those with `auto_deploy` whose repository and branch, or whose image, it is. Deployment restrictions count where the
push says which files it has changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.life.actions import Action, Trigger, Wanted
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import versions
from qovery_async.emulator.world.state import Entity, State
from qovery_async.models import ServiceSubActionEnum

_GIT = Trigger("Git", "GIT")
_REGISTRY = Trigger("Registry", "QOVERY_INTERNAL")
_MAIN = "main"
_ADDRESS = re.compile(r"(?:\w+://)?(?:[^@/]*@)?(?P<host>[^/:]+)(?::\d+/|[:/]/*)(?P<path>.+?)(?:\.git)?/*")


def push(
    state: State, life: Life, url: str, commit: str, *, branch: str = _MAIN, paths: Collection[str] = ()
) -> Sequence[str]:
    """Deploys a commit to the services that follow a branch of a repository; returns their ids."""
    place = _same(url), branch
    deployed: list[str] = []
    for service in _automatic(state):
        wanted = Wanted(
            version=commit if _place(versions.repository_of(service)) == place else None,
            values_commit=commit if _place(versions.values_repository_of(service)) == place else None,
            sub_action=_terraform_action(service),
        )
        if (wanted.version or wanted.values_commit) and _is_open(service, paths):
            deployed += _deploy(life, service, wanted, _GIT)
    return deployed


def publish(state: State, life: Life, image: str, tag: str) -> Sequence[str]:
    """Deploys a tag to the containers and jobs that follow an image; returns their ids."""
    deployed: list[str] = []
    for service in _automatic(state):
        if service.kind in ("container", "job") and versions.image_of(service) == image:
            deployed += _deploy(life, service, Wanted(version=tag), _REGISTRY)
    return deployed


def _automatic(state: State) -> list[Entity]:
    services = [service for kind in families().services for service in state.every(kind)]
    return [service for service in services if _config(service).get("auto_deploy") or service.value.get("auto_deploy")]


def _config(service: Entity) -> Mapping[str, Any]:
    config: Mapping[str, Any] = service.value.get("auto_deploy_config") or {}
    return config


def _terraform_action(service: Entity) -> ServiceSubActionEnum | None:
    is_plan = _config(service).get("terraform_action") == "PLAN"
    return ServiceSubActionEnum.TERRAFORM_PLAN_ONLY if is_plan else None


def _deploy(life: Life, service: Entity, wanted: Wanted, by: Trigger) -> list[str]:
    if service.parent is None or _config(service).get("terraform_action") == "NOOP":
        return []
    life.act(service.parent.id, Action.DEPLOY, by, [service.id], {service.id: wanted})
    return [service.id]


def _place(repository: Mapping[str, Any] | None) -> tuple[str, str] | None:
    return (_same(str(repository.get("url"))), str(repository.get("branch") or _MAIN)) if repository else None


def _same(url: str) -> str:
    """A repository's address without what may differ: the scheme, the user, the port, the case and `.git`."""
    found = _ADDRESS.fullmatch(url.strip())
    return f"{found['host']}/{found['path']}".lower() if found else url


def _is_open(service: Entity, paths: Collection[str]) -> bool:
    """Whether the deployment restrictions of a service let a push deploy that has changed these files."""
    rules = [rule.value for rule in service.of_kind("deploymentRestriction")]
    wanted = [str(rule["value"]) for rule in rules if rule.get("mode") == "MATCH"]
    ignored = tuple(str(rule["value"]) for rule in rules if rule.get("mode") == "EXCLUDE")
    left = [path for path in paths if not path.startswith(ignored)] if ignored else list(paths)
    return not paths or (bool(left) and (not wanted or any(path.startswith(tuple(wanted)) for path in left)))
