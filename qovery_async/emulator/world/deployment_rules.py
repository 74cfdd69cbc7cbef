"""In which order do the deployment rules of a project count?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qovery_async.emulator.facts.refusals import not_found
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity

KIND = "deploymentRule"


def handlers() -> ApiHandlers:
    """The handler of the order; the rest of a rule is as with any other object."""
    return {"projects.deployment_rules.reorder": _reorder}


def when_shown(rule: Entity) -> Mapping[str, Any]:
    """The place of a rule among those of its project."""
    return {"priority_index": rule.parent.of_kind(KIND).index(rule)} if rule.parent else {}


def _reorder(call: ApiCall) -> ApiResponse:
    """Puts the rules that a request names first, in its order; the others keep theirs behind them."""
    rules = call.target.children.get(KIND, {})
    wanted: list[str] = call.sent.get("project_deployment_rule_ids_in_order") or []
    for id_ in wanted:
        if id_ not in rules:
            raise not_found(KIND, id_)
    call.target.children[KIND] = {id_: rules[id_] for id_ in dict.fromkeys([*wanted, *rules])}
    return ApiResponse()
