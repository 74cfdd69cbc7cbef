"""Do refused webhooks show the secret or the body, or does the time tell how much of a secret was right?"""

from __future__ import annotations

import hmac
import json
import logging
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from qovery_async import QoveryError, models, webhooks
from tests.support.deliveries import EVENT
from tests.support.sight import Needle

SECRET = "whs_Qx5tLz8wRk2VbHn3JtR6yLd5Pf1Gs0"
OTHER = "whs_Yk4mNc7pTq9XwBs2DfG8hJk1Lz6Vr3"
BODY_WORD = "hunter2hunter2hunter2"


def bodies() -> list[bytes]:
    event = {**EVENT, "payload": {**EVENT["payload"], "logs": [BODY_WORD]}}
    deep = b'{"event_type": "A", "payload": {"logs": ' + b"[" * 300 + b'"%s"' % BODY_WORD.encode() + b"]" * 300 + b"}}"
    return [
        json.dumps(event).encode(),
        f'{{"event_type": "{BODY_WORD}'.encode(),
        f'["{BODY_WORD}"]'.encode(),
        f'{{"{BODY_WORD}": 1, "event_type": "{BODY_WORD}"}}'.encode(),
        deep,
    ]


def refusal(body: bytes, headers: Any, expected: Any, limit: int) -> QoveryError | None:
    try:
        webhooks.parse(body, headers, expected, max_bytes=limit)
    except QoveryError as error:
        return error
    return None


@pytest.mark.parametrize("sent", [None, SECRET, OTHER])
@pytest.mark.parametrize("expected", [SECRET, [OTHER, SECRET], "", SECRET + "\n", [SECRET, None]])
@pytest.mark.parametrize("limit", [10, 10_000])
def test_no_error_shows_the_secret_or_the_body(sent: Any, expected: Any, limit: int, log: Callable[[], str]) -> None:
    headers = {"Qovery-Secret": sent} if sent else {}
    for body in bodies():
        error = refusal(body, headers, expected, limit)
        if error is not None:
            assert [place for word in (SECRET, OTHER, BODY_WORD) for place in Needle(word).places_in(error)] == []
            assert error.__context__ is None
            assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert not any(Needle(word).stands_in(log()) for word in (SECRET, OTHER, BODY_WORD))


def test_a_body_that_does_not_fit_is_reported_without_its_values(caplog: pytest.LogCaptureFixture) -> None:
    event = {**EVENT, "created_at": BODY_WORD, "payload": {"id": [SECRET], "organization": BODY_WORD, "jobs": SECRET}}
    with caplog.at_level(logging.NOTSET):
        webhooks.parse(json.dumps(event), {"qovery-secret": SECRET}, SECRET)
    assert not any(Needle(word).stands_in(caplog.text) for word in (SECRET, BODY_WORD))


def test_each_secret_is_compared_in_constant_time_and_none_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def noted(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return real(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noted)
    webhooks.parse(json.dumps(EVENT), {"Qovery-Secret": SECRET, "Qovery-Signature": OTHER}, [SECRET, OTHER])
    sent, expected = {one for one, _ in compared}, {other for _, other in compared}
    assert sent == expected == {SECRET.encode(), OTHER.encode()}


def test_models_of_webhooks_mask_the_secret_and_the_address() -> None:
    request = models.OrganizationWebhookCreateRequest(
        kind=models.OrganizationWebhookKindEnum.SLACK, target_url=f"https://hooks.slack.com/{SECRET}", target_secret=SECRET, events=[]
    )  # fmt: skip
    assert not Needle(SECRET).stands_in(repr(request))
