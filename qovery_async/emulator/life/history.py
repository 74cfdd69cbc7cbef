"""Which objects do the operations on deployment history and queue return?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qovery_async.emulator.life.actions import ERRORS, Service
from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.records import DeploymentRequest, DeploymentRun, Part, StageRun
from qovery_async.emulator.life.statuses import queued_details, status_details
from qovery_async.models import (
    DeploymentHistoryActionStatus,
    DeploymentHistoryStatusEnum,
    DeploymentHistoryTriggerAction,
    ServiceSubActionEnum,
    StageStatusEnum,
    StateEnum,
)

Json = dict[str, Any]

_V1_LISTS = {
    "APPLICATION": "applications",
    "CONTAINER": "containers",
    "DATABASE": "databases",
    "JOB": "jobs",
    "HELM": "helms",
}
_TERRAFORM = {
    ServiceSubActionEnum.TERRAFORM_PLAN_ONLY: DeploymentHistoryTriggerAction.DEPLOY_DRY_RUN,
    ServiceSubActionEnum.TERRAFORM_FORCE_UNLOCK_STATE: DeploymentHistoryTriggerAction.TERRAFORM_FORCE_UNLOCK,
    ServiceSubActionEnum.TERRAFORM_MIGRATE_STATE: DeploymentHistoryTriggerAction.TERRAFORM_MIGRATE_STATE,
}


def environment_history(life: Life, environment_id: str, *, start_id: str | None = None, size: int = 20) -> Json:
    """A page of `DeploymentHistoryEnvironment`, newest first, after the one with the id `start_id`."""
    return _page([_environment_v1(run) for run in _runs(life, environment_id)], start_id, size)


def environment_history_v2(life: Life, environment_id: str, *, size: int = 20) -> Json:
    """A page of `DeploymentHistoryEnvironmentV2`, newest first."""
    return _page([_environment_v2(run, life.clock.now()) for run in _runs(life, environment_id)], None, size)


def service_history(
    life: Life, environment_id: str, service_id: str, *, start_id: str | None = None, size: int = 20
) -> Json:
    """A page of `DeploymentHistory` for applications, else of `DeploymentHistoryContainer` or a similar type."""
    return _page(
        [
            _service_v1(part, id_=part.run.request.id)
            | ({"status": _verdict(part.state)} if part.service.kind == "APPLICATION" else {})
            for part in _parts(life, environment_id, service_id)
        ],
        start_id,
        size,
    )


def service_history_v2(life: Life, environment_id: str, service_id: str, *, size: int = 20) -> Json:
    """A page of `DeploymentHistoryService`, newest first."""
    now = life.clock.now()
    return _page([_service_v2(part, now) for part in _parts(life, environment_id, service_id)], None, size)


def environment_queue(life: Life, environment_id: str) -> Json:
    """All `QueuedDeploymentRequestWithStages` of an environment."""
    return {"results": [_queued(life, request) for request in life.environment(environment_id).waiting]}


def service_queue(life: Life, environment_id: str, service_id: str) -> Json:
    """All `QueuedDeploymentRequestForService` of a service."""
    return {
        "results": [
            {
                "identifier": {"deployment_request_id": request.id} | _identifier(service),
                "auditing_data": _trigger(request),
                "status_details": queued_details(request, service),
                "icon_uri": service.icon,
            }
            for request in life.environment(environment_id).waiting
            for _, services in life.targets(request)
            for service in services
            if service.id == service_id
        ]
    }


def commit(name: str, sha: str, at: datetime) -> Json:
    """The `Commit` that a service with this name is deployed with."""
    return {
        "created_at": stamp(at),
        "git_commit_id": sha,
        "tag": sha[:7],
        "message": f"Change {name}",
        "author_name": "Ada Lovelace",
    }


def _runs(life: Life, environment_id: str) -> list[DeploymentRun]:
    environment = life.environment(environment_id)
    going = [] if environment.execution is None else [environment.execution.run]
    return [*going, *reversed(environment.past)]


def _parts(life: Life, environment_id: str, service_id: str) -> list[Part]:
    return [part for run in _runs(life, environment_id) for part in run.parts if part.service.id == service_id]


def _page(items: Sequence[Json], start_id: str | None, size: int) -> Json:
    ids = [item.get("id") for item in items]
    first = ids.index(start_id) + 1 if start_id is not None and start_id in ids else 0
    return {"page": 1, "page_size": size, "results": list(items[first : first + size])}


def _environment_v1(run: DeploymentRun) -> Json:
    lists: dict[str, list[Json]] = {name: [] for name in _V1_LISTS.values()}
    for part in run.parts:
        if part.service.kind in _V1_LISTS:
            lists[_V1_LISTS[part.service.kind]].append(_service_v1(part, id_=part.service.id))
    return {
        "id": run.request.id,
        "created_at": stamp(run.began),
        "updated_at": stamp(run.ended or run.began),
        "status": run.state.value,
        "origin": run.request.trigger.origin,
        "triggered_by": run.request.trigger.user,
        **lists,
    }


def _service_v1(part: Part, *, id_: str) -> Json:
    service = part.service
    item: Json = {
        "id": id_,
        "created_at": stamp(part.run.began),
        "updated_at": stamp(part.ended or part.began or part.run.began),
        "name": service.name,
        "status": part.state.value,
    }
    if service.from_git:
        item["commit"] = commit(service.name, service.version, part.run.began)
    if service.kind == "HELM" and not service.from_git:
        item["repository"] = {"chart_name": service.image, "chart_version": service.version}
    elif service.kind in {"CONTAINER", "JOB"}:
        item |= {"image_name": service.image, "tag": service.version, "arguments": []}
    return item


def _environment_v2(run: DeploymentRun, now: datetime) -> Json:
    return {
        "identifier": {"execution_id": run.execution_id, "environment_id": run.request.environment_id},
        "auditing_data": _audit(run.request, run.began, run.ended or now),
        "status": run.state.value,
        "trigger_action": _trigger_action(run.request, [part.service for part in run.parts]),
        "total_duration": _duration(run.began, run.ended or now),
        "stages": [_stage_v2(stage, now) for stage in run.stages],
        "action_status": _action_status(run).value,
    }


def _stage_v2(stage: StageRun, now: datetime) -> Json:
    began = stage.began or now
    return {
        "name": stage.stage.name,
        "status": stage.status.value,
        "duration": _duration(began, stage.ended or now),
        "services": [_service_v2(part, now) for part in stage.parts],
    }


def _service_v2(part: Part, now: datetime) -> Json:
    began, ended = part.began or part.run.began, part.ended or now
    return {
        "identifier": _identifier(part.service) | {"execution_id": part.run.execution_id},
        "status": part.state.value,
        "auditing_data": _audit(part.run.request, began, ended),
        "details": _details(part),
        "status_details": status_details(part),
        "icon_uri": part.service.icon,
        "total_duration": _duration(began, ended),
    }


def _details(part: Part) -> Json:
    service = part.service
    image: Json = {"image_name": service.image, "tag": service.version}
    built: Json = {}
    if service.from_git:
        built["commit"] = commit(service.name, service.version, part.run.began)
    if service.is_built:
        built["build_pod_name"] = f"build-{part.run.execution_id}-0"
    if service.kind == "CONTAINER":
        return image | {"arguments": []}
    if service.kind == "JOB":
        return image | {"job_type": service.job_type} | built
    if service.kind == "HELM" and not service.from_git:
        return {"repository": {"chart_name": service.image, "chart_version": service.version}}
    return built


def _queued(life: Life, request: DeploymentRequest) -> Json:
    targets = life.targets(request)
    return {
        "identifier": {"deployment_request_id": request.id, "environment_id": request.environment_id},
        "auditing_data": _trigger(request),
        "trigger_action": _trigger_action(request, [service for _, services in targets for service in services]),
        "stages": [
            {
                "name": stage.name,
                "status": StageStatusEnum.QUEUED.value,
                "services": [_queued_service(service) for service in services],
            }
            for stage, services in targets
        ],
    }


def _trigger_action(request: DeploymentRequest, services: Sequence[Service]) -> str:
    """The `DeploymentHistoryTriggerAction`: of Terraform's own if all services do the same one."""
    special = {_TERRAFORM.get(service.sub_action) if service.sub_action else None for service in services}
    only = special.pop() if len(special) == 1 else None
    return (only or DeploymentHistoryTriggerAction(request.action.value)).value


