"""What tests of the audit log start from: the ids of one environment, and events in short."""

from __future__ import annotations

from typing import Any

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.models import OrganizationEventResponse


class Place:
    """The ids of one environment and what is in it."""

    def __init__(self, emulator: Emulator) -> None:
        environment = emulator.state.every("environment")[0]
        self.project = environment.parent.id if environment.parent else ""
        self.environment = environment.id
        self.application, self.other = (one.id for one in environment.of_kind("application"))
        self.job = environment.of_kind("job")[0].id
        self.cluster = emulator.state.every("cluster")[0].id


async def told(client: AsyncQovery, **filters: Any) -> list[tuple[str, str, str]]:
    """Type, type of target and name of target of each event, oldest first."""
    events = [event async for event in client.events.iterate(page_size=100, **filters)]
    return [short(event) for event in reversed(events)]


def short(event: OrganizationEventResponse) -> tuple[str, str, str]:
    return str(event.event_type), str(event.target_type), str(event.target_name)
