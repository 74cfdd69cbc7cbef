"""Which statuses of environments and services do operations return?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from qovery_async.emulator.life.actions import ERRORS, Action, Service
from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.queues import EnvironmentLife
from qovery_async.emulator.life.records import DeploymentRequest, DeploymentRun, Part, ServiceLife, StageRun
from qovery_async.models import (
    EnvironmentDeploymentStatusEnum,
    ServiceActionEnum,
    ServiceActionStatusEnum,
    ServiceDeploymentStatusEnum,
    ServiceSubActionEnum,
    StageStatusEnum,
    StateEnum,
    StepMetricStatusEnum,
)

Json = dict[str, Any]

LISTS: Final[Mapping[str, str]] = {
    "APPLICATION": "applications",
    "CONTAINER": "containers",
    "JOB": "jobs",
    "DATABASE": "databases",
    "HELM": "helms",
    "TERRAFORM": "terraforms",
    "AGENTIC_WORKFLOW": "agentic_workflows",
}
"""The key under which the statuses of a kind of service are listed. Other kinds are not listed."""

_BY_SEVERITY: Final = (
    *sorted(ERRORS),
    StateEnum.CANCELED,
    StateEnum.DEPLOYED,
    StateEnum.RESTARTED,
    StateEnum.STOPPED,
    StateEnum.DELETED,
)


def service_status(life: Life, environment_id: str, service_id: str) -> Json:
    """The `Status` of a service."""
    environment = life.environment(environment_id)
    return _service_status(life, environment, service_id, _waiting(life, environment))


def environment_status(life: Life, environment_id: str) -> Json:
    """The `EnvironmentStatus` of an environment."""
    environment = life.environment(environment_id)
    services = life.topology.services(environment_id)
    run = environment.latest
    status: Json = {
        "id": environment_id,
        "state": _environment_state(life, environment, services).value,
        "last_deployment_state": (StateEnum.READY if run is None else run.state).value,
        "deployment_status": _deployment_status(life, services).value,
    }
    if run is not None:
        status |= {
            "last_deployment_date": stamp(run.ended or run.began),
            "last_deployment_id": run.execution_id,
            "origin": run.request.trigger.origin,
            "triggered_by": run.request.trigger.user,
            "deployment_request_id": run.request.id,
        }
        if run.ended is not None:
            status["total_deployment_duration_in_seconds"] = whole_seconds(run.began, run.ended)
    return status


def environment_statuses(life: Life, environment_id: str) -> Json:
    """The `EnvironmentStatuses` of an environment and each of its services."""
    return {"environment": environment_status(life, environment_id)} | _lists(
        life, life.environment(environment_id), life.topology.services(environment_id)
    )


def statuses_with_stages(life: Life, environment_id: str) -> Json:
    """The `EnvironmentStatusesWithStages` of an environment, with services grouped by stage."""
    environment = life.environment(environment_id)
    run = environment.latest
    runs: Mapping[str, StageRun] = {} if run is None else {stage.stage.id: stage for stage in run.stages}
    services = life.topology.services(environment_id)
    stages: list[Json] = []
    for stage in life.topology.stages(environment_id):
        about: Json = {"id": stage.id, "name": stage.name, "description": stage.description}
        if run is not None:
            stage_run = runs.get(stage.id)
            about["status"] = (StageStatusEnum.SKIPPED if stage_run is None else stage_run.status).value
            if stage_run is not None and stage_run.began is not None and stage_run.ended is not None:
                about["steps"] = {
                    "stage_id": stage.id,
                    "total_duration_sec": whole_seconds(stage_run.began, stage_run.ended),
                    "details": [],
                }
        staged = [service for service in services if service.stage_id == stage.id]
        stages.append(_lists(life, environment, staged) | {"stage": about})
    statuses: Json = {"environment": environment_status(life, environment_id), "stages": stages}
    if run is not None:
        statuses["pre_check_stage"] = {"status": StepMetricStatusEnum.SUCCESS.value, "total_duration_sec": 0}
    return statuses


def request_status(life: Life, request_id: str) -> Json:
    """The `EnvDeploymentStatus` of a request. Raises `KeyError` if it does not exist."""
    request = life.request(request_id)
    return {
        "deployment_request_id": request.id,
        "environment_id": request.environment_id,
        "status": request.state.value,
    }


def accepted_service(life: Life, request: DeploymentRequest, service_id: str) -> Json:
    """The `Status` in the response to an accepted action, which does not wait for the lag."""
    return service_status(life, request.environment_id, service_id) | _accepted(request)


def accepted_environment(life: Life, request: DeploymentRequest) -> Json:
    """The `EnvironmentStatus` in the response to an accepted action or cancellation."""
    state = _accepted_state(request).value
    return environment_status(life, request.environment_id) | {
        "state": state,
        "last_deployment_state": state,
        "deployment_request_id": request.id,
    }


def accepted_environment_as_status(life: Life, request: DeploymentRequest) -> Json:
    """The `Status` in the response to deploying an environment or restarting some of its services."""
    never = _status(ServiceLife(), request.environment_id, is_part=False, waiting=0)
    environment = accepted_environment(life, request)
    of_services = {"service_deployment_status": environment["deployment_status"], "is_part_last_deployment": True}
    return never | environment | _accepted(request) | of_services


def status_details(part: Part | None) -> Json:
    """The `StatusDetails` of the last action on a service."""
    action = None if part is None else part.run.request.action
    return {
        "action": (ServiceActionEnum.UNKNOWN if action is None else action.of_service).value,
        "status": (ServiceActionStatusEnum.NEVER if part is None else part.status).value,
        "sub_action": _sub_action(action, None if part is None else part.service).value,
    }


def queued_details(request: DeploymentRequest, service: Service | None = None) -> Json:
    """The `StatusDetails` of a service whose request is queued."""
    return {
        "action": request.action.of_service.value,
        "status": ServiceActionStatusEnum.QUEUED.value,
        "sub_action": _sub_action(request.action, service).value,
    }


def whole_seconds(began: datetime, ended: datetime) -> int:
    """A duration in whole seconds, rounded up as the API does."""
    return math.ceil((ended - began).total_seconds())


def _waiting(life: Life, environment: EnvironmentLife) -> Counter[str]:
    """How many queued requests affect each service."""
    return Counter(
        service.id for request in environment.waiting for _, services in life.targets(request) for service in services
    )


def _lists(life: Life, environment: EnvironmentLife, services: Iterable[Service]) -> Json:
    waiting = _waiting(life, environment)
    lists: dict[str, list[Json]] = {name: [] for name in LISTS.values()}
    for service in services:
        if service.kind in LISTS:
            lists[LISTS[service.kind]].append(_service_status(life, environment, service.id, waiting))
    return dict(lists)


def _service_status(life: Life, environment: EnvironmentLife, service_id: str, waiting: Counter[str]) -> Json:
    record = life.service(service_id)
    is_part = record.part is not None and record.part.run is environment.latest
    return _status(record, service_id, is_part=is_part, waiting=waiting[service_id])


def _status(record: ServiceLife, id_: str, *, is_part: bool, waiting: int) -> Json:
    part = record.part
    status: Json = {
        "id": id_,
        "state": record.state.value,
        "service_deployment_status": _service_deployment_status(record).value,
        "is_part_last_deployment": is_part,
        "status_details": status_details(part),
        "deployment_request_id": None if part is None else part.run.request.id,
        "deployment_requests_count": waiting,
    }
    if part is not None:
        status |= {
            "execution_id": part.run.execution_id,
            "last_deployment_date": stamp(part.ended or part.began or part.run.began),
            "steps": _steps(part),
        }
    return status


def _steps(part: Part) -> Json:
    details = [
        {
            "step_name": step.name.value,
            "status": step.status.value,
            "duration_sec": whole_seconds(step.began, step.ended),
        }
        for step in part.steps
        if step.ended is not None and step.status is not None
    ]
    total = None if part.began is None or part.ended is None else whole_seconds(part.began, part.ended)
    return {
        "total_duration_sec": total,
        "total_computing_duration_sec": sum(
            whole_seconds(step.began, step.ended) for step in part.steps if step.ended is not None
        ),
        "details": details,
    }


def _accepted_state(request: DeploymentRequest) -> StateEnum:
    return StateEnum.CANCELING if request.cancel_asked else request.states.queued


def _accepted(request: DeploymentRequest) -> Json:
    return {
        "state": _accepted_state(request).value,
        "status_details": queued_details(request),
        "deployment_request_id": request.id,
        "deployment_requests_count": 1,
    }


def _environment_state(life: Life, environment: EnvironmentLife, services: Iterable[Service]) -> StateEnum:
    """The state of an environment: that of the run on all of it, else the most severe one of its services."""
    run: DeploymentRun | None = environment.latest
    if run is None:
        return StateEnum.READY
    if run.outcome is None or run.request.whole:
        return run.state
    states = {life.service(service.id).state for service in services if not service.skipped}
    return next((state for state in _BY_SEVERITY if state in states), StateEnum.READY)


def _service_deployment_status(record: ServiceLife) -> ServiceDeploymentStatusEnum:
    if not record.deployed:
        return ServiceDeploymentStatusEnum.NEVER_DEPLOYED
    return ServiceDeploymentStatusEnum.OUT_OF_DATE if record.outdated else ServiceDeploymentStatusEnum.UP_TO_DATE


def _deployment_status(life: Life, services: Iterable[Service]) -> EnvironmentDeploymentStatusEnum:
    found = {_service_deployment_status(life.service(service.id)) for service in services if not service.skipped}
    if found <= {ServiceDeploymentStatusEnum.NEVER_DEPLOYED}:
        return EnvironmentDeploymentStatusEnum.NEVER_DEPLOYED
    if found == {ServiceDeploymentStatusEnum.UP_TO_DATE}:
        return EnvironmentDeploymentStatusEnum.UP_TO_DATE
    return EnvironmentDeploymentStatusEnum.OUT_OF_DATE


def _sub_action(action: Action | None, service: Service | None) -> ServiceSubActionEnum:
    if service is None or service.kind != "TERRAFORM" or action is None:
        return ServiceSubActionEnum.NONE
    if action is Action.DEPLOY:
        return service.sub_action or ServiceSubActionEnum.TERRAFORM_PLAN_AND_APPLY
    return ServiceSubActionEnum.TERRAFORM_DESTROY if action.takes_skipped else ServiceSubActionEnum.NONE
