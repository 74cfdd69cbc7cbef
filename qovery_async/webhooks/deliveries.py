"""Which of the listed deliveries failed for good?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from qovery_async import models
from qovery_async.errors import ConfigurationError
from qovery_async.webhooks.events import WebhookEvent
from qovery_async.webhooks.refusals import MalformedWebhook


def checked(since: object) -> None:
    """Raises `ConfigurationError` if this is neither None nor a time with a timezone."""
    if since is not None and (not isinstance(since, datetime) or since.tzinfo is None):
        raise ConfigurationError(f"since must be a datetime with a timezone, got {since!r}; try datetime.now(UTC)")


def missed(deliveries: Iterable[models.WebhookEventResponse], since: datetime | None) -> list[WebhookEvent]:
    """The events of which no delivery was accepted, oldest first.

    Raises:
        MalformedWebhook: the request of a delivery is no event.
    """
    accepted, failed = set[str](), dict[str, WebhookEvent]()
    slack = models.OrganizationWebhookKindEnum.SLACK
    found = [(delivery, _event(delivery)) for delivery in deliveries if delivery.kind != slack]
    for delivery, event in sorted(found, key=lambda pair: (pair[0].created_at, str(pair[1].created_at))):
        if 200 <= delivery.target_response_status_code < 300:
            accepted.add(event.key)
        elif since is None or delivery.created_at >= since:
            failed.setdefault(event.key, event)
    return [event for key, event in failed.items() if key not in accepted]


def _event(delivery: models.WebhookEventResponse) -> WebhookEvent:
    try:
        return WebhookEvent.read(delivery.request)
    except MalformedWebhook as refusal:
        message = f"the request of the delivery {delivery.id} is no event; list_events has it: {refusal}"
    raise MalformedWebhook(message)
