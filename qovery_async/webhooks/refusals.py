"""Why is a request no webhook of Qovery's?

No message has the secret or the body in it.
"""

from __future__ import annotations

from typing import ClassVar

from qovery_async.errors import QoveryError


class WebhookRefused(QoveryError):
    """The request is refused. `status` is the HTTP status to respond with."""

    status: ClassVar[int] = 400


class WrongWebhookSecret(WebhookRefused):
    """401: the request has no secret or a wrong one. Its body was not read."""

    status = 401


class MalformedWebhook(WebhookRefused):
    """400: the secret is right, and the body is no event."""


class WebhookTooLarge(WebhookRefused):
    """413: the secret is right, and the body has more than `max_bytes`."""

    status = 413
