"""What Qovery delivers to webhooks, for tests: an event as its documentation has it, and who receives the emulator's."""

from __future__ import annotations

from typing import Any

from qovery_async import AsyncQovery, models
from qovery_async.emulator import Emulator
from tests.support.server import Answer, Server

SECRET = "whs_Zq7Xk29Wm4Bv8Hn3"
EVENTS = ["DEPLOYMENT_STARTED", "DEPLOYMENT_CANCELLED", "DEPLOYMENT_FAILURE", "DEPLOYMENT_SUCCESSFUL"]
ACCEPTED, FAILED = Answer(status=204), Answer(status=503, body=b"later")

EVENT: dict[str, Any] = {
    "created_at": "2026-01-05T09:00:03Z",
    "event_type": "DEPLOYMENT_SUCCESSFUL",
    "payload_type": "DEPLOYMENT",
    "payload_id": "d1",
    "payload": {
        "id": "d1",
        "current_status": "DEPLOYED",
        "desired_status": "DEPLOYED",
        "organization": {"id": "o1", "name": "acme"},
        "project": {"id": "p1", "name": "shop"},
        "environment": {"id": "e1", "name": "production", "mode": "PRODUCTION", "cluster_name": "eu"},
        "applications": [{"id": "a1", "name": "api"}],
        "databases": [],
        "containers": [],
        "jobs": [],
        "logs": ["Deployed"],
    },
}


async def hooked(client: AsyncQovery, target: Server | str, **more: Any) -> str:
    """The id of a new webhook for all events."""
    url = target if isinstance(target, str) else f"{target.url}/hook"
    body = {"kind": "STANDARD", "target_url": url, "target_secret": SECRET, "events": EVENTS, **more}
    return (await client.webhooks.create(body)).id  # type: ignore[arg-type]  # the tests give wrong ones, too


async def deployed(emulator: Emulator, client: AsyncQovery, environment: str = "production") -> str:
    """Deploys an environment of the project shop to its end, with a stepped clock; returns its id."""
    id_ = environment_id(emulator, environment)
    await client.environments.redeploy(id_)
    emulator.clock.run_out()
    await emulator.webhooks.settled()
    return id_


def environment_id(emulator: Emulator, name: str) -> str:
    found = [one for one in emulator.state.every("environment") if one.value["name"] == name]
    return next(one.id for one in found if one.parent is not None and one.parent.value["name"] == "shop")


def told(server: Server) -> list[str]:
    """The events that a receiver got, in order."""
    return [seen.json["event_type"].removeprefix("DEPLOYMENT_") for seen in server.requests]


async def results(client: AsyncQovery, webhook_id: str) -> list[tuple[str, int]]:
    """The deliveries of a webhook: event and status."""
    found: list[models.WebhookEventResponse] = await client.webhooks.list_events(webhook_id)
    return [(one.matched_event.removeprefix("DEPLOYMENT_"), one.target_response_status_code) for one in found]
