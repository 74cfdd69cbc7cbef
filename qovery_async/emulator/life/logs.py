"""Which log lines do deployments and running services write?"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs

from qovery_async.emulator.life import uptimes
from qovery_async.emulator.life.actions import Service
from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.records import DeploymentRun, Entry
from qovery_async.emulator.life.uptimes import STEP, UpTime

Json = dict[str, Any]

LIMIT = 1000
"""How many lines the API returns at most."""

# The types of what an `EnvironmentLog` is about.
_OLDER_KINDS = ("APPLICATION", "DATABASE", "ENVIRONMENT")

# Lines in a part of a period, at most, beside one for each whole beat.
_BESIDE_BEATS = 4


@attrs.frozen
class ServiceLine:
    """A line of a service, and the period in which it was written."""

    at: datetime
    message: str
    up: UpTime
    severity: str = "INFO"


def deployment_run(life: Life, environment_id: str, execution_id: str | None = None) -> DeploymentRun | None:
    """The run with this execution id, or with the id that the history shows; by default the latest. None if there is none."""
    environment = life.environment(environment_id)
    if execution_id is None:
        return environment.latest
    runs = [*environment.past, *([] if environment.execution is None else [environment.execution.run])]
    return next((run for run in runs if execution_id in (run.execution_id, run.request.id)), None)


def deployment_lines(run: DeploymentRun | None, *, sent: int = 0) -> list[Json]:
    """The `EnvironmentLogs` of a run without the first `sent`, at most the last thousand."""
    return [] if run is None else [_deployment_line(run, entry) for entry in run.entries[sent:][-LIMIT:]]


def deployment_logs(life: Life, environment_id: str, execution_id: str | None = None) -> list[Json]:
    """The `EnvironmentLogs` of one execution, by default the latest. Empty if there is none."""
    return deployment_lines(deployment_run(life, environment_id, execution_id))


def environment_logs(life: Life, environment_id: str) -> list[Json]:
    """The lines of the last deployment as `EnvironmentLog`, the older form."""
    lines = deployment_logs(life, environment_id)
    return [_older_line(line, number) for number, line in enumerate(lines)]


def service_lines(
    up: Sequence[UpTime], name: str, now: datetime, *, after: datetime | None = None, limit: int = LIMIT
) -> list[ServiceLine]:
    """The last lines of a service that is called `name`, oldest first: those later than `after`."""
    found: list[ServiceLine] = []
    if after is not None:
        shortest = min((period.beat for period in up), default=STEP)
        limit = min(limit, (max(now, after) - after) // shortest + _BESIDE_BEATS * len(up))
    for period in reversed(up):
        if len(found) >= limit or (after is not None and period.last_line(now) <= after):
            break
        found[:0] = _lines(period, name, now, limit - len(found))
    return found if after is None else [line for line in found if line.at > after]


def lines_between(
    up: Sequence[UpTime], name: str, now: datetime, start: datetime, end: datetime, *, forward: bool
) -> Iterator[ServiceLine]:
    """The lines of a service from `start` until before `end`, oldest or newest first."""
    for period in up if forward else reversed(up):
        for line in (
            _every_line(period, name, now, start, end) if forward else _backwards(period, name, now, start, end)
        ):
            if start <= line.at < end:
                yield line


def service_logs(life: Life, service: Service, *, limit: int = LIMIT) -> list[Json]:
    """The last lines of a service (`Log`), oldest first."""
    return [
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{service.id}/{stamp(line.at)}")),
            "created_at": stamp(line.at),
            "message": line.message,
            "pod_name": uptimes.pod_name(life.seed, service.kind, service.id, line.up.version),
            "version": line.up.version,
        }
        for line in service_lines(life.service(service.id).up, service.name, life.clock.now(), limit=limit)
    ]


def _older_line(line: Json, number: int) -> Json:
    details = line["details"]
    about = details["transmitter"]
    kind = about["type"].upper()
    return {
        "id": str(uuid.uuid5(uuid.UUID(about["id"]), f"{details['execution_id']}/{number}")),
        "created_at": line["timestamp"],
        "message": line["message"]["safe_message"],
        "execution_id": details["execution_id"],
        "scope": {**about, "type": kind} if kind in _OLDER_KINDS else {"id": about["id"], "name": about["name"]},
        "state": "ERROR" if line["type"] == "error" else "DEPLOYED",
        # The description requires these two without declaring them.
        "service": {},
        "status": "DEPLOYED",
    }


def _deployment_line(run: DeploymentRun, entry: Entry) -> Json:
    request, part = run.request, entry.part
    if part is None:
        transmitter = {"id": request.environment_id, "name": "environment", "type": "Environment"}
    else:
        service = part.service
        transmitter = {"id": service.id, "name": service.name, "type": service.kind.capitalize()}
    line: Json = {
        "type": "error" if entry.error else "info",
        "timestamp": entry.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
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


def _every_line(up: UpTime, name: str, now: datetime, start: datetime, end: datetime) -> Iterator[ServiceLine]:
    """The lines of one period that may be within a time."""
    yield from _starts(up, name)
    first, last = _beats_between(up, now, start, end)
    yield from (_beat(up, beat) for beat in range(first, last + 1))
    yield from _ends(up)


def _backwards(up: UpTime, name: str, now: datetime, start: datetime, end: datetime) -> Iterator[ServiceLine]:
    """The same lines, newest first."""
    yield from _ends(up)
    first, last = _beats_between(up, now, start, end)
    yield from (_beat(up, beat) for beat in range(last, first - 1, -1))
    yield from reversed(_starts(up, name))


def _beats_between(up: UpTime, now: datetime, start: datetime, end: datetime) -> tuple[int, int]:
    first = max(1, (start - up.began) // up.beat) if start > up.began else 1
    return first, min(up.beats(now), (end - up.began) // up.beat)


def _starts(up: UpTime, name: str) -> list[ServiceLine]:
    return [
        ServiceLine(up.began, f"Starting {name} {up.version}".rstrip(), up),
        ServiceLine(up.began + STEP, "Ready", up),
    ]


def _beat(up: UpTime, beat: int) -> ServiceLine:
    return ServiceLine(up.began + beat * up.beat, f"Served request {beat}", up)


def _ends(up: UpTime) -> list[ServiceLine]:
    return [] if up.ended is None else [ServiceLine(up.ended, "Received SIGTERM, shutting down", up, "WARN")]


def _lines(up: UpTime, name: str, now: datetime, limit: int) -> Iterator[ServiceLine]:
    """The last lines of one period: a start, a line for each beat, an end."""
    beats = up.beats(now)
    ends, starts = _ends(up), _starts(up, name)
    room = limit - len(ends)
    # Computed backwards from the latest line: a service may have been running for months.
    first = max(1, beats - room + 1)
    if first == 1:
        yield from starts[max(0, len(starts) + beats - room) :]
    yield from (_beat(up, beat) for beat in range(first, beats + 1))
    yield from ends
