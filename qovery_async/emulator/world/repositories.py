"""Which git repositories, branches and commits does an organization see? Those that its services come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from qovery_async.codec.plain import is_object
from qovery_async.emulator.facts.operations import operations
from qovery_async.emulator.life import history
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import git_sources, pages, versions
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity
from qovery_async.emulator.world.views import services_of

Json = dict[str, Any]

_LISTS = re.compile(r"(?:git|account)\.list_(github|gitlab|bitbucket)_(repositories|branches)")
# A new world's objects are this old.
_FIRST = datetime(2026, 1, 1, 9, tzinfo=UTC)


def services_below(entity: Entity) -> Iterator[Entity]:
    """All services of an organization or of all organizations below the root of the state."""
    if entity.kind == "environment":
        yield from services_of(entity)
        return
    for kind in ("organization", "project", "environment"):
        for child in entity.of_kind(kind):
            yield from services_below(child)


def handlers(life: Life) -> ApiHandlers:
    """The handlers that list repositories, their branches, commits and authors."""
    found: ApiHandlers = {}
    for operation in operations().values():
        if (listed := _LISTS.fullmatch(operation.call)) is not None:
            found[operation.call] = _listing(listed[1].upper(), _LISTED[listed[2]])
        elif operation.verb == "list_commits" and not operation.namespace.startswith("clusters"):
            found[operation.call] = _commits(life)
        elif operation.call.endswith(("git.list_auth_providers", "account.list_git_auth_providers")):
            found[operation.call] = _providers
    return {
        **found,
        "applications.list_contributors": _contributors(life),
        "services.get_git_webhook_status": _webhook,
        "services.sync_git_webhook": _webhook,
    }


def _repositories(call: ApiCall, provider: str | None = None) -> Iterator[Json]:
    """The repositories of the services that the caller sees, one for each service."""
    for service in services_below(call.target):
        found = versions.repository_of(service)
        if found is not None and provider in (None, found.get("provider")) and call.caller.sees(service):
            yield {**found, **git_sources.named_in(found["url"])}


def _repository(found: Json) -> Json:
    full = f"{found['owner']}/{found['name']}"
    return {"id": full, "name": full, "url": found["url"], "default_branch": "main", "is_private": True}


def _listing(provider: str, rows: Any) -> ApiHandler:
    def handler(call: ApiCall) -> ApiResponse:
        found: list[Json] = rows(_repositories(call, provider), call.query.get("name"))
        return ApiResponse(pages.enclosed(found, call.operation.response))

    return handler


def _as_repositories(found: Iterator[Json], _: str | None) -> list[Json]:
    return list({each["id"]: each for each in map(_repository, found)}.values())


def _as_branches(found: Iterator[Json], name: str | None) -> list[Json]:
    wanted = [each for each in found if name in (None, f"{each['owner']}/{each['name']}", each["name"])]
    names = ["main", *(each["branch"] for each in wanted if each.get("branch"))] if wanted else []
    return [{"name": branch} for branch in dict.fromkeys(names)]


_LISTED = {"repositories": _as_repositories, "branches": _as_branches}


def _providers(call: ApiCall) -> ApiResponse:
    found = {each["provider"]: each["owner"] for each in _repositories(call)}
    rows = [{"name": provider, "owner": owner, "use_bot": True} for provider, owner in found.items()]
    return ApiResponse(pages.enclosed(rows, call.operation.response))


def _webhook(call: ApiCall) -> ApiResponse:
    git = versions.repository_of(call.target) or {}
    status = "ACTIVE" if git else "NOT_CONFIGURED"
    return ApiResponse({"status": status, "provider": git.get("provider", "GITHUB")})


def _commits(life: Life) -> ApiHandler:
    def handler(call: ApiCall) -> ApiResponse:
        found = list(_commits_of(life, call.target))
        return ApiResponse(pages.enclosed(pages.page_of(found, call), call.operation.response))

    return handler


def _contributors(life: Life) -> ApiHandler:
    def handler(call: ApiCall) -> ApiResponse:
        names = dict.fromkeys(commit["author_name"] for commit in _commits_of(life, call.target))
        rows = [{"first_name": name.partition(" ")[0], "last_name": name.partition(" ")[2]} for name in names]
        return ApiResponse(pages.enclosed(rows, call.operation.response))

    return handler


def _commits_of(life: Life, service: Entity) -> Iterator[Json]:
    """The commits that were deployed, newest first; before the first deployment, the head of the branch."""
    if versions.repository_of(service) is None or service.parent is None:
        return
    seen: dict[str, Json] = {}
    for row in history.service_history_v2(life, service.parent.id, service.id)["results"]:
        details: Mapping[str, Any] = row.get("details") or {}
        commit = details.get("commit")
        if is_object(commit):
            seen.setdefault(commit["git_commit_id"], commit)
    head = versions.version_of(service)
    yield from seen.values() or [history.commit(service.value["name"], head, _FIRST)]
