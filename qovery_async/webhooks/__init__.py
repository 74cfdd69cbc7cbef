"""How does a program that receives Qovery's webhooks check and read them?

    event = webhooks.parse(body, headers, secret)

No client is needed, and nothing is sent. `client.webhooks.missed` lists what did not arrive.
"""

from qovery_async.webhooks.events import (
    DeploymentPayload,
    WebhookEnvironment,
    WebhookEvent,
    WebhookOrganization,
    WebhookPayloadType,
    WebhookProject,
    WebhookService,
)
from qovery_async.webhooks.parsing import WebhookHeaders, parse
from qovery_async.webhooks.refusals import MalformedWebhook, WebhookRefused, WebhookTooLarge, WrongWebhookSecret

__all__ = [
    "DeploymentPayload", "MalformedWebhook", "WebhookEnvironment", "WebhookEvent", "WebhookHeaders",
    "WebhookOrganization", "WebhookPayloadType", "WebhookProject", "WebhookRefused", "WebhookService",
    "WebhookTooLarge", "WrongWebhookSecret", "parse",
]  # fmt: skip
