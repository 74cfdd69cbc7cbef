"""How does an environment become a document, and how do two become a difference?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from qovery_async.environments.comparing import compare
from qovery_async.environments.difference import EnvironmentChange, EnvironmentDiff
from qovery_async.environments.document import EnvironmentDocument, EnvironmentRef
from qovery_async.environments.gathering import gather
from qovery_async.environments.given import checked, id_of_environment
from qovery_async.environments.hiding import disclosed
from qovery_async.runtime.core import Core


async def exported(core: Core, environment: object) -> EnvironmentDocument:
    """A document of an environment that is given by its id or its handle."""
    return cast("EnvironmentDocument", disclosed(await gather(core, id_of_environment(environment))))


async def difference(core: Core, a: EnvironmentRef, b: EnvironmentRef) -> EnvironmentDiff:
    """What differs between two environments. What is no document is read now, and compared with its secrets."""
    given = [checked(each) if isinstance(each, Mapping) else id_of_environment(each) for each in (a, b)]
    first, second = [await gather(core, each) if isinstance(each, str) else each for each in given]
    found = [(EnvironmentChange(each.path, each.a, each.b), each.is_unknown) for each in compare(first, second)]
    one, other = _names(first["environment"], second["environment"])
    return EnvironmentDiff(
        a=one,
        b=other,
        changes=tuple(change for change, is_unknown in found if not is_unknown),
        not_compared=tuple(change.where for change, is_unknown in found if is_unknown),
    )


def _names(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[str, str]:
    """How two environments are called: by their ids too where their names are the same."""
    one, other = str(a.get("name")), str(b.get("name"))
    return (one, other) if one != other else (f"{one} ({a.get('id')})", f"{other} ({b.get('id')})")
