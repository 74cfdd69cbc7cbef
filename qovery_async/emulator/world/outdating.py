"""Which services are out of date once something that they see has changed?"""

from __future__ import annotations

from qovery_async.codec.plain import is_object
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiResponse


def outdating(life: Life, kind: str, handler: ApiHandler) -> ApiHandler:
    """A handler that changes an entity of a kind: the services below its parent are out of date afterwards."""

    def handle(call: ApiCall) -> ApiResponse:
        # `/variable/import` names its service in the query.
        target = call.state.find(call.query.get("service_id", "")) or call.target
        holder = target.parent if target.kind == kind else target
        response = handler(call)
        made = call.state.find(response.body["id"]) if is_object(response.body) and "id" in response.body else None
        holder = made.parent if made is not None else holder
        for entity in [holder, *holder.below()] if holder is not None else []:
            if entity.kind in families().services:
                life.changed(entity.id)
        return response

    return handle
