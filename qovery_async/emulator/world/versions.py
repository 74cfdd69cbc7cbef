"""Which version of a service is deployed, which does a request ask for, and where does the model show it?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.life.actions import Service, Wanted
from qovery_async.emulator.life.history import commit
from qovery_async.emulator.world.calls import ApiCall
from qovery_async.emulator.world.state import Entity
from qovery_async.models import ServiceSubActionEnum

Json = dict[str, Any]

COMMITS = "commits"
"""The fact that holds what the git repositories of a service show about the deployed commits, by path."""

_REPOSITORIES: Mapping[str, Sequence[str]] = {
    "application": ("git_repository",),
    "job": ("source", "docker", "git_repository"),
    "helm": ("source", "git", "git_repository"),
    "terraform": ("terraform_files_source", "git", "git_repository"),
}
_TAGS: Mapping[str, Sequence[str]] = {
    "container": ("tag",),
    "database": ("version",),
    "job": ("source", "image", "tag"),
    "helm": ("source", "repository", "chart_version"),
}
_IMAGES: Mapping[str, Sequence[str]] = {
    "container": ("image_name",),
    "job": ("source", "image", "image_name"),
    "helm": ("source", "repository", "chart_name"),
}
_VALUES = ("values_override", "file", "git", "git_repository")
_KEYS = ("git_commit_id", "image_tag", "chart_version", "values_override_git_commit_id", "action")
_TAG_KEYS = {"container": "image_tag", "job": "image_tag", "helm": "chart_version"}
_TERRAFORM_ACTIONS = {
    "PLAN": ServiceSubActionEnum.TERRAFORM_PLAN_ONLY,
    "FORCE_UNLOCK": ServiceSubActionEnum.TERRAFORM_FORCE_UNLOCK_STATE,
    "MIGRATE_STATE": ServiceSubActionEnum.TERRAFORM_MIGRATE_STATE,
}


def is_from_git(service: Entity) -> bool:
    """Whether a service is built or installed from a git repository."""
    return service.kind in ("application", "terraform") or _at(service, _REPOSITORIES) is not None


def repository_of(service: Entity) -> Json | None:
    """The git repository that a service is built or installed from, or None."""
    found: Json | None = _at(service, _REPOSITORIES)
    return found


def values_repository_of(service: Entity) -> Json | None:
    """The git repository of a chart's overriding values, or None if they are not in git."""
    found: Json | None = _found(service.value, _VALUES)
    return found


def image_of(service: Entity) -> str:
    """The name of the image or chart, or nothing for a service from git."""
    return str(_at(service, _IMAGES) or "")


def version_of(service: Entity) -> str:
    """The version that a deployment takes unless it is given one: of a service from git, the deployed commit."""
    if is_from_git(service):
        return _commit(service, _REPOSITORIES[service.kind])
    return str(_at(service, _TAGS) or "")


def values_commit_of(service: Entity) -> str:
    """The commit of a chart's overriding values, or nothing if they are not in git."""
    return _commit(service, _VALUES) if _has_values(service) else ""


def wanted(service: Entity, body: Mapping[str, Any]) -> Wanted:
    """What a deploy request asks for, from its body or its entry for the service.

    Raises:
        Refusal: 400 for a version of another kind than the service has, such as an image tag for one from git.
    """
    allowed = _keys(service)
    given = {key: body[key] for key in _KEYS if body.get(key)}
    for key in given.keys() - allowed:
        raise Refusal(400, f"{key}: {service.kind} {service.id} takes {' and '.join(allowed) or 'no version'}")
    action = given.get("action")
    if action is not None and action not in _TERRAFORM_ACTIONS:
        raise Refusal(400, f"action: must be one of {', '.join(_TERRAFORM_ACTIONS)}, got {action!r}")
    return Wanted(
        version=given.get("git_commit_id") or given.get("image_tag") or given.get("chart_version"),
        values_commit=given.get("values_override_git_commit_id"),
        sub_action=_TERRAFORM_ACTIONS[action] if action else None,
    )


def named_in(body: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """The services in the body of an action on some services: lists by kind, of ids or of objects with an id."""
    for entries in body.values():
        for entry in entries if is_list(entries) else ():
            if isinstance(entry, str):
                yield entry, {}
            elif is_object(entry):
                yield str(entry.get("id") or entry.get("application_id")), entry


def automatic(call: ApiCall) -> list[Entity]:
    """The services that `auto_deploy` of a kind deploys: those that use the image and follow it automatically."""
    kind, image = call.operation.segments[-2], call.sent.get("image_name")
    return [
        service
        for service in call.state.every(kind)
        if image
        and image_of(service) == image
        and service.value.get("auto_deploy")
        and service.above("organization") is call.target
    ]


def keep(entity: Entity, service: Service, at: datetime) -> None:
    """Makes an entity show what has been deployed."""
    if _at(entity, _TAGS) not in (None, service.version) and not service.from_git:
        *path, key = _TAGS[entity.kind]
        entity.value = _merged(entity.value, path, {key: service.version})
    commits: dict[Sequence[str], Json] = {}
    if service.from_git:
        commits[_REPOSITORIES[entity.kind]] = _shown_commit(service.name, service.version, at)
    if _has_values(entity):
        commits[_VALUES] = _shown_commit(service.name, service.values_commit, at)
    if commits:
        entity.facts[COMMITS] = commits


def when_shown(entity: Entity) -> Mapping[str, Any]:
    """The keys of a service that tell which commits are deployed."""
    value = entity.value
    for path, shown in entity.facts.get(COMMITS, {}).items():
        if _found(value, path) is not None:
            value = _merged(value, path, shown)
    return {} if value is entity.value else value


def _keys(service: Entity) -> list[str]:
    """The keys of deploy requests that name a version of this service."""
    main = "git_commit_id" if is_from_git(service) else _TAG_KEYS.get(service.kind)
    keys = [main] if main else []
    if _has_values(service):
        keys.append("values_override_git_commit_id")
    return [*keys, "action"] if service.kind == "terraform" else keys


def _has_values(service: Entity) -> bool:
    return _found(service.value, _VALUES) is not None


def _commit(service: Entity, path: Sequence[str]) -> str:
    """The deployed commit, before the first deployment a made-up head of the branch."""
    deployed: Json = service.facts.get(COMMITS, {}).get(path, {})
    head = hashlib.sha1(f"{service.id}/".encode(), usedforsecurity=False)
    return str(deployed.get("deployed_commit_id") or head.hexdigest())


def _shown_commit(name: str, sha: str, at: datetime) -> Json:
    about = commit(name, sha, at)
    return {
        "deployed_commit_id": about["git_commit_id"],
        "deployed_commit_date": about["created_at"],
        "deployed_commit_contributor": about["author_name"],
        "deployed_commit_tag": about["tag"],
    }


def _at(service: Entity, paths: Mapping[str, Sequence[str]]) -> Any:
    path = paths.get(service.kind)
    return _found(service.value, path) if path else None


def _found(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        value = value.get(key) if is_object(value) else None
    return value


def _merged(value: Json, path: Sequence[str], more: Json) -> Json:
    """The object with more keys in the object at the path. Nothing is changed in place."""
    if not path:
        return {**value, **more}
    first, *rest = path
    return {**value, first: _merged(value[first], rest, more)}
