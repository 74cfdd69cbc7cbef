"""Which events of a webhook did not arrive?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from qovery_async.resources.webhooks import Webhooks

if TYPE_CHECKING:
    from qovery_async.webhooks.events import WebhookEvent


class WebhooksWithReplay(Webhooks):
    """Webhooks: addresses that Qovery calls when a deployment starts or ends.

    `missed` has the events that did not arrive, to handle them now. `qovery_async.webhooks.parse` reads a request.
    """

    async def missed(
        self, webhook_id: str, *, since: datetime | None = None, organization_id: str | None = None
    ) -> list[WebhookEvent]:
        """List the events that a webhook's receiver did not accept, oldest first, each once.

        An event counts as accepted once a delivery of it got a status of 200 to 299; events are told apart by
        their `key`. How long Qovery keeps deliveries is not documented. Those of kind SLACK are left out.

        Args:
            webhook_id: The id of the webhook.
            since: Leaves out deliveries before this time, which needs a timezone.
            organization_id: Unless given: the client's, or else the only one that its token sees.

        `GET /organization/{organizationId}/webhook/{webhookId}/event`

        Raises:
            MalformedWebhook: the request of a delivery is no event. `list_events` has it.
            ConfigurationError: `since` has no timezone.
            NotFound: there is no such webhook.
        """
        from qovery_async.webhooks.deliveries import checked, missed

        checked(since)
        return missed(await self.list_events(webhook_id, organization_id=organization_id), since)
