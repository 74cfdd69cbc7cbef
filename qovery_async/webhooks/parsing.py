"""Does a request come from Qovery, and which event does it bring?

Qovery signs nothing: the secret itself is in a header. The API's description calls the header `Qovery-Signature`, the
documentation `Qovery-Secret`; either will do, in any case.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NoReturn, Protocol

from qovery_async.codec.plain import is_object
from qovery_async.errors import ConfigurationError
from qovery_async.webhooks.events import WebhookEvent
from qovery_async.webhooks.refusals import MalformedWebhook, WebhookRefused, WebhookTooLarge, WrongWebhookSecret

MAX_BYTES = 4 * 2**20

_NAMES = ("qovery-secret", "qovery-signature")


class WebhookHeaders(Protocol):
    """The headers of a request: a mapping, or what a web framework has for them."""

    def items(self) -> Iterable[tuple[str, str]]:
        """The names and values. A name may come twice."""
        ...


def parse(
    body: bytes | str,
    headers: WebhookHeaders | Iterable[tuple[str | bytes, str | bytes]],
    secret: str | Iterable[str],
    *,
    max_bytes: int = MAX_BYTES,
) -> WebhookEvent:
    """Parse a request of Qovery to a webhook, and refuse every other request.

    The secret is compared in constant time, before the body is looked at. New event types and keys are taken.

    Args:
        body: The raw body of the request.
        headers: Its headers: those of the framework, a mapping, or pairs of names and values.
        secret: The `target_secret` of the webhook. Several while it changes: each of them is accepted.
        max_bytes: The size above which a body is refused.

    Raises:
        WrongWebhookSecret: the secret is wrong or missing.
        MalformedWebhook: the body is no JSON object with an event. A webhook of kind SLACK sends such bodies.
        WebhookTooLarge: the body has more than `max_bytes`.
        WebhookRefused: the base of these three; `status` is the HTTP status to respond with.
        ConfigurationError: an argument is wrong, such as an empty secret.
    """
    found = _judged(body, headers, secret, max_bytes)
    del body, headers, secret  # so that a traceback with variables shows none of them
    if isinstance(found, Exception):
        raise found
    return found


def _judged(body: Any, headers: Any, secret: Any, max_bytes: int) -> WebhookEvent | WebhookRefused | ConfigurationError:
    try:
        accepted, given = _accepted(secret), list(_given(headers))
        if not isinstance(body, (bytes, str)):
            _refuse(f"body must be the raw body of the request as bytes or str, got {type(body).__name__}")
    except ConfigurationError as error:
        return ConfigurationError(*error.args)
    # All are compared, so that the time does not tell which one is right.
    matches = [hmac.compare_digest(one, other) for one in given for other in accepted]
    if not any(matches):
        return WrongWebhookSecret(_unknown(given))
    if len(body if isinstance(body, bytes) else body.encode(errors="surrogatepass")) > max_bytes:
        return WebhookTooLarge(f"the body has more than {max_bytes} bytes; raise max_bytes if that is expected")
    return _read(body)


def _read(body: bytes | str) -> WebhookEvent | WebhookRefused:
    try:
        value = json.loads(body, parse_constant=_not_json)
    except (ValueError, RecursionError):
        return MalformedWebhook("the body is not JSON")
    if not is_object(value):
        return MalformedWebhook("the body is JSON, and no object")
    try:
        return WebhookEvent.read(value)
    except MalformedWebhook as refusal:
        return MalformedWebhook(*refusal.args)


def _accepted(secret: object) -> list[bytes]:
    """The secrets as bytes.

    Raises:
        ConfigurationError: there is none, or one that no header can carry.
    """
    secrets: list[object] = [secret] if isinstance(secret, str) or not isinstance(secret, Iterable) else [*secret]
    if not secrets:
        _refuse("secret must be a non-empty string or several, got none")
    for one in secrets:
        if not isinstance(one, str) or not one:
            what = "''" if one == "" else type(one).__name__
            _refuse(f"secret must be the webhook's target_secret, a non-empty string, got {what}")
        if one != one.strip() or not one.isprintable():
            _refuse("secret has whitespace around it or a control character, which no header carries: remove it")
    return [one.encode("utf-8", "surrogateescape") for one in secrets if isinstance(one, str)]


def _given(headers: Any) -> Iterator[bytes]:
    """The secrets in the headers of a request, in each encoding that a framework may have decoded them from."""
    try:
        pairs: list[tuple[Any, Any]] = [(k, v) for k, v in (headers.items() if hasattr(headers, "items") else headers)]
    except (TypeError, ValueError):
        pairs = [(None, None)]
    for pair in pairs:
        name, value = (part.decode("latin-1") if isinstance(part, bytes) else part for part in pair)
        if not isinstance(name, str) or not isinstance(value, str):
            _refuse(f"headers must be a mapping or pairs of names and values, got {type(headers).__name__}")
        if name.lower() in _NAMES:
            for encoding in ("utf-8", "latin-1"):
                with suppress(UnicodeEncodeError):
                    yield value.encode(encoding, "surrogateescape")


def _unknown(given: list[bytes]) -> str:
    if not given:
        return "the request has no header Qovery-Secret or Qovery-Signature; does the webhook have a target_secret?"
    return "the secret of the request is not the one that was given; is it the webhook's target_secret?"


def _refuse(message: str) -> NoReturn:
    raise ConfigurationError(message)


def _not_json(text: str) -> NoReturn:
    raise ValueError(text)
