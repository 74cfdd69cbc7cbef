"""What receivers of webhooks write: read by type checkers, never run."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import Message
from typing import assert_type

import qovery_async
import qovery_sync
from qovery_async import AsyncQovery, models, webhooks
from qovery_sync import Qovery


def received(body: bytes, text: str, headers: dict[str, str], raw: list[tuple[bytes, bytes]], other: Message) -> None:
    event = webhooks.parse(body, headers, "secret")
    assert_type(event, webhooks.WebhookEvent)
    assert_type(webhooks.parse(text, raw, ["new", "old"], max_bytes=100), webhooks.WebhookEvent)
    assert_type(qovery_sync.webhooks.parse(body, other, ("new",)), webhooks.WebhookEvent)
    assert_type(qovery_async.webhooks.WebhookEvent.read({"a": 1}), webhooks.WebhookEvent)
    assert_type(event.event_type, models.OrganizationWebhookEventEnum)
    assert_type(event.created_at, datetime)
    assert_type(event.key, str)
    assert_type(event.payload.environment.name, str | None)
    assert_type(event.payload.current_status, models.StateEnum | None)
    for service in event.payload.applications or ():
        assert_type(service.id, str)


def refused(error: webhooks.WebhookRefused) -> int:
    return error.status


async def replayed(client: AsyncQovery, blocking: Qovery) -> None:
    assert_type(await client.webhooks.missed("id"), list[webhooks.WebhookEvent])
    assert_type(blocking.webhooks.missed("id", since=datetime.now(UTC)), list[webhooks.WebhookEvent])


async def mistakes(client: AsyncQovery, body: bytes, headers: dict[str, str]) -> None:
    webhooks.parse(body, headers)  # rejected
    webhooks.parse(body, headers, None)  # rejected
    webhooks.parse({"event_type": "A"}, headers, "secret")  # rejected
    webhooks.parse(body, None, "secret")  # rejected
    print(webhooks.parse(body, headers, "secret").payload.env)  # rejected
    await client.webhooks.missed("id", since="2026-01-01")  # rejected
    client.webhooks.missed()  # rejected
