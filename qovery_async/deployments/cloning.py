"""How does an environment get a clone, and which of its services get which version?"""

from __future__ import annotations

from collections.abc import Mapping

from qovery_async import models
from qovery_async.deployments.bodies import Details
from qovery_async.deployments.kinds import ACTIONS_OF
from qovery_async.deployments.looking import details_of
from qovery_async.errors import ConfigurationError
from qovery_async.resources.environments import Environments
from qovery_async.runtime.core import Core
from qovery_async.secrecy.printable import one_line


async def clone(
    core: Core, environment_id: str, body: models.CloneEnvironmentRequest, versions: Mapping[str, str]
) -> tuple[str, dict[str, str | None]]:
    """Clones an environment. `versions` are by the name of a service, or by its id in the original.

    Returns the id of the clone and, if there are versions, its services by id, each with its version.

    Raises:
        ConfigurationError: the original has no such service. There is no clone then.
    """
    by_name = _by_name(versions, await details_of(core, environment_id)) if versions else {}
    made = await Environments(core).clone(environment_id, body)
    if not by_name:
        return made.id, {}
    cloned = await details_of(core, made.id)
    return made.id, {
        id_: by_name.get(service.name)
        for id_, service in cloned.items()
        if "deploy" in ACTIONS_OF.get(service.service_type, ())
    }


def _by_name(versions: Mapping[str, str], original: Details) -> dict[str, str]:
    names = {service.name for service in original.values()}
    found: dict[str, str] = {}
    for given, version in versions.items():
        name = original[given].name if given in original else given
        if name not in names:
            known = ", ".join(sorted(one_line(name, 80) for name in names)) or "none"
            raise ConfigurationError(f"versions names {given!r}, but the services of the original are: {known}")
        found[name] = version
    return found
