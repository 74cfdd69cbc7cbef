"""Which log lines do deployments and running services write?"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from qovery_async.emulator.life.actions import Service
from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.records import DeploymentRun, Entry, UpTime

Json = dict[str, Any]

LIMIT = 1000
"""How many lines the API returns at most."""

_BEAT = timedelta(seconds=10)
"""The time between two lines of a running service."""


def deployment_logs(life: Life, environment_id: str, execution_id: str | None = None) -> list[Json]:
    """The `EnvironmentLogs` of one execution, by default the latest. Empty if there is none."""
    environment = life.environment(environment_id)
    runs = [*environment.past, *([] if environment.execution is None else [environment.execution.run])]
    wanted = [run for run in runs if execution_id in {None, run.execution_id}]
    return [_deployment_line(wanted[-1], entry) for entry in wanted[-1].entries[-LIMIT:]] if wanted else []


def service_logs(life: Life, service: Service, *, limit: int = LIMIT) -> list[Json]:
    """The last lines of a service (`Log`), oldest first."""
    lines: list[tuple[datetime, str, str]] = []
    for up in reversed(life.service(service.id).up):
        written = _up_lines(service, up, life.clock.now(), limit - len(lines))
        lines[:0] = [(at, message, up.version) for at, message in written]
        if len(lines) >= limit:
            break
    pod = pod_name(life, service)
    return [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{service.id}/{stamp(at)}/{number}")),
            "created_at": stamp(at),
            "message": message,
            "pod_name": pod,
            "version": version,
        }
        for number, (at, message, version) in enumerate(lines)
    ]


def pod_name(life: Life, service: Service) -> str:
    """The name of the pod that a service runs in."""
    suffix = hashlib.sha1(f"{life.seed}/{service.id}".encode(), usedforsecurity=False).hexdigest()
    return f"{service.kind.lower()}-z{service.id[:8]}-{suffix[:5]}"


def _deployment_line(run: DeploymentRun, entry: Entry) -> Json:
    request, part = run.request, entry.part
    if part is None:
        transmitter = {"id": request.environment_id, "name": "environment", "type": "Environment"}
    else:
        service = part.service
        transmitter = {"id": service.id, "name": service.name, "type": service.kind.capitalize()}
    line: Json = {
        "type": "error" if entry.error else "info",
        "timestamp": stamp(entry.at),
        "details": {
            "execution_id": run.execution_id,
            "transmitter": transmitter,
            "stage": {
                "step": entry.step,
                "id": None if part is None else part.stage.id,
                "name": None if part is None else part.stage.name,
            },
        },
        "message": {"safe_message": entry.message},
    }
    if entry.error:
        line["error"] = {
            "tag": entry.error,
            "user_log_message": entry.message,
            "hint_message": "The emulator was told to make this fail.",
        }
    return line


def _up_lines(service: Service, up: UpTime, now: datetime, limit: int) -> Iterator[tuple[datetime, str]]:
    """The last lines of one period of running: a start, a line for each beat, an end."""
    until = up.ended or now
    beats = (until - up.began) // _BEAT
    ends = [(up.ended, "Received SIGTERM, shutting down")] if up.ended is not None else []
    starts = [(up.began, f"Starting {service.name} {up.version}".rstrip()), (up.began, "Ready")]
    room = limit - len(ends)
    # Computed backwards from the latest line: a service may have been running for months.
    first = max(1, beats - room + 1)
    if first == 1:
        yield from starts[max(0, len(starts) + beats - room) :]
    for beat in range(first, beats + 1):
        yield up.began + beat * _BEAT, f"Served request {beat}"
    yield from ends
