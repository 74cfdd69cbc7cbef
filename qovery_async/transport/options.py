"""What does the transport need to know for each call?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import attrs

from qovery_async.errors import ConfigurationError
from qovery_async.pacing.pace import Pace
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.retry import RetryPolicy
from qovery_async.vocabulary.values import frozen


def _seconds(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value is not None and not (number and math.isfinite(value) and value > 0):
        raise ConfigurationError(f"timeout: {attribute.name} must be a positive number of seconds, got {value!r}")


@frozen
class Timeout:
    """Limits in seconds; None is no limit.

    `total` limits a whole call, with all its attempts, the waits between them and the decoding of the response;
    `attempt` one request and its response, and each wait for an async function of yours (token, hook,
    `rate_limiter`); `connect` the time to connect, once the host's name is known; `read` the silence between two reads.
    The official command line client allows 60 s for an attempt, after 15 s had proved too short.
    """

    total: float | None = attrs.field(default=None, validator=_seconds)
    attempt: float | None = attrs.field(default=60.0, validator=_seconds)
    connect: float | None = attrs.field(default=10.0, validator=_seconds)
    read: float | None = attrs.field(default=None, validator=_seconds)


NO_TIMEOUT = Timeout(total=None, attempt=None, connect=None, read=None)
"""No limit at all; without the argument `timeout`, the default limits apply."""


@frozen
class Options:
    """What a client applies to each call; `with_options` changes a copy of it."""

    timeout: Timeout = attrs.Factory(Timeout)
    retries: RetryPolicy = attrs.Factory(RetryPolicy)
    pace: Pace | None = None
    organization_id: str | None = None
    headers: Mapping[str, Secret] = attrs.Factory(dict[str, Secret])
