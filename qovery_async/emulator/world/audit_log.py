"""What has happened in each organization? The operations on events, with their filters and pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import attrs

from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.life.actions import Trigger
from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.dice import Ids
from qovery_async.emulator.world import plans
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse

Json = dict[str, Any]

_PAGE_SIZE, _LARGEST_PAGE = 10, 100
_LATEST_SECONDS = 1e11  # what is more is in milliseconds or nanoseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EQUAL = {
    "eventType": "event_type",
    "targetType": "target_type",
    "targetId": "target_id",
    "subTargetType": "sub_target_type",
    "triggeredBy": "triggered_by",
    "origin": "origin",
}
_OF_SERVICES = {"serviceProjectId": "project_id", "serviceEnvironmentId": "environment_id"}
_LEVELS = {"PROJECT": "project", "ENVIRONMENT": "environment"}


@attrs.frozen
class Event:
    """An `OrganizationEventResponse` and its own Unix time in nanoseconds, which tokens of pages are made of."""

    nanos: int
    shown: Json


class AuditLog:
    """The events of each organization. It keeps the latest `limit`; pages then say that there were more."""

    def __init__(self, now: Callable[[], datetime], seed: int = 0) -> None:
        self.limit = 10_000
        self._now = now
        self.ids = Ids(f"{seed}/events")
        self.events: defaultdict[str, list[Event]] = defaultdict(list)
        self.cut: set[str] = set()

    def add(self, organization_id: str, by: Trigger, about: Mapping[str, Any]) -> None:
        """Adds an event. `about` holds its type and target, as `OrganizationEventResponse` has them."""
        events, now = self.events[organization_id], self._now()
        nanos = (now - _EPOCH) // timedelta(microseconds=1) * 1000
        if events:
            nanos = max(nanos, events[-1].nanos + 1)
        who = {"origin": by.origin, "triggered_by": by.user, "user_agent": by.user_agent}
        events.append(Event(nanos, {"id": self.ids.new(), "timestamp": stamp(now), **about, **who}))
        if len(events) > self.limit:
            del events[: -self.limit]
            self.cut.add(organization_id)

    def newest_first(self, organization_id: str) -> Iterator[Event]:
        """All events of an organization that are kept."""
        return reversed(self.events[organization_id])

    def handlers(self) -> ApiHandlers:
        """The handlers of events."""
        return {"events.list": self._list, "events.list_targets": self._list_targets}

    def _list(self, call: ApiCall) -> ApiResponse:
        size = call.query.get("pageSize", _PAGE_SIZE)
        if size < 1:
            raise Refusal(400, f"pageSize: must be at least 1, got {size}")
        found, size = self._found(call), min(size, _LARGEST_PAGE)
        after, before = _token(call, "continueToken"), _token(call, "stepBackToken")
        if after is not None:
            page = [event for event in found if event.nanos < after][:size]
        elif before is not None:
            page = [event for event in found if event.nanos > before][-size:]
        else:
            page = found[:size]
        links: Json = {}
        if page and page[0] is not found[0]:
            links["previous"] = _link(call, stepBackToken=page[0].nanos)
        if page and page[-1] is not found[-1]:
            links["next"] = _link(call, continueToken=page[-1].nanos)
        return ApiResponse({
            "links": links,
            "organization_max_limit_reached": call.target.id in self.cut,
            "events": [event.shown for event in page],
        })  # fmt: skip

    def _list_targets(self, call: ApiCall) -> ApiResponse:
        level = _LEVELS.get(call.query.get("targetLevelToFetch", ""), "target")
        wanted = {"project_id": call.query.get("projectId"), "environment_id": call.query.get("environmentId")}
        targets = {
            event.shown.get(f"{level}_id"): event.shown.get(f"{level}_name")
            for event in self._found(call)
            if all(id_ in (None, event.shown.get(key)) for key, id_ in wanted.items())
        }
        return ApiResponse({"targets": [{"id": id_, "name": name} for id_, name in targets.items() if id_]})

    def _found(self, call: ApiCall) -> list[Event]:
        """The events that a request asks for, newest first."""
        query = call.query
        if "targetId" in query and "targetType" not in query:
            raise Refusal(400, "targetId: needs targetType too")
        since, until = _seconds(call, "fromTimestamp"), _seconds(call, "toTimestamp")
        oldest = self._now() - timedelta(days=plans.retention_days(call.target))
        since = max(since or 0, (oldest - _EPOCH) // timedelta(microseconds=1) * 1000)
        equal = {key: query[wire] for wire, key in (_EQUAL | _OF_SERVICES).items() if wire in query}
        of_services = not query.keys().isdisjoint(_OF_SERVICES)
        return [
            event
            for event in self.newest_first(call.target.id)
            if event.nanos >= since
            and (until is None or event.nanos < until)
            and all(event.shown.get(key) == wanted for key, wanted in equal.items())
            and not (of_services and event.shown["target_type"] not in families().services.values())
        ]


def _token(call: ApiCall, wire: str) -> int | None:
    text = call.query.get(wire)
    if text is None:
        return None
    if not text.isdecimal():
        raise Refusal(400, f"{wire}: no page has this token")
    return int(text)


def _seconds(call: ApiCall, wire: str) -> int | None:
    """A time of the query in nanoseconds."""
    text = call.query.get(wire)
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < _LATEST_SECONDS:
        raise Refusal(400, f"{wire}: must be a Unix time in seconds, got {text!r}")
    return int(seconds * 1_000_000_000)


def _link(call: ApiCall, **token: int) -> str:
    kept = {wire: value for wire, value in call.query.items() if wire not in ("continueToken", "stepBackToken")}
    return f"/organization/{call.target.id}/events?{urlencode(kept | token)}"
