"""What does an organization pay? Nothing: an emulator is free, but the plan and the dates are those of its world."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse

_NOTHING: dict[str, Any] = {"total_in_cents": 0, "total": 0, "currency_code": "USD"}


def handlers() -> ApiHandlers:
    """The handlers of current costs and of the status of billing."""
    return {
        "billing.get_current_cost": _current_cost,
        "billing.get_cluster_current_cost": lambda _: ApiResponse(
            {**_NOTHING, "min_cost_in_cents": 0, "min_cost": 0, "max_cost_in_cents": 0, "max_cost": 0}
        ),
        "billing.get_status": lambda _: ApiResponse({"is_valid": True, "message": ""}),
    }


def _current_cost(call: ApiCall) -> ApiResponse:
    now = call.state.clock()
    renewal = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)
    plan = call.target.value["plan"]
    return ApiResponse({"plan": plan, "remaining_trial_day": 0, "renewal_at": stamp(renewal), "cost": _NOTHING})
