"""What do the operations on deployments of environments and services, their statuses, histories and queues do?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from qovery_async.emulator.facts.operations import ApiOperation, operations
from qovery_async.emulator.facts.refusals import Refusal, not_found
from qovery_async.emulator.life import history, logs, statuses
from qovery_async.emulator.life.actions import Action, ActionRefused, Wanted
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.records import DeploymentRequest
from qovery_async.emulator.world import crud, inventions, versions
from qovery_async.emulator.world.auditing import trigger_of
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity
from qovery_async.emulator.world.topology import service_of
from qovery_async.emulator.world.views import services_of

T = TypeVar("T")

_SERVICES = ("applications", "containers", "databases", "jobs", "helms", "terraforms", "agentic_workflows")
_ACTIONS = {
    "deploy": Action.DEPLOY,
    "redeploy": Action.DEPLOY,
    "stop": Action.STOP,
    "restart": Action.RESTART,
    "uninstall": Action.UNINSTALL,
    "delete": Action.DELETE,
}
_PAGE_SIZE = 20


def handlers(life: Life) -> ApiHandlers:
    """The handlers that deploy, stop and delete environments and services."""
    return {
        "containers.auto_deploy": _auto_deploy(life),
        "jobs.auto_deploy": _auto_deploy(life),
        **_of_environments(life),
        **_of_services(life),
        **_of_queue(life),
    }


def _of_environments(life: Life) -> ApiHandlers:
    def act(action: Action) -> Callable[[ApiCall], DeploymentRequest]:
        return lambda call: accepted(lambda: life.act(call.target.id, action, trigger_of(call)))

    def act_on_some(action: Action) -> Callable[[ApiCall], DeploymentRequest]:
        def handler(call: ApiCall) -> DeploymentRequest:
            wanted = _named(call)
            return accepted(lambda: life.act(call.target.id, action, trigger_of(call), wanted, wanted))

        return handler

    def cancel(call: ApiCall) -> DeploymentRequest:
        environment, force = call.target.above("environment") or call.target, bool(call.sent.get("force_cancel"))
        return accepted(lambda: life.cancel(environment.id, force=force))

    def delete(call: ApiCall) -> ApiResponse:
        # Deleting takes time only if something was deployed.
        if any(life.service(service.id).deployed for service in services_of(call.target)):
            act(Action.DELETE)(call)
        else:
            call.state.remove(call.target)
        return ApiResponse()

    def as_environment(request: Callable[[ApiCall], DeploymentRequest]) -> ApiHandler:
        return lambda call: ApiResponse(statuses.accepted_environment(life, request(call)))

    def as_status(request: Callable[[ApiCall], DeploymentRequest]) -> ApiHandler:
        return lambda call: ApiResponse(statuses.accepted_environment_as_status(life, request(call)))

    def silently(request: Callable[[ApiCall], DeploymentRequest]) -> ApiHandler:
        return lambda call: (request(call), ApiResponse())[1]

    return {
        "agentic_workflows.cancel_deployment": silently(cancel),
        "environments.deploy": as_status(act(Action.DEPLOY)),
        "environments.redeploy": as_environment(act(Action.DEPLOY)),
        "environments.stop": as_environment(act(Action.STOP)),
        "environments.uninstall": lambda call: (act(Action.UNINSTALL)(call), ApiResponse({}))[1],
        "environments.delete": delete,
        "environments.cancel_deployment": as_environment(cancel),
        "environments.deploy_services": as_environment(act_on_some(Action.DEPLOY)),
        "environments.restart_services": as_status(act_on_some(Action.RESTART)),
        "environments.stop_services": silently(act_on_some(Action.STOP)),
        "environments.delete_services": silently(act_on_some(Action.DELETE)),
        "environments.uninstall_services": silently(act_on_some(Action.UNINSTALL)),
        "environments.get_status": lambda call: ApiResponse(statuses.environment_status(life, call.target.id)),
        "environments.get_statuses": lambda call: ApiResponse(statuses.environment_statuses(life, call.target.id)),
        "environments.get_statuses_with_stages": lambda c: ApiResponse(
            statuses.statuses_with_stages(life, c.target.id)
        ),
        "environments.list_statuses": lambda call: ApiResponse(
            {"results": [statuses.environment_status(life, e.id) for e in call.target.of_kind("environment")]}
        ),
        "environments.list_deployment_history": lambda call: ApiResponse(
            history.environment_history(life, call.target.id, start_id=call.query.get("startId"))
        ),
        "environments.list_deployment_history_v2": lambda call: ApiResponse(
            history.environment_history_v2(life, call.target.id, size=_size(call))
        ),
        "environments.list_logs": lambda call: ApiResponse({"results": logs.environment_logs(life, call.target.id)}),
        "environments.list_deployment_logs": lambda call: ApiResponse(
            logs.deployment_logs(life, call.target.id, call.query.get("version"))
        ),
    }


def _of_services(life: Life) -> ApiHandlers:
    reads: dict[str, Callable[[ApiCall, Entity, Entity], Any]] = {
        "get_status": lambda _, environment, service: statuses.service_status(life, environment.id, service.id),
        "list_deployment_history": lambda call, environment, service: history.service_history(
            life, environment.id, service.id, start_id=call.query.get("startId")
        ),
        "list_deployment_history_v2": lambda call, environment, service: history.service_history_v2(
            life, environment.id, service.id, size=_size(call)
        ),
        "list_logs": lambda call, _, service: {"results": logs.service_logs(life, service_of(call.state, service))},
    }
    found: ApiHandlers = {}
    for operation in operations().values():
        if operation.namespace not in _SERVICES:
            continue
        if operation.verb in _ACTIONS:
            found[operation.call] = _service_action(life, _ACTIONS[operation.verb])
        elif operation.verb in reads:
            found[operation.call] = _service_read(reads[operation.verb])
        elif operation.verb == "list_statuses":
            found[operation.call] = _service_list(life, operation)
        elif operation.verb == "update":
            found[operation.call] = _service_update(life, operation)
    return found


def _service_action(life: Life, action: Action) -> ApiHandler:
    def handler(call: ApiCall) -> ApiResponse:
        service, environment = call.target, _environment_of(call.target)
        if action in (Action.DELETE, Action.UNINSTALL) and not life.service(service.id).deployed:
            if action is Action.DELETE:
                call.state.remove(service)
            return ApiResponse(status=204)
        wanted = {service.id: versions.wanted(service, call.sent if action is Action.DEPLOY else {})}
        request = accepted(lambda: life.act(environment.id, action, trigger_of(call), wanted, wanted))
        if call.operation.response.type is None:
            return ApiResponse()
        return ApiResponse(statuses.accepted_service(life, request, service.id))

    return handler


def _auto_deploy(life: Life) -> ApiHandler:
    def handler(call: ApiCall) -> ApiResponse:
        wanted = Wanted(version=call.sent.get("tag"))
        accepted: list[dict[str, Any]] = []
        for service in versions.automatic(call):
            environment, by = _environment_of(service), trigger_of(call)
            request = life.act(environment.id, Action.DEPLOY, by, [service.id], {service.id: wanted})
            accepted.append(statuses.accepted_service(life, request, service.id))
        return ApiResponse(accepted[0]) if accepted else inventions.sampled(call)

    return handler


def _service_read(read: Callable[[ApiCall, Entity, Entity], Any]) -> ApiHandler:
    return lambda call: ApiResponse(read(call, _environment_of(call.target), call.target))


def _service_list(life: Life, operation: ApiOperation) -> ApiHandler:
    kind = operation.path.split("/")[-2]

    def handler(call: ApiCall) -> ApiResponse:
        services = call.target.of_kind(kind)
        found = [statuses.service_status(life, call.target.id, service.id) for service in services]
        return ApiResponse({"results": found})

    return handler


def _service_update(life: Life, operation: ApiOperation) -> ApiHandler:
    replace = crud.handler(operation)

    def handler(call: ApiCall) -> ApiResponse:
        response = replace(call)
        life.changed(call.target.id)
        return response

    return handler


def _of_queue(life: Life) -> ApiHandlers:
    def cancel(call: ApiCall) -> ApiResponse:
        id_ = call.path["deploymentRequestId"]
        force = bool(call.sent.get("force_cancel"))
        _known(id_, lambda: accepted(lambda: life.cancel_request(id_, force=force)))
        return ApiResponse()

    def status(call: ApiCall) -> ApiResponse:
        id_ = call.query["deploymentRequestId"]
        return ApiResponse(_known(id_, lambda: statuses.request_status(life, id_)))

    return {
        "deployment_queue.cancel": cancel,
        "deployment_queue.get_status": status,
        "deployment_queue.list_for_environment": lambda c: ApiResponse(history.environment_queue(life, c.target.id)),
        "deployment_queue.list_for_service": lambda c: ApiResponse(
            history.service_queue(life, _environment_of(c.target).id, c.target.id)
        ),
    }


def _environment_of(service: Entity) -> Entity:
    if service.parent is None:
        raise not_found("environment of service", service.id)
    return service.parent


def _size(call: ApiCall) -> int:
    return int(call.query.get("pageSize") or _PAGE_SIZE)


def accepted(act: Callable[[], T]) -> T:
    """What an action returns; 409 if it is impossible in the current state."""
    try:
        return act()
    except ActionRefused as refusal:
        raise Refusal(409, str(refusal)) from refusal


def _known(id_: str, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except KeyError:
        raise not_found("deployment request", id_) from None


def _named(call: ApiCall) -> dict[str, Wanted]:
    """The services in a body, with their versions.

    Raises:
        Refusal: 404 if a service is not in the environment.
    """
    here = {service.id: service for service in services_of(call.target)}
    found: dict[str, Wanted] = {}
    for id_, entry in versions.named_in(call.sent):
        if id_ not in here:
            raise not_found("service", id_)
        found[id_] = versions.wanted(here[id_], entry)
    return found
