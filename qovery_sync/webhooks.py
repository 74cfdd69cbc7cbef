"""How does a program that receives Qovery's webhooks check and read them?

All of it is in `qovery_async.webhooks`: nothing there waits, so both packages have the same.
"""

from qovery_async.webhooks import (
    DeploymentPayload,
    MalformedWebhook,
    WebhookEnvironment,
    WebhookEvent,
    WebhookHeaders,
    WebhookOrganization,
    WebhookPayloadType,
    WebhookProject,
    WebhookRefused,
    WebhookService,
    WebhookTooLarge,
    WrongWebhookSecret,
    parse,
)

__all__ = [
    "DeploymentPayload", "MalformedWebhook", "WebhookEnvironment", "WebhookEvent", "WebhookHeaders",
    "WebhookOrganization", "WebhookPayloadType", "WebhookProject", "WebhookRefused", "WebhookService",
    "WebhookTooLarge", "WrongWebhookSecret", "parse",
]  # fmt: skip
