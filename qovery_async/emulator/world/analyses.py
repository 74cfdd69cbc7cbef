"""How does an analysis of a cluster go on? It waits, runs and succeeds, as the emulator's clock goes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.world import crud, pages
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity

_STAGES = (
    ("PENDING", 0, "The analysis is queued"),
    ("RUNNING", 2, "The analysis has started"),
    ("SUCCEEDED", 10, "The analysis has ended"),
)


def handlers() -> ApiHandlers:
    """The handlers of analyses of clusters."""
    return {
        "clusters.analyses.start": _start,
        "clusters.analyses.list": _list,
        "clusters.analyses.get": lambda call: ApiResponse(_shown(call.target, call)),
        "clusters.analyses.list_logs": _logs,
    }


def _start(call: ApiCall) -> ApiResponse:
    analysis = crud.create(call.state, crud.family_of(call), call.target, call.sent)
    analysis.value = {**analysis.value, "triggered_by": call.caller.user}
    return ApiResponse(_shown(analysis, call))


def _list(call: ApiCall) -> ApiResponse:
    rows = [_shown(analysis, call) for analysis in call.target.of_kind("analysis")]
    return ApiResponse(pages.enclosed(rows, call.operation.response))


def _reached(analysis: Entity, call: ApiCall) -> list[tuple[str, datetime, str]]:
    """The stages that an analysis has reached, with their times."""
    began, now = datetime.fromisoformat(analysis.value["created_at"]), call.state.clock()
    stages = [(s, began + timedelta(seconds=call.state.in_real_seconds(after)), text) for s, after, text in _STAGES]
    return [stage for stage in stages if stage[1] <= now]


def _shown(analysis: Entity, call: ApiCall) -> dict[str, Any]:
    status, at, _ = (_reached(analysis, call) or [("PENDING", call.state.clock(), "")])[-1]
    return {**analysis.value, "status": status, "updated_at": stamp(at)}


def _logs(call: ApiCall) -> ApiResponse:
    rows = [
        {"timestamp": stamp(at), "level": "INFO", "message": text, "line_order": number}
        for number, (_, at, text) in enumerate(_reached(call.target, call), 1)
    ]
    return ApiResponse(pages.enclosed(rows, call.operation.response))
