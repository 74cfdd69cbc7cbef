"""In which order do the deployment rules of a project count, and which of them does an environment get?"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID, uuid5

from qovery_async.emulator.facts.refusals import not_found
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity

KIND = "deploymentRule"
_USUAL: Mapping[str, Any] = {
    "auto_stop": False,
    "timezone": "UTC",
    "start_time": "1970-01-01T08:00:00Z",
    "stop_time": "1970-01-01T19:00:00Z",
    "weekdays": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
}


def handlers() -> ApiHandlers:
    """The handler of the order; the rest of a rule is as with any other object."""
    return {"projects.deployment_rules.reorder": _reorder}


def when_shown(rule: Entity) -> Mapping[str, Any]:
    """The place of a rule among those of its project."""
    return {"priority_index": rule.parent.of_kind(KIND).index(rule)} if rule.parent else {}


def of_environment(environment: Entity) -> dict[str, Any]:
    """The rule that a new environment gets: the first of its project that fits, else the usual one. None acts."""
    value = environment.value
    rules = environment.parent.of_kind(KIND) if environment.parent else []
    fitting = (rule.value for rule in rules if _fits(rule.value, value))
    rule = next(fitting, _USUAL)
    return {
        "id": str(uuid5(UUID(environment.id), KIND)),
        "created_at": value["created_at"],
        "updated_at": value["created_at"],
        "on_demand_preview": False,
        "auto_preview": False,
        **{key: rule.get(key, usual) for key, usual in _USUAL.items()},
    }


def _fits(rule: Mapping[str, Any], environment: Mapping[str, Any]) -> bool:
    """Whether a rule was there when an environment was created, and is for its mode and its name."""
    wildcard = str(rule.get("wildcard") or "*").replace("[", "[[]")
    return (
        rule["created_at"] <= environment["created_at"]
        and rule["mode"] == environment["mode"]
        and fnmatchcase(environment["name"].lower(), wildcard.lower())
    )


def _reorder(call: ApiCall) -> ApiResponse:
    """Puts the rules that a request names first, in its order; the others keep theirs behind them."""
    rules = call.target.children.get(KIND, {})
    wanted: list[str] = call.sent.get("project_deployment_rule_ids_in_order") or []
    for id_ in wanted:
        if id_ not in rules:
            raise not_found(KIND, id_)
    call.target.children[KIND] = {id_: rules[id_] for id_ in dict.fromkeys([*wanted, *rules])}
    return ApiResponse()
