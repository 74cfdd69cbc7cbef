"""What does an organization pay? Nothing: an emulator is free, but the plan and the dates are those of its world."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity, State

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


def invoices(state: State, organization: Entity) -> list[dict[str, Any]]:
    """The invoices of an organization: one on the day of its creation, then one each month."""
    found: list[dict[str, Any]] = []
    at, now = datetime.fromisoformat(organization.value["created_at"]), state.clock()
    while at <= now:
        id_ = str(uuid5(UUID(organization.id), f"invoice/{at:%Y-%m}"))
        found.append({"id": id_, "created_at": stamp(at), "status": "PAID", **_NOTHING})
        at = _next_month(at)
    return found


def _next_month(at: datetime) -> datetime:
    """The begin of the month after a time."""
    return (at.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(day=1)


def _current_cost(call: ApiCall) -> ApiResponse:
    renewal = _next_month(call.state.clock())
    plan = call.target.value["plan"]
    return ApiResponse({"plan": plan, "remaining_trial_day": 0, "renewal_at": stamp(renewal), "cost": _NOTHING})
