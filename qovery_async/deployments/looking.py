"""Which requests show how an environment and its services stand?"""

from __future__ import annotations

from qovery_async.deployments.bodies import Details
from qovery_async.deployments.snapshot import EnvironmentSnapshot, snapshot_of
from qovery_async.resources.environments import Environments
from qovery_async.runtime.core import Core
from qovery_async.vocabulary import UnknownVariant


async def details_of(core: Core, environment_id: str) -> Details:
    """The services of an environment in full, by id; those of unknown kinds are left out.

    `GET /environment/{environmentId}/services`
    """
    services = await Environments(core).list_services(environment_id)
    return {service.id: service for service in services if not isinstance(service, UnknownVariant)}


async def snapshot(core: Core, environment_id: str, details: Details) -> EnvironmentSnapshot:
    """How an environment and its services stand now; `details` have the names of services.

    `GET /environment/{environmentId}/statusesWithStages`
    """
    statuses = await Environments(core).get_statuses_with_stages(environment_id)
    return snapshot_of(environment_id, statuses, {id_: detail.name for id_, detail in details.items()})
