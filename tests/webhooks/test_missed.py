"""Which events does `missed` list? In both faces."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from qovery_async import AsyncQovery, ConfigurationError, NotFound, webhooks
from qovery_async.emulator import Emulator
from tests.support.both_faces import play
from tests.support.deliveries import ACCEPTED, EVENT, FAILED, deployed, environment_id, hooked
from tests.support.server import Answer, Ask, serve

pytestmark = pytest.mark.anyio


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", speed=None) as running:
        yield running


def missed(*args: Any, **options: Any) -> Any:
    def script(client: Any) -> Generator[Any, Any, list[webhooks.WebhookEvent]]:
        return (yield client.webhooks.missed(*args, **options))

    return script


def listed(*deliveries: dict[str, Any]) -> Answer:
    given = {
        "kind": "STANDARD", "matched_event": "DEPLOYMENT_STARTED", "target_url_used": "http://a",
        "created_at": "2026-01-05T09:00:00Z", "request": EVENT, "target_response_status_code": 503,
    }  # fmt: skip
    return Answer({"results": [{"id": f"w{n}", **given, **one} for n, one in enumerate(deliveries)]})


def event(number: int) -> dict[str, Any]:
    return {**EVENT, "payload_id": f"d{number}"}


async def test_what_the_receiver_did_not_accept_is_replayed(ask: Ask, emulator: Emulator) -> None:
    async with serve(FAILED, ACCEPTED, FAILED, ACCEPTED) as server:
        async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
            webhook = await hooked(client, server)
            await deployed(emulator, client)
            begun = emulator.clock.now()
            await deployed(emulator, client)
        live = [webhooks.parse(seen.body, seen.headers, "whs_Zq7Xk29Wm4Bv8Hn3") for seen in server.requests]
        found, operations = await play(ask, emulator, missed(webhook))
        assert operations == ["webhooks.list_events"]
        assert found == [live[0], live[2]]
        assert [one.key for one in found] == [live[0].key, live[2].key]
        assert [one.event_type for one in found] == ["DEPLOYMENT_STARTED", "DEPLOYMENT_STARTED"]
        assert (await play(ask, emulator, missed(webhook, since=begun)))[0] == [live[2]]
        assert (await play(ask, emulator, missed(webhook, since=begun + timedelta(hours=1))))[0] == []
        assert len(server.requests) == 4


async def test_a_receiver_that_was_down_misses_all(ask: Ask, emulator: Emulator) -> None:
    async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
        webhook = await hooked(client, "http://127.0.0.1:1/")
        emulator.fail_next_build(
            next(one.id for one in await client.applications.list(environment_id(emulator, "staging")))
        )
        await deployed(emulator, client, "staging")
    found, _ = await play(ask, emulator, missed(webhook))
    assert [one.event_type for one in found] == ["DEPLOYMENT_STARTED", "DEPLOYMENT_FAILURE"]


async def test_an_event_that_was_accepted_once_is_not_missed_and_each_comes_once(ask: Ask) -> None:
    deliveries = [
        {"request": event(3), "created_at": "2026-01-05T09:00:09Z"},
        {"request": event(1), "created_at": "2026-01-05T09:00:01Z"},
        {"request": event(2), "created_at": "2026-01-05T09:00:02Z"},
        {"request": event(2), "created_at": "2026-01-05T09:00:05Z", "target_response_status_code": 200},
        {"request": event(1), "created_at": "2026-01-05T09:00:07Z", "target_response_status_code": 302},
    ]
    async with serve(listed(*deliveries)) as server:
        found, _ = await play(ask, server, missed("w"))
    assert [one.payload_id for one in found] == ["d1", "d3"]


async def test_a_retry_before_since_still_counts_as_accepted(ask: Ask) -> None:
    early = {"created_at": "2026-01-05T09:00:00Z", "target_response_status_code": 204}
    late = {"created_at": "2026-01-05T09:00:09Z", "target_response_status_code": 500}
    async with serve(listed(late, early)) as server:
        since = datetime(2026, 1, 5, 9, 0, 5, tzinfo=UTC)
        assert (await play(ask, server, missed("w", since=since)))[0] == []


async def test_events_of_one_moment_come_in_their_own_order(ask: Ask) -> None:
    later = {"request": {**event(2), "created_at": "2026-01-05T09:00:04Z"}}
    async with serve(listed(later, {"request": event(1)})) as server:
        found, _ = await play(ask, server, missed("w"))
    assert [one.payload_id for one in found] == ["d1", "d2"]


async def test_messages_for_slack_are_left_out(ask: Ask) -> None:
    async with serve(listed({"kind": "SLACK", "request": {"text": "hello"}}, {})) as server:
        found, _ = await play(ask, server, missed("w"))
    assert [one.payload_id for one in found] == ["d1"]


async def test_a_request_that_is_no_event_is_named_and_not_skipped(ask: Ask) -> None:
    async with serve(listed({}, {"request": {"hidden": "body"}})) as server:
        with pytest.raises(webhooks.MalformedWebhook, match="delivery w1 is no event; list_events has it") as raised:
            await play(ask, server, missed("w"))
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize("since", [datetime(2026, 1, 1), "2026-01-01T00:00:00Z", 5])  # noqa: DTZ001
async def test_a_time_without_a_timezone_is_refused_before_a_request(ask: Ask, since: Any) -> None:
    async with serve(listed()) as server:
        with pytest.raises(ConfigurationError, match="since must be a datetime with a timezone"):
            await play(ask, server, missed("w", since=since))
        assert server.requests == []


async def test_there_is_no_such_webhook(ask: Ask, emulator: Emulator) -> None:
    with pytest.raises(NotFound):
        await play(ask, emulator, missed("11111111-2222-3333-4444-555555555555"))
