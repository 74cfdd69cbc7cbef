"""Which requests does `parse` take for Qovery's, and what does it say of the others?"""

from __future__ import annotations

import json
from email.message import Message
from typing import Any

import pytest
from multidict import CIMultiDict

import qovery_sync.webhooks
from qovery_async import ConfigurationError, QoveryError, webhooks
from tests.support.deliveries import EVENT, SECRET

BODY = json.dumps(EVENT).encode()
RIGHT = {"Qovery-Secret": SECRET}


def message(name: str) -> Message:
    headers = Message()
    headers[name] = SECRET
    return headers


def test_both_packages_have_the_same() -> None:
    assert {name: getattr(qovery_sync.webhooks, name) for name in webhooks.__all__} == {
        name: getattr(webhooks, name) for name in webhooks.__all__
    }
    assert qovery_sync.webhooks.__all__ == webhooks.__all__


@pytest.mark.parametrize("name", ["Qovery-Secret", "qovery-secret", "QOVERY-SIGNATURE", "Qovery-Signature"])
@pytest.mark.parametrize(
    "headers",
    [
        lambda name: {name: SECRET},
        lambda name: CIMultiDict({name: SECRET}),
        lambda name: [("Host", "a"), (name, SECRET)],
        lambda name: iter([(name, SECRET)]),
        lambda name: [(name.encode(), SECRET.encode())],
        lambda name: [(name, "another"), (name, SECRET)],
        message,
    ],
)
def test_either_header_will_do_in_any_case_and_in_any_form(name: str, headers: Any) -> None:
    assert webhooks.parse(BODY, headers(name), SECRET).payload_id == "d1"
    assert webhooks.parse(BODY.decode(), headers(name), SECRET).payload_id == "d1"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_secret_beyond_ascii_is_found_however_the_framework_decodes_headers(encoding: str) -> None:
    received = "clé-secrète".encode().decode(encoding, "surrogateescape")
    assert webhooks.parse(BODY, {"Qovery-Secret": received}, "clé-secrète")
    with pytest.raises(webhooks.WrongWebhookSecret):
        webhooks.parse(BODY, {"Qovery-Secret": "cl?-secr?te"}, "clé-secrète")
    with pytest.raises(webhooks.WrongWebhookSecret):
        webhooks.parse(BODY, {"Qovery-Secret": "\ud800"}, "clé-secrète")


def test_each_of_several_secrets_is_accepted_while_it_changes() -> None:
    for secret in ("old", "new"):
        assert webhooks.parse(BODY, {"Qovery-Secret": secret}, ["old", "new"])
    with pytest.raises(webhooks.WrongWebhookSecret):
        webhooks.parse(BODY, {"Qovery-Secret": "older"}, ["old", "new"])


@pytest.mark.parametrize(
    "headers",
    [{}, {"Qovery-Secret": ""}, {"Qovery-Secret": SECRET + "x"}, {"Qovery-Secret": SECRET[:-1]}, {"Authorization": SECRET},
     {"Qovery-Secret": SECRET.upper()}, {"X-Qovery-Secret": SECRET}],
)  # fmt: skip
def test_a_wrong_or_missing_secret_is_refused_before_the_body_is_looked_at(headers: dict[str, str]) -> None:
    for body in (BODY, b"no JSON", b"x" * 5_000_000):
        with pytest.raises(webhooks.WrongWebhookSecret) as raised:
            webhooks.parse(body, headers, SECRET)
        assert raised.value.status == 401


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"event_type": NaN}', "not JSON"),
        (b"\xff\xfe\xfa", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b"{}", "no event"),
        (b'{"text": "Deploy of shop"}', "no event"),
        (b'{"event_type": "", "payload": {}}', "no event"),
        (b'{"event_type": "A", "payload": []}', "no event"),
        (b'{"event_type": "A", "payload": {"logs": ' + b"[" * 500 + b"]" * 500 + b"}}", "cannot be read"),
    ],
)
def test_what_is_no_event_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(webhooks.MalformedWebhook, match=message) as raised:
        webhooks.parse(body, RIGHT, SECRET)
    assert raised.value.status == 400


def test_a_body_that_is_too_large_is_refused_unread() -> None:
    assert webhooks.parse(BODY, RIGHT, SECRET, max_bytes=len(BODY))
    with pytest.raises(webhooks.WebhookTooLarge, match="raise max_bytes") as raised:
        webhooks.parse(b"{" * (len(BODY) + 1), RIGHT, SECRET, max_bytes=len(BODY))
    assert raised.value.status == 413
    with pytest.raises(webhooks.WebhookTooLarge):
        webhooks.parse("é" * 6, RIGHT, SECRET, max_bytes=10)


def test_all_refusals_are_one_family() -> None:
    family = {webhooks.WrongWebhookSecret, webhooks.MalformedWebhook, webhooks.WebhookTooLarge}
    assert set(webhooks.WebhookRefused.__subclasses__()) == family
    assert issubclass(webhooks.WebhookRefused, QoveryError)
    assert not issubclass(webhooks.WebhookRefused, ConfigurationError)


@pytest.mark.parametrize(
    ("body", "headers", "secret", "message"),
    [
        (BODY, {}, "", "secret must be"),
        (BODY, {"Qovery-Secret": ""}, "", "secret must be"),
        (BODY, RIGHT, None, "got NoneType"),
        (BODY, RIGHT, [], "got none"),
        (BODY, RIGHT, [SECRET, ""], "secret must be"),
        (BODY, RIGHT, b"bytes", "got int"),
        (BODY, RIGHT, SECRET + "\n", "whitespace"),
        (BODY, RIGHT, "a\x00b", "control character"),
        (EVENT, RIGHT, SECRET, "body must be the raw body .* got dict"),
        (BODY, None, SECRET, "headers must be .* got NoneType"),
        (BODY, "Qovery-Secret", SECRET, "headers must be"),
        (BODY, {"Qovery-Secret": [SECRET]}, SECRET, "headers must be"),
        (BODY, ["Qovery-Secret"], SECRET, "headers must be"),
    ],
)
def test_a_wrong_argument_is_an_error_of_the_program_and_no_refusal(
    body: Any, headers: Any, secret: Any, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        webhooks.parse(body, headers, secret)
