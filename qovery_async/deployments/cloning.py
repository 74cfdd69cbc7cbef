"""How does an environment get a clone, and which of its services get which version?"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from qovery_async import models
from qovery_async.deployments.bodies import Details
from qovery_async.deployments.kinds import ACTIONS_OF
from qovery_async.deployments.looking import details_of
from qovery_async.deployments.patience import log
from qovery_async.errors import ConfigurationError
from qovery_async.resources.environments import Environments
from qovery_async.runtime.core import Core
from qovery_async.secrecy.printable import one_line


async def clone(
    core: Core, environment_id: str, body: models.CloneEnvironmentRequest, versions: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Clones an environment. `versions` are by the name of a service, or by its id in the original.

    Returns the id of the clone, and the versions by the name of a service.

    Raises:
        ConfigurationError: the original has no such service. There is no clone then.
    """
    by_name = _by_name(versions, await details_of(core, environment_id)) if versions else {}
    try:
        made = await Environments(core).clone(environment_id, body)
    except asyncio.CancelledError:
        log.warning("Stopped waiting for a clone of environment %s: %r may be there now", environment_id, body.name)
        raise
    return made.id, by_name


async def chosen_in(core: Core, clone_id: str, versions: Mapping[str, str]) -> dict[str, str | None] | None:
    """The services of a clone by id, each with its version; None, the whole clone, if there are no versions."""
    if not versions:
        return None
    return {
        id_: versions.get(service.name)
        for id_, service in (await details_of(core, clone_id)).items()
        if "deploy" in ACTIONS_OF.get(service.service_type, ())
    } or None


@contextmanager
def naming(clone_id: str) -> Generator[None]:
    """Names the clone in whatever ends the work on it, so that it is not lost."""
    try:
        yield
    except asyncio.CancelledError:
        log.warning("The clone is environment %s", clone_id)
        raise
    except Exception as error:
        if getattr(error, "environment_id", None) != clone_id:
            error.add_note(f"The clone is environment {clone_id}; it was not deployed.")
        raise


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
