"""In which order are the services of an environment deployed?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.refusals import Problem
from qovery_async.emulator.world import crud
from qovery_async.emulator.world.calls import Behaviours, Call, Reply
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.views import service_type, services_of

KIND = "deploymentStage"
# What Qovery gives a new environment, and which services go into which.
_DEFAULTS = {"DATABASE DEFAULT": ("database",), "JOB DEFAULT": ("job",), "CONTAINER DEFAULT": ()}
_REST = "CONTAINER DEFAULT"


def behaviours() -> Behaviours:
    return {
        "deployment_stages.list": _list,
        "deployment_stages.create": _create,
        "deployment_stages.get": _get,
        "deployment_stages.update": _update,
        "deployment_stages.delete": _delete,
        "deployment_stages.attach_service": _attach,
        "deployment_stages.move_before": lambda call: _move(call, 0),
        "deployment_stages.move_after": lambda call: _move(call, 1),
        "services.get_deployment_stage": lambda call: Reply(_shown(call.state, stage_of(call.state, call.target))),
    }


def stages_of(state: State, environment: Entity) -> Sequence[Entity]:
    """The stages in the order they run in; the default ones are there from the beginning."""
    if KIND not in environment.children:
        for name in _DEFAULTS:
            _make(state, environment, {"name": name})
    return sorted(environment.of_kind(KIND), key=lambda stage: stage.facts["order"])


def stage_of(state: State, service: Entity) -> Entity:
    """The stage that a service is deployed in: the one it was put into, else the default of its kind."""
    environment = service.parent
    if environment is None:
        raise Problem(404, f"service {service.id} is in no environment")
    stages = stages_of(state, environment)
    chosen = next((stage for stage in stages if stage.id == service.facts.get("stage")), None)
    name = next((name for name, kinds in _DEFAULTS.items() if service.kind in kinds), _REST)
    return chosen or next((stage for stage in stages if stage.facts["default"] == name), stages[-1])


def is_skipped(service: Entity) -> bool:
    """Whether what is done to the whole environment leaves the service out."""
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


def _list(call: Call) -> Reply:
    return _all(call, call.target)


def _all(call: Call, environment: Entity) -> Reply:
    stages = [_shown(call.state, stage) for stage in stages_of(call.state, environment)]
    return Reply(crud.enclosed(stages, call.operation.answer))


def _create(call: Call) -> Reply:
    stages_of(call.state, call.target)
    return Reply(_shown(call.state, _make(call.state, call.target, call.body)))


def _get(call: Call) -> Reply:
    return Reply(_shown(call.state, call.target))


def _update(call: Call) -> Reply:
    stage = call.target
    stage.value = {**stage.value, "description": "", **call.body, "updated_at": call.state.now()}
    return Reply(_shown(call.state, stage))


def _delete(call: Call) -> Reply:
    stage = call.target
    if _shown(call.state, stage)["services"]:
        raise Problem(400, "the deployment stage must be empty of services")
    environment = stage.parent
    if environment is not None and len(environment.of_kind(KIND)) == 1:
        raise Problem(400, "the last deployment stage cannot be deleted")
    call.state.remove(stage)
    _number(stages_of(call.state, environment) if environment else ())
    return Reply(status=204)


def _attach(call: Call) -> Reply:
    stage, service = call.entities["deploymentStageId"], call.entities["serviceId"]
    if stage.parent is None or service.parent is not stage.parent:
        raise Problem(400, "the service is in another environment than the deployment stage")
    service.facts |= {"stage": stage.id, "is_skipped": call.sent.get("is_skipped", is_skipped(service))}
    return _all(call, stage.parent)


def _move(call: Call, after: int) -> Reply:
    stage, other = call.entities["deploymentStageId"], call.entities["stageId"]
    environment = stage.parent
    if environment is None or other.parent is not environment:
        raise Problem(400, "the stages are in different environments")
    stages = [found for found in stages_of(call.state, environment) if found is not stage]
    if other is not stage:
        stages.insert(stages.index(other) + after, stage)
        _number(stages)
    return _all(call, environment)


def _number(stages: Sequence[Entity]) -> None:
    for order, stage in enumerate(stages, 1):
        stage.facts["order"] = order
