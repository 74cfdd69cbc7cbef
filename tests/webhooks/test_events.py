"""What does an event hold, and what becomes of what the SDK does not know?"""

from __future__ import annotations

import copy
import json
import logging
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from qovery_async import from_dict, models, to_dict, to_json, webhooks
from qovery_async.codec.reader import Codec
from qovery_async.webhooks import events
from tests.support import ROOT
from tests.support.deliveries import EVENT, SECRET


def parsed(event: dict[str, Any], **dumps: Any) -> webhooks.WebhookEvent:
    return webhooks.parse(json.dumps(event, **dumps), {"qovery-signature": SECRET}, SECRET)


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(EVENT), **changes}


def test_an_event_is_typed() -> None:
    event = parsed(EVENT)
    assert event.event_type is models.OrganizationWebhookEventEnum.DEPLOYMENT_SUCCESSFUL
    assert event.created_at == datetime(2026, 1, 5, 9, 0, 3, tzinfo=UTC)
    assert (event.payload_type, event.payload_id) == (webhooks.WebhookPayloadType.DEPLOYMENT, "d1")
    payload = event.payload
    assert (payload.current_status, payload.desired_status) == (models.StateEnum.DEPLOYED, models.StateEnum.DEPLOYED)
    assert (payload.organization.name, payload.project.name, payload.environment.name) == ("acme", "shop", "production")
    assert payload.environment.mode is models.EnvironmentModeEnum.PRODUCTION
    assert [service.name for service in payload.applications or ()] == ["api"]
    assert payload.logs == ["Deployed"]


def test_what_is_new_is_kept() -> None:
    event = changed(event_type="DEPLOYMENT_PAUSED", trace="t1", payload_type="ROLLBACK")
    event["payload"] |= {"deployment_id": "x-1", "helms": [{"id": "h1"}], "logs": None, "current_status": "PAUSED"}
    event["payload"]["environment"]["region"] = "eu"
    found = parsed(event)
    assert (found.event_type, found.event_type.is_known) == ("DEPLOYMENT_PAUSED", False)
    assert (found.payload_type, found.payload.current_status) == ("ROLLBACK", "PAUSED")
    assert (found.extra, found.payload.environment.extra) == ({"trace": "t1"}, {"region": "eu"})
    assert found.payload.extra == {"helms": [{"id": "h1"}]}
    assert (found.payload.deployment_id, found.payload.logs) == ("x-1", None)
    assert to_dict(found) == event


def test_what_is_missing_or_does_not_fit_is_read_all_the_same(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_CODEC", Codec())  # which says each thing once in a process
    event = changed(created_at="yesterday", payload_id=7)
    del event["payload"]["project"]
    with caplog.at_level(logging.WARNING, "qovery"):
        found = parsed(event)
    assert (found.created_at, found.payload.project) == ("yesterday", None)
    assert to_dict(found)["payload"] == event["payload"]
    assert "payload.project: is missing" in caplog.text
    assert "yesterday" not in caplog.text


def test_the_key_is_that_of_the_content() -> None:
    key = parsed(EVENT).key
    assert key == parsed(EVENT, indent=2, sort_keys=True).key
    assert key == parsed(changed(created_at="2026-01-05T09:00:03.000+00:00")).key
    others = [changed(created_at="2026-01-05T09:00:04Z"), changed(event_type="DEPLOYMENT_FAILURE"), changed(new=1)]
    assert len({key, *(parsed(other).key for other in others)}) == 4
    # The key is kept in databases of users: another one would let old events through as new.
    assert key == "3ecb552898437cd52f1f31988697ab9faf2688a7a7929bf1ebb56c24c0693815"


def test_an_event_survives_a_queue() -> None:
    event = parsed(EVENT)
    for copied in (
        pickle.loads(pickle.dumps(event)),
        webhooks.WebhookEvent.read(json.loads(to_json(event))),
        from_dict(webhooks.WebhookEvent, to_dict(event)),
        copy.deepcopy(event),
    ):
        assert copied == event
        assert copied.key == event.key


def test_logs_are_not_in_the_representation() -> None:
    event = changed()
    event["payload"]["logs"] = ["PASSWORD=hunter2"]
    assert "hunter2" not in repr(parsed(event))


def test_nothing_of_it_is_imported_before_it_is_used() -> None:
    code = (
        "import sys, qovery_async, qovery_sync\n"
        "assert not [name for name in sys.modules if 'webhook' in name or 'replay' in name]\n"
        "assert qovery_async.webhooks.parse is qovery_sync.webhooks.parse\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=True)
