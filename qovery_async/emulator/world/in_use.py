"""Which objects are not deleted, because others use them?"""

from __future__ import annotations

from collections.abc import Iterator

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.operations import ApiOperation, operations
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.world import associations, crud
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiHandlers, ApiResponse
from qovery_async.emulator.world.cluster_access import credentials_of
from qovery_async.emulator.world.state import Entity

_SHOWN = 3
_SOURCES = ("containerRegistry", "helmRepository")


def handlers() -> ApiHandlers:
    """The handlers that delete registries, repositories and credentials."""
    return {operation.call: _delete(operation) for operation in operations().values() if _is_deletion(operation)}


def refuse_used(entity: Entity) -> None:
    """Refuses to delete an object that is in use.

    Raises:
        Refusal: 409 that names some of its users.
    """
    names = [f"{user.kind} {user.value['name']!r}" for user in users_of(entity)]
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        few = ", ".join(names[:_SHOWN])
        raise Refusal(409, f"{entity.kind} {entity.id} is used by {few}{more}; change or delete them first")


def users_of(entity: Entity) -> list[Entity]:
    """The services, clusters or environments that use a registry, a repository, credentials or a cluster."""
    if entity.kind in _SOURCES:
        return associations.users_of(entity)
    organization = entity.above("organization")
    if organization is None:
        return []
    if entity.kind == "cluster":
        return [each for each in _environments(organization) if each.value.get("cluster_id") == entity.id]
    return [each for each in organization.of_kind("cluster") if credentials_of(each).get("id") == entity.id]


def _is_deletion(operation: ApiOperation) -> bool:
    family, verb = families().of_call.get(operation.call, (None, ""))
    return family is not None and verb == "delete" and family.kind.endswith(("/credentials", *_SOURCES))


def _environments(organization: Entity) -> Iterator[Entity]:
    for project in organization.of_kind("project"):
        yield from project.of_kind("environment")


def _delete(operation: ApiOperation) -> ApiHandler:
    delete = crud.handler(operation)

    def handler(call: ApiCall) -> ApiResponse:
        refuse_used(call.target)
        return delete(call)

    return handler