def _queued_service(service: Service) -> Json:
    job: Json = {"details": {"job_type": service.job_type}} if service.kind == "JOB" else {}
    return {
        "identifier": _identifier(service),
        "status": StageStatusEnum.QUEUED.value,
        "icon_uri": service.icon,
    } | job


def _identifier(service: Service) -> Json:
    return {"service_id": service.id, "service_type": service.kind, "name": service.name}


def _trigger(request: DeploymentRequest) -> Json:
    return {"triggered_by": request.trigger.user, "origin": request.trigger.origin}


def _audit(request: DeploymentRequest, began: datetime, ended: datetime) -> Json:
    return _trigger(request) | {"created_at": stamp(began), "updated_at": stamp(ended)}


def _duration(began: datetime, ended: datetime) -> str:
    return f"PT{(ended - began).total_seconds():g}S"


def _verdict(state: StateEnum) -> str:
    failed = state in ERRORS or state is StateEnum.CANCELED
    return (DeploymentHistoryStatusEnum.FAILED if failed else DeploymentHistoryStatusEnum.SUCCESS).value


def _action_status(run: DeploymentRun) -> DeploymentHistoryActionStatus:
    if run.outcome is None:
        if run.canceling:
            return DeploymentHistoryActionStatus.CANCELING
        begun = any(stage.began is not None for stage in run.stages)
        return DeploymentHistoryActionStatus.ONGOING if begun else DeploymentHistoryActionStatus.QUEUED
    if run.outcome is StateEnum.CANCELED:
        return DeploymentHistoryActionStatus.CANCELED
    return DeploymentHistoryActionStatus.ERROR if run.outcome in ERRORS else DeploymentHistoryActionStatus.SUCCESS
