"""What does the plan of an organization include? The days are guesses, of which bigger plans have more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qovery_async.emulator.world.state import Entity

_DAYS: Mapping[str, int] = {"FREE": 7, "TEAM": 30, "TEAM_YEARLY": 30, "ENTERPRISE": 365, "ENTERPRISE_YEARLY": 365}
_OTHERS = 90


def retention_days(organization: Entity) -> int:
    """How many days the audit log of an organization goes back."""
    return _DAYS.get(organization.value["plan"], _OTHERS)


def when_shown(organization: Entity) -> Mapping[str, Any]:
    """The keys of an organization that follow from its plan."""
    days = retention_days(organization)
    return {"organization_plan": {"plan": organization.value["plan"], "audit_logs_retention_in_days": days}}
