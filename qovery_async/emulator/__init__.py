"""A local Qovery API to run and test against.

    async with Emulator(world="demo") as emulator:
        client = AsyncQovery(emulator.token, base_url=emulator.url)

From a shell: `python -m qovery_async.emulator`. In pytest: the fixture `qovery_emulator`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qovery_async.emulator.assembly.emulator import Emulator
    from qovery_async.emulator.facts.refusals import ErrorStyle
    from qovery_async.emulator.faults.kinds import Fault, IncomingRequest, OutgoingResponse
    from qovery_async.emulator.faults.rules import Faults, Rule
    from qovery_async.emulator.http.rate_limit import RateLimit
    from qovery_async.emulator.life.actions import Action, Durations, Trigger
    from qovery_async.emulator.life.clock import Clock, RunningClock, SteppedClock
    from qovery_async.emulator.life.clusters import ClusterLives
    from qovery_async.emulator.life.environments import Life
    from qovery_async.emulator.saving.file import BadStateFile
    from qovery_async.emulator.streams.channel import Close
    from qovery_async.emulator.webhooks.office import WebhookOffice
    from qovery_async.emulator.world.audit_log import AuditLog
    from qovery_async.emulator.world.inventions import Samples
    from qovery_async.emulator.world.presets import World
    from qovery_async.emulator.world.state import Entity, State
    from qovery_async.emulator.world.tokens import Caller, Tokens

__all__ = [
    "Action",
    "AuditLog",
    "BadStateFile",
    "Caller",
    "Clock",
    "Close",
    "ClusterLives",
    "Durations",
    "Emulator",
    "Entity",
    "ErrorStyle",
    "Fault",
    "Faults",
    "IncomingRequest",
    "Life",
    "OutgoingResponse",
    "RateLimit",
    "Rule",
    "RunningClock",
    "Samples",
    "State",
    "SteppedClock",
    "Tokens",
    "Trigger",
    "WebhookOffice",
    "World",
]

# Imported when first touched: the server takes 0.4 s to import, and the pytest plugin loads this package in every run.
_MODULE_OF = {
    "Action": "life.actions",
    "AuditLog": "world.audit_log",
    "BadStateFile": "saving.file",
    "Caller": "world.tokens",
    "Clock": "life.clock",
    "Close": "streams.channel",
    "ClusterLives": "life.clusters",
    "Durations": "life.actions",
    "Emulator": "assembly.emulator",
    "Entity": "world.state",
    "ErrorStyle": "facts.refusals",
    "Fault": "faults.kinds",
    "Faults": "faults.rules",
    "IncomingRequest": "faults.kinds",
    "Life": "life.environments",
    "OutgoingResponse": "faults.kinds",
    "RateLimit": "http.rate_limit",
    "Rule": "faults.rules",
    "RunningClock": "life.clock",
    "Samples": "world.inventions",
    "State": "world.state",
    "SteppedClock": "life.clock",
    "Tokens": "world.tokens",
    "Trigger": "life.actions",
    "WebhookOffice": "webhooks.office",
    "World": "world.presets",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
