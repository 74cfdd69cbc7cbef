"""What has to be deployed after variables have changed?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from qovery_async import models
from qovery_async.bulk import Bulk
from qovery_async.deployments.clusters import Deployments
from qovery_async.deployments.kinds import LISTS
from qovery_async.directory.failures import NothingFound
from qovery_async.resources.environments import Environments
from qovery_async.resources.services import Services
from qovery_async.runtime.core import Core
from qovery_async.variables.parents import VariablesParent
from qovery_async.vocabulary.values import frozen

_DOES_NOT_RUN = ("READY", "STOP", "DELET", "WAITING_STOP", "WAITING_DELET")
"""How the states begin of what does not run, and of what is about to stop."""


async def redeploy(core: Core, parent: VariablesParent, timeout: float, *, changed: bool) -> tuple[str, ...]:
    """Deploys what runs with the variables, and returns the ids of that: a service, an environment, or those of a project.

    Without `changed`, only what the API shows as out of date.

    Raises:
        DeploymentError: the deployment did not succeed.
        ExceptionGroup: those of some environments of a project did not.
    """
    deployments, environments = Deployments(core), Environments(core)
    match parent.noun:
        case "service":
            place = await _environment_of(core, parent)
            found = [status for status in _statuses(await environments.get_statuses(place)) if status.id == parent.id]
            if not any(_needs(status.state, status.service_deployment_status, changed=changed) for status in found):
                return ()
            service = _Service(parent.id, parent.scope, place)
            await deployments.redeploy_service(service, timeout=timeout)
            return (parent.id,)
        case "environment":
            states = [await environments.get_status(parent.id)]
        case _:
            states = await environments.list_statuses(parent.id)
    ids = [
        status.id
        for status in states
        if _needs(status.last_deployment_state, status.deployment_status, changed=changed)
    ]
    if parent.noun == "environment" and ids:
        await deployments.redeploy(parent.id, timeout=timeout)
    elif ids:
        await Bulk(core).map(partial(deployments.redeploy, timeout=timeout), ids, on_error="finish")
    return tuple(ids)


@frozen
class _Service:
    """What `client.deployments` needs to know of a service, so that it looks nothing up."""

    id: str
    kind: str
    environment_id: str


async def _environment_of(core: Core, parent: VariablesParent) -> str:
    if parent.environment_id:
        return parent.environment_id
    organization_id = await core.organization.id(core.exchange)
    for service in await Services(core).list(organization_id=organization_id):
        if service.id == parent.id:
            return service.environment_id
    raise NothingFound(f"organization {organization_id} has no service {parent.id}", name=parent.id)


def _statuses(every: models.EnvironmentStatuses) -> Iterator[models.Status]:
    for attribute in LISTS.values():
        found: list[models.Status] = getattr(every, attribute) or []
        yield from found


def _needs(state: str, deployed: str | None, *, changed: bool) -> bool:
    if deployed == "NEVER_DEPLOYED" or state.startswith(_DOES_NOT_RUN):
        return False
    return changed or deployed == "OUT_OF_DATE"
