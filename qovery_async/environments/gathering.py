"""Which requests tell how an environment is set up?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from qovery_async import models
from qovery_async.bulk import Bulk
from qovery_async.environments.document import FORMAT
from qovery_async.environments.hiding import with_hidden
from qovery_async.resources.applications import Applications
from qovery_async.resources.containers import Containers
from qovery_async.resources.deployment_stages import DeploymentStages
from qovery_async.resources.environments import Environments
from qovery_async.resources.helms import Helms
from qovery_async.resources.jobs import Jobs
from qovery_async.resources.terraforms import Terraforms
from qovery_async.resources.variables import Variables
from qovery_async.runtime.core import Core
from qovery_async.secrecy.masking import MASK
from qovery_async.vocabulary import Model

Part = Callable[[Core, str], Awaitable[Model | Sequence[Model]]]

_PARTS: Final[Mapping[str, Mapping[str, Part]]] = {
    "APPLICATION": {
        "advanced_settings": lambda core, id_: Applications(core).advanced_settings.get(id_),
        "network": lambda core, id_: Applications(core).network.get(id_),
        "domains": lambda core, id_: Applications(core).custom_domains.list(id_),
        "deployment_restrictions": lambda core, id_: Applications(core).deployment_restrictions.list(id_),
    },
    "CONTAINER": {
        "advanced_settings": lambda core, id_: Containers(core).advanced_settings.get(id_),
        "network": lambda core, id_: Containers(core).network.get(id_),
        "domains": lambda core, id_: Containers(core).custom_domains.list(id_),
    },
    "JOB": {
        "advanced_settings": lambda core, id_: Jobs(core).advanced_settings.get(id_),
        "deployment_restrictions": lambda core, id_: Jobs(core).deployment_restrictions.list(id_),
    },
    "HELM": {
        "advanced_settings": lambda core, id_: Helms(core).advanced_settings.get(id_),
        "domains": lambda core, id_: Helms(core).custom_domains.list(id_),
        "deployment_restrictions": lambda core, id_: Helms(core).deployment_restrictions.list(id_),
    },
    "TERRAFORM": {
        "advanced_settings": lambda core, id_: Terraforms(core).advanced_settings.get(id_),
        "deployment_restrictions": lambda core, id_: Terraforms(core).deployment_restrictions.list(id_),
    },
    "AGENTIC_WORKFLOW": {},
}
"""What the API has of a service in places of its own, by kind. All of these kinds have variables, others have none."""


async def gather(core: Core, environment_id: str) -> dict[str, Any]:
    """A document of an environment, in which secrets are `Hidden`.

    Raises:
        QoveryError: the environment could not be read.
        ExceptionGroup: a part of it could not be read.
    """
    environment = await Environments(core).get(environment_id)
    services, stages, rule, variables = await Bulk(core).gather(
        partial(Environments(core).list_services, environment_id),
        partial(DeploymentStages(core).list, environment_id),
        partial(Environments(core).deployment_rule.get, environment_id),
        partial(_variables, core, environment_id, ("ENVIRONMENT", "PROJECT")),
    )
    staged = {one.service_id: (stage, one) for stage in stages for one in stage.services or ()}
    return {
        "format": FORMAT,
        "environment": with_hidden(environment),
        "deployment_rule": with_hidden(rule),
        "variables": variables,
        "stages": [_without(with_hidden(stage), "services") for stage in _in_order(stages)],
        "services": [
            {
                "kind": service.service_type,
                "name": getattr(service, "name", service.id),  # a kind that is newer than this version may have none
                "stage": staged[service.id][0].name if service.id in staged else None,
                "is_skipped": bool(service.id in staged and staged[service.id][1].is_skipped),
                "settings": with_hidden(service),
                **parts,
            }
            for service, parts in zip(services, await _parts(core, services), strict=True)
        ],
    }


async def _parts(core: Core, services: Sequence[models.AnyService]) -> list[dict[str, Any]]:
    """What each service has in places of its own."""
    names: list[tuple[int, str]] = []
    calls: list[Callable[[], Awaitable[Any]]] = []
    for index, service in enumerate(services):
        kind = service.service_type
        for name, part in _PARTS.get(kind, {}).items():
            names.append((index, name))
            calls.append(partial(_part, part, core, service.id))
        if kind in _PARTS:
            names.append((index, "variables"))
            calls.append(partial(_variables, core, service.id, (kind,)))
    found: list[dict[str, Any]] = [{} for _ in services]
    for (index, name), result in zip(names, await Bulk(core).gather(*calls), strict=True):
        found[index][name] = result
    return found


async def _part(part: Part, core: Core, id_: str) -> Any:
    return with_hidden(await part(core, id_))


async def _variables(core: Core, id_: str, scopes: Sequence[str]) -> list[Any]:
    """The variables of these scopes that an environment or a service sees. The first scope is its own."""
    scope = models.APIVariableScopeEnum(scopes[0])
    found = await Variables(core).list(parent_id=id_, scope=scope)
    return [_variable(with_hidden(variable)) for variable in found if variable.scope in scopes]


def _variable(json: dict[str, Any]) -> dict[str, Any]:
    """A variable; a secret has no value, and the variable that it stands for tells its own."""
    if json.get("is_secret") is not False:
        json.setdefault("value", MASK)
    for link in ("aliased_variable", "overridden_variable"):
        if json.get(link):
            json[link] = _without(json[link], "value")
    return json


def _in_order(stages: Sequence[models.DeploymentStageResponse]) -> list[models.DeploymentStageResponse]:
    return sorted(stages, key=lambda stage: stage.deployment_order or 0)


def _without(json: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: item for name, item in json.items() if name != key}
