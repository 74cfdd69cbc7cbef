"""What is in an event that Qovery sends to a webhook?

The API's description does not say: these models follow Qovery's documentation and what receivers read. As in other
models, unknown keys are kept in `extra`.
"""

# The types are read when the module is imported, so there are no annotations as strings.
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from qovery_async import models
from qovery_async.codec.plain import is_object
from qovery_async.codec.reader import Codec
from qovery_async.codec.writer import to_dict
from qovery_async.errors import DecodeError
from qovery_async.vocabulary import Model, OpenEnum
from qovery_async.vocabulary.definition import define
from qovery_async.webhooks.refusals import MalformedWebhook

_CODEC = Codec()


class WebhookPayloadType(OpenEnum):
    """What an event is about."""

    DEPLOYMENT = "DEPLOYMENT"


class _Part(Model):
    __slots__ = ()

    def __init_subclass__(cls) -> None:
        cls.__module__ = "qovery_async.webhooks"


@define(kw_only=True)
class WebhookOrganization(_Part):
    """The organization of a deployment."""

    id: str
    name: str | None = None


@define(kw_only=True)
class WebhookProject(_Part):
    """The project of a deployment."""

    id: str
    name: str | None = None


@define(kw_only=True)
class WebhookEnvironment(_Part):
    """The environment of a deployment."""

    id: str
    name: str | None = None
    mode: models.EnvironmentModeEnum | None = None
    cluster_id: str | None = None
    cluster_name: str | None = None


@define(kw_only=True)
class WebhookService(_Part):
    """A service in a deployment."""

    id: str
    name: str | None = None


@define(kw_only=True)
class DeploymentPayload(_Part):
    """A deployment, at the moment of the event.

    `logs` is a list, a string or None: the sources differ. `repr` masks it, since logs may have secrets in them.
    """

    id: str
    organization: WebhookOrganization
    project: WebhookProject
    environment: WebhookEnvironment
    deployment_id: str | None = None
    current_status: models.StateEnum | None = None
    desired_status: models.StateEnum | None = None
    applications: list[WebhookService] | None = None
    containers: list[WebhookService] | None = None
    databases: list[WebhookService] | None = None
    jobs: list[WebhookService] | None = None
    logs: Any = None

    __secrets__ = ("logs",)


@define(kw_only=True)
class WebhookEvent(_Part):
    """An event of a STANDARD webhook.

    `to_dict` makes JSON of it, for a queue; `WebhookEvent.read` takes that back.
    """

    event_type: models.OrganizationWebhookEventEnum
    created_at: datetime
    payload_type: WebhookPayloadType | None = None
    payload_id: str | None = None
    payload: DeploymentPayload

    @property
    def key(self) -> str:
        """A checksum of the content. An event that comes twice, or is replayed, has the same: act once for each."""
        # `created_at` is the only value whose spelling a model may change, so versions of the SDK agree on the rest.
        content = json.dumps(to_dict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Makes an event of a JSON object that comes from a trusted place: a queue, or `webhooks.list_events`.

        Raises:
            MalformedWebhook: it is no event.
        """
        event_type = body.get("event_type")
        if not isinstance(event_type, str) or not event_type or not is_object(body.get("payload")):
            raise MalformedWebhook("the body is no event: it needs the string event_type and the object payload")
        try:
            # What does not fit is repaired with a warning that has the place, and no value.
            return _CODEC.decode(dict(body), cls, operation="webhooks.parse", hide=_without_value)
        except DecodeError:
            pass  # its message may quote the body
        raise MalformedWebhook("the body is no event: it cannot be read as one")


def _without_value(text: str) -> str:
    return text.partition(", got ")[0]
