"""Which deployment stages does an environment have, and which services are in each?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world import crud, pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.views import service_type, services_of

KIND = "deploymentStage"
# The stages of a new environment, and the kinds of services that are in each by default.
_DEFAULTS = {"DATABASE DEFAULT": ("database",), "JOB DEFAULT": ("job",), "CONTAINER DEFAULT": ()}
_REST = "CONTAINER DEFAULT"


def handlers() -> ApiHandlers:
    """The handlers of deployment stages."""
    return {
        "deployment_stages.list": _list,
        "deployment_stages.create": _create,
        "deployment_stages.get": _get,
        "deployment_stages.update": _update,
        "deployment_stages.delete": _delete,
        "deployment_stages.attach_service": _attach,
        "deployment_stages.move_before": lambda call: _move(call, 0),
        "deployment_stages.move_after": lambda call: _move(call, 1),
        "services.get_deployment_stage": lambda call: ApiResponse(
            _shown(call.state, stage_of(call.state, call.target))
        ),
    }


def stages_of(state: State, environment: Entity) -> Sequence[Entity]:
    """The stages in the order they run in. Creates the default stages if there are none."""
    if KIND not in environment.children:
        for name in _DEFAULTS:
            _make(state, environment, {"name": name})
    return sorted(environment.of_kind(KIND), key=lambda stage: stage.facts["order"])


def stage_of(state: State, service: Entity) -> Entity:
    """The stage of a service: the one it was attached to, else the default of its kind."""
    environment = service.parent
    if environment is None:
        raise Refusal(404, f"service {service.id} is in no environment")
    stages = stages_of(state, environment)
    chosen = next((stage for stage in stages if stage.id == service.facts.get("stage")), None)
    name = next((name for name, kinds in _DEFAULTS.items() if service.kind in kinds), _REST)
    return chosen or next((stage for stage in stages if stage.facts["default"] == name), stages[-1])


def is_skipped(service: Entity) -> bool:
    """Whether actions on the whole environment skip the service."""
    return bool(service.facts.get("is_skipped"))


def _make(state: State, environment: Entity, body: dict[str, Any]) -> Entity:
    order = len(environment.children.get(KIND, ())) + 1
    stage = crud.create(state, families().by_kind[KIND], environment, body)
    stage.facts |= {"order": order, "default": body["name"] if body["name"] in _DEFAULTS else None}
    return stage


def _shown(state: State, stage: Entity) -> dict[str, Any]:
    environment = stage.parent
    services = services_of(environment) if environment else iter(())
    attached = [
        {
            "id": service.id,
            "created_at": stage.value["created_at"],
            "service_id": service.id,
            "service_type": service_type(service),
            "is_skipped": is_skipped(service),
        }
        for service in services
        if stage_of(state, service) is stage
    ]
    return {**stage.value, "deployment_order": stage.facts["order"], "services": attached}


def _list(call: ApiCall) -> ApiResponse:
    return _all(call, call.target)


def _all(call: ApiCall, environment: Entity) -> ApiResponse:
    stages = [_shown(call.state, stage) for stage in stages_of(call.state, environment)]
    return ApiResponse(pages.enclosed(stages, call.operation.response))


def _create(call: ApiCall) -> ApiResponse:
    stages_of(call.state, call.target)
    return ApiResponse(_shown(call.state, _make(call.state, call.target, call.body)))


def _get(call: ApiCall) -> ApiResponse:
    return ApiResponse(_shown(call.state, call.target))


def _update(call: ApiCall) -> ApiResponse:
    stage = call.target
    sent = {key: value for key, value in call.body.items() if value is not None}
    stage.value = {**stage.value, "description": "", **sent, "updated_at": call.state.now()}
    return ApiResponse(_shown(call.state, stage))


def _delete(call: ApiCall) -> ApiResponse:
    stage = call.target
    if _shown(call.state, stage)["services"]:
        raise Refusal(400, "the deployment stage must be empty of services")
    environment = stage.parent
    if environment is not None and len(environment.of_kind(KIND)) == 1:
        raise Refusal(400, "the last deployment stage cannot be deleted")
    call.state.remove(stage)
    _renumber(stages_of(call.state, environment) if environment else ())
    return ApiResponse(status=204)


def _attach(call: ApiCall) -> ApiResponse:
    stage, service = call.entities["deploymentStageId"], call.entities["serviceId"]
    if stage.parent is None or service.parent is not stage.parent:
        raise Refusal(400, "the service is in another environment than the deployment stage")
    service.facts |= {"stage": stage.id, "is_skipped": call.sent.get("is_skipped", is_skipped(service))}
    return _all(call, stage.parent)


def _move(call: ApiCall, after: int) -> ApiResponse:
    stage, other = call.entities["deploymentStageId"], call.entities["stageId"]
    environment = stage.parent
    if environment is None or other.parent is not environment:
        raise Refusal(400, "the stages are in different environments")
    stages = [found for found in stages_of(call.state, environment) if found is not stage]
    if other is not stage:
        stages.insert(stages.index(other) + after, stage)
        _renumber(stages)
    return _all(call, environment)


def _renumber(stages: Sequence[Entity]) -> None:
    for order, stage in enumerate(stages, 1):
        stage.facts["order"] = order
