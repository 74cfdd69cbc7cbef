"""What do the operations on settings do, of which an object has exactly one?"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from qovery_async.codec.plain import is_list, is_object
from qovery_async.codec.shapes import attributes, held
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.operations import ApiOperation, DeclaredResponse, operations, python_type
from qovery_async.emulator.facts.refusals import not_found
from qovery_async.emulator.facts.samples import grow
from qovery_async.emulator.world import crud, deployment_rules, derived, pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandler, ApiHandlers, ApiResponse
from qovery_async.emulator.world.inventions import invented

# Settings whose values are known before anybody has written them.
_KNOWN = (
    "account", "advancedSettings", "cloudProviderInfo", "deploymentRule", "dnsProvider", "kubeconfig", "network",
    "routingTable",
)  # fmt: skip


def handler(operation: ApiOperation) -> ApiHandler:
    """The handler for an operation on a setting."""
    return _read if operation.method == "GET" else _write


def handlers() -> ApiHandlers:
    """The handlers of the default advanced settings, which those of a new service or cluster are."""
    calls = [call for call in operations() if call.endswith(".advanced_settings.get_default")]
    return dict.fromkeys(calls, lambda call: ApiResponse(invented(call.operation.response, "", {})))


def is_made_up(operation: ApiOperation) -> bool:
    """Whether the setting is made up until it is written."""
    return families().settings[operation.call] not in _KNOWN


def _read(call: ApiCall) -> ApiResponse:
    return _setting(call, call.target.settings.get(_word(call)))


def _write(call: ApiCall) -> ApiResponse:
    operation, word = call.operation, _word(call)
    if operation.method == "DELETE":
        call.target.settings.pop(word, None)
        return ApiResponse(status=crud.empty_status(operation))
    declared = operation.response
    value, default = call.body, _default(call, operation.response)
    if declared.items and is_object(value):
        value = next((item for item in value.values() if is_list(item)), None)
    elif is_object(value) and declared.type:
        known = {key: default[key] for key in ("id", "created_at") if key in default}
        grown = grow(python_type(declared.type), value, known, f"{call.target.id}/{word}")
        value = _over(grown, value, _names(operation.body.type if operation.body else "") - _names(declared.type))
    _check_id(call, default)
    call.target.settings[word] = value
    return _setting(call, value) if declared.type else ApiResponse()


def _names(type_: str) -> set[str]:
    """The keys of all objects that a value of a type may hold."""
    return {field.wire for model in held(python_type(type_)) for field in attributes(model)} if type_ else set()


def _over(grown: Mapping[str, Any], sent: Mapping[str, Any], only_sent: Collection[str]) -> dict[str, Any]:
    """What a setting shows of what was sent: also unknown keys, but no null, and nothing that only requests have."""
    shown = dict(grown)
    for key, value in sent.items():
        if is_object(value) and is_object(inner := grown.get(key)):
            shown[key] = _over(inner, value, only_sent)
        elif value is not None and key not in only_sent:
            shown[key] = value
    return shown


def _check_id(call: ApiCall, default: Any) -> None:
    """Checks the id in `PUT /environment/{environmentId}/deploymentRule/{deploymentRuleId}`."""
    last = next(reversed(call.operation.parameters), "")
    if last and last not in call.entities and is_object(default) and call.path[last] != default.get("id"):
        raise not_found(_word(call), call.path[last])


def _setting(call: ApiCall, value: Any) -> ApiResponse:
    declared = call.operation.response
    default = _default(call, declared)
    if value is None:
        return ApiResponse(default, sample=is_made_up(call.operation))
    if declared.items:
        return ApiResponse(pages.enclosed(value, declared))
    return ApiResponse({**default, **value} if is_object(value) and is_object(default) else value)


def _word(call: ApiCall) -> str:
    return families().settings[call.operation.call]


def _default(call: ApiCall, declared: DeclaredResponse) -> Any:
    """The value of a setting that was never written."""
    if declared.items:
        return pages.enclosed([], declared)
    if _word(call) == deployment_rules.KIND:
        return deployment_rules.of_environment(call.target)
    return invented(declared, f"{call.state.seed}/{call.target.id}/{_word(call)}", derived.references(call.target))
