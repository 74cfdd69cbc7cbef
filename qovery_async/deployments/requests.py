"""Which request asks for an action, and under which id does Qovery carry it out?"""

from __future__ import annotations

from qovery_async import models
from qovery_async.deployments.bodies import Details, Versions, deploy_body, ids_body, restart_body
from qovery_async.deployments.kinds import DeploymentAction
from qovery_async.deployments.snapshot import ServiceSnapshot
from qovery_async.resources.agentic_workflows import AgenticWorkflows
from qovery_async.resources.environments import Environments
from qovery_async.runtime.core import Core

WITHOUT_A_LIST = "AGENTIC_WORKFLOW"
"""The kind that the requests for several services leave out."""


async def ask_environment(core: Core, action: DeploymentAction, environment_id: str, *, force: bool) -> str | None:
    """Asks for an action on a whole environment. Returns the `deployment_request_id` where the API gives one."""
    environments = Environments(core)
    match action:
        case "deploy":
            return (await environments.deploy(environment_id)).deployment_request_id
        case "redeploy":
            return (await environments.redeploy(environment_id)).deployment_request_id
        case "stop":
            return (await environments.stop(environment_id)).deployment_request_id
        case "cancel":
            body = models.CancelEnvironmentDeploymentRequest(force_cancel=force)
            return (await environments.cancel_deployment(environment_id, body)).deployment_request_id
        case "uninstall":
            await environments.uninstall(environment_id)
        case "delete":
            await environments.delete(environment_id)
        case "restart":
            raise AssertionError("a restart names its services")
    return None


async def ask_services(
    core: Core,
    action: DeploymentAction,
    environment_id: str,
    services: list[ServiceSnapshot],
    *,
    versions: Versions,
    details: Details,
) -> str | None:
    """Asks for an action on some services of an environment, in one request. Returns the same."""
    environments = Environments(core)
    match action:
        case "deploy" | "redeploy":
            body = deploy_body(services, versions, details)
            return (await environments.deploy_services(environment_id, body)).deployment_request_id
        case "restart":
            return (await environments.restart_services(environment_id, restart_body(services))).deployment_request_id
        case "stop":
            await environments.stop_services(environment_id, ids_body(services))
        case "uninstall":
            await environments.uninstall_services(environment_id, ids_body(services))
        case "delete":
            await _delete(core, environment_id, services)
        case "cancel":
            raise AssertionError("a cancellation names no services")
    return None


async def _delete(core: Core, environment_id: str, services: list[ServiceSnapshot]) -> None:
    listed = [service for service in services if service.kind != WITHOUT_A_LIST]
    if listed:
        await Environments(core).delete_services(environment_id, ids_body(listed))
    for service in services:
        if service.kind == WITHOUT_A_LIST:
            await AgenticWorkflows(core).delete(service.id)
