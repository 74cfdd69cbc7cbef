"""What does an event say about a deployment?

In the shape that Qovery's documentation has, which names no Helm charts and no Terraform services.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qovery_async.emulator.life.actions import ERRORS, Service
from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.records import DeploymentRequest, DeploymentRun
from qovery_async.emulator.world.state import Entity
from qovery_async.models import OrganizationWebhookEventEnum, StateEnum

_LOGS = 100
_LISTS: Mapping[str, str] = {
    "applications": "APPLICATION",
    "databases": "DATABASE",
    "containers": "CONTAINER",
    "jobs": "JOB",
}
_SAID: Mapping[OrganizationWebhookEventEnum, str] = {
    OrganizationWebhookEventEnum.DEPLOYMENT_STARTED: "has started",
    OrganizationWebhookEventEnum.DEPLOYMENT_CANCELLED: "was cancelled",
    OrganizationWebhookEventEnum.DEPLOYMENT_FAILURE: "has failed",
    OrganizationWebhookEventEnum.DEPLOYMENT_SUCCESSFUL: "was successful",
}


def end_of(run: DeploymentRun) -> OrganizationWebhookEventEnum:
    """The event of a run that has ended."""
    if run.outcome is StateEnum.CANCELED:
        return OrganizationWebhookEventEnum.DEPLOYMENT_CANCELLED
    failed = run.outcome in ERRORS
    events = OrganizationWebhookEventEnum
    return events.DEPLOYMENT_FAILURE if failed else events.DEPLOYMENT_SUCCESSFUL


def standard(
    event: OrganizationWebhookEventEnum, life: Life, request: DeploymentRequest, environment: Entity
) -> dict[str, Any]:
    """The body of a STANDARD webhook."""
    run = request.run
    services = [part.service for part in run.parts] if run else _targets(life, request)
    value = environment.value
    where = {kind: _named(environment.above(kind)) for kind in ("organization", "project")}
    return {
        "created_at": stamp(life.clock.now()),
        "event_type": event.value,
        "payload_type": "DEPLOYMENT",
        "payload_id": request.id,
        "payload": {
            "id": request.id,
            "deployment_id": run.execution_id if run else None,
            "current_status": request.state.value,
            "desired_status": request.states.done.value,
            **where,
            "environment": {key: value.get(key) for key in ("id", "name", "mode", "cluster_id", "cluster_name")},
            **{key: [_shown(one) for one in services if one.kind == kind] for key, kind in _LISTS.items()},
            "logs": [entry.message for entry in run.entries[-_LOGS:]] if run and run.outcome else None,
        },
    }


def slack(event: OrganizationWebhookEventEnum, request: DeploymentRequest, environment: Entity) -> dict[str, Any]:
    """The body of a SLACK webhook: a message."""
    place = "/".join(str(above.value.get("name")) for above in (environment.above("project"), environment) if above)
    by = request.trigger.user
    return {"text": f"{request.action.capitalize()} of *{place}* by {by} {_SAID[event]}: {request.state.value}"}


def _targets(life: Life, request: DeploymentRequest) -> Iterable[Service]:
    return [service for _, services in life.targets(request) for service in services]


def _named(entity: Entity | None) -> dict[str, Any]:
    return {"id": entity.id, "name": entity.value.get("name")} if entity else {}


def _shown(service: Service) -> dict[str, Any]:
    return {"id": service.id, "name": service.name}
