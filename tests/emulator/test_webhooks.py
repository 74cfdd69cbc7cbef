"""What does the emulator deliver to webhooks, to which, and in which order?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from qovery_async import AsyncQovery, BadRequest, to_dict, webhooks
from qovery_async.emulator import Emulator
from qovery_async.emulator.life.actions import Action
from qovery_sync import Qovery
from tests.support.deliveries import ACCEPTED, EVENTS, FAILED, SECRET, deployed, environment_id, hooked, results, told
from tests.support.server import Answer, in_thread, serve

pytestmark = pytest.mark.anyio


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    async with Emulator(world="demo", speed=None) as running:
        yield running


async def test_a_deployment_tells_when_it_starts_and_how_it_ends(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(ACCEPTED) as server:
        webhook = await hooked(client, server)
        id_ = await deployed(emulator, client)
        assert told(server) == ["STARTED", "SUCCESSFUL"]
        service = (await client.applications.list(id_))[0]
        emulator.life.fail_next(service.id, Action.DEPLOY)
        await deployed(emulator, client)
        await client.environments.redeploy(id_)
        emulator.clock.advance(4)
        await client.environments.cancel_deployment(id_)
        emulator.clock.run_out()
        await client.environments.stop(id_)
        emulator.clock.run_out()
        await emulator.webhooks.settled()
        expected = ["STARTED", "SUCCESSFUL", "STARTED", "FAILURE", "STARTED", "CANCELLED", "STARTED", "SUCCESSFUL"]
        assert told(server) == expected
        assert await results(client, webhook) == [(event, 204) for event in expected]


async def test_what_is_sent_is_what_the_documentation_has(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(ACCEPTED) as server:
        webhook = await hooked(client, server)
        id_ = await deployed(emulator, client)
        first, last = server.requests
        events = await client.webhooks.list_events(webhook)
    assert (first.method, first.path, first.headers["Content-Type"]) == ("POST", "/hook", "application/json")
    assert first.headers["Qovery-Signature"] == first.headers["Qovery-Secret"] == SECRET
    assert "Authorization" not in first.headers
    event = webhooks.parse(last.body, last.headers, SECRET)
    environment = await client.environments.get(id_)
    assert timedelta() <= emulator.clock.now() - event.created_at < timedelta(milliseconds=1)
    assert (event.payload.environment.id, event.payload.environment.mode) == (id_, environment.mode)
    assert event.payload.environment.cluster_name == environment.cluster_name
    assert (event.payload.project.name, event.payload.organization.name) == ("shop", "acme")
    assert (event.payload.current_status, event.payload.desired_status) == ("DEPLOYED", "DEPLOYED")
    applications = await client.applications.list(id_)
    assert {one.id for one in event.payload.applications or ()} == {one.id for one in applications}
    assert event.payload.databases
    assert event.payload.extra == {}
    assert first.json["payload"]["logs"] is None
    assert event.payload.logs[-1] == "Deploy ended: DEPLOYED"
    history = (await client.environments.list_deployment_history_v2(id_)).items
    assert event.payload.deployment_id == history[0].identifier.execution_id
    assert [one.request for one in events] == [first.json, last.json]
    assert len({one.id for one in events}) == 2


async def test_a_queued_deployment_that_is_canceled_tells_so(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(ACCEPTED) as server:
        await hooked(client, server)
        id_ = environment_id(emulator, "production")
        await client.environments.redeploy(id_)
        emulator.clock.advance(4)
        async with AsyncQovery(emulator.user_token("bob"), base_url=emulator.url) as bob:
            queued = (await bob.environments.redeploy(id_)).deployment_request_id
            assert queued is not None
            emulator.clock.advance(3)
            await bob.deployment_queue.cancel(queued)
        emulator.clock.run_out()
        await emulator.webhooks.settled()
        assert told(server) == ["STARTED", "CANCELLED", "SUCCESSFUL"]
        canceled = webhooks.parse(server.requests[1].body, server.requests[1].headers, SECRET)
        assert (canceled.payload_id, canceled.payload.current_status) == (queued, "CANCELED")
        assert (canceled.payload.deployment_id, bool(canceled.payload.applications)) == (None, True)


async def test_a_webhook_of_kind_slack_gets_a_message(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(ACCEPTED) as server:
        webhook = await hooked(client, server, kind="SLACK", events=["DEPLOYMENT_SUCCESSFUL"])
        await deployed(emulator, client)
        assert server.only.json.keys() == {"text"}
        assert "*shop/production*" in server.only.json["text"]
        assert server.only.json["text"].endswith("was successful: DEPLOYED")
        assert [one.kind for one in await client.webhooks.list_events(webhook)] == ["SLACK"]


@pytest.mark.parametrize(
    ("filters", "comes"),
    [
        ({}, True),
        ({"enabled": True, "events": EVENTS}, True),
        ({"enabled": False}, False),
        ({"events": ["DEPLOYMENT_FAILURE"]}, False),
        ({"events": []}, False),
        ({"project_names_filter": []}, True),
        ({"project_names_filter": ["SHOP"]}, True),
        ({"project_names_filter": ["other", "s*P"]}, True),
        ({"project_names_filter": ["sho"]}, False),
        ({"project_names_filter": ["sh?p"]}, False),
        ({"project_names_filter": ["[a-z]*"]}, False),
        ({"environment_types_filter": []}, True),
        ({"environment_types_filter": ["STAGING", "PRODUCTION"]}, True),
        ({"environment_types_filter": ["STAGING"]}, False),
        ({"environment_types_filter": ["PRODUCTION"], "project_names_filter": ["other"]}, False),
    ],
)
async def test_filters(emulator: Emulator, client: AsyncQovery, filters: dict[str, Any], comes: bool) -> None:  # noqa: FBT001
    async with serve(ACCEPTED) as server:
        webhook = await hooked(client, server, **filters)
        await deployed(emulator, client)
        assert bool(server.requests) == comes
        assert bool(await client.webhooks.list_events(webhook)) == comes


async def test_events_reach_an_address_in_their_order_and_another_does_not_wait(
    emulator: Emulator, client: AsyncQovery
) -> None:
    gate = asyncio.Event()

    async def slow(_: object) -> Any:
        await gate.wait()
        return ACCEPTED.response()

    async with serve(slow) as late, serve(ACCEPTED) as quick:
        webhook = await hooked(client, late)
        await hooked(client, quick)
        id_ = environment_id(emulator, "production")
        for _ in range(2):
            await client.environments.redeploy(id_)
            emulator.clock.run_out()
        while len(quick.requests) < 4:
            await asyncio.sleep(0.01)
        assert len(late.requests) == 1
        assert await results(client, webhook) == []
        gate.set()
        await emulator.webhooks.settled()
        assert told(late) == told(quick) == ["STARTED", "SUCCESSFUL"] * 2


async def test_the_secret_is_in_the_headers_that_are_chosen(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(ACCEPTED) as server:
        emulator.webhooks.secret_headers = ["Qovery-Secret"]
        webhook = await hooked(client, server, events=["DEPLOYMENT_STARTED"])
        await deployed(emulator, client)
        assert server.requests[0].headers["Qovery-Secret"] == SECRET
        assert "Qovery-Signature" not in server.requests[0].headers
        body: Any = {"kind": "STANDARD", "target_url": f"{server.url}/", "events": ["DEPLOYMENT_STARTED"]}
        await client.webhooks.update(webhook, {**body, "target_secret": "another"})
        await deployed(emulator, client)
        assert server.requests[1].headers["Qovery-Secret"] == "another"
        await client.webhooks.update(webhook, body)
        await deployed(emulator, client)
        assert "Qovery-Secret" not in server.requests[2].headers
        assert not (await client.webhooks.get(webhook)).target_secret_set
        shown = json.dumps([to_dict(one) for one in await client.webhooks.list()])
        assert "another" not in shown


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1:80", "", "javascript:alert(1)"])
async def test_an_address_that_is_none_is_refused(client: AsyncQovery, url: str) -> None:
    with pytest.raises(BadRequest, match="target_url: must start with"):
        await hooked(client, url)


async def test_a_failure_is_listed_with_the_response_and_nothing_is_sent_again(
    emulator: Emulator, client: AsyncQovery
) -> None:
    async with serve(FAILED) as server:
        webhook = await hooked(client, server)
        await deployed(emulator, client)
        assert told(server) == ["STARTED", "SUCCESSFUL"]
        (first, _) = await client.webhooks.list_events(webhook)
    assert (first.target_response_status_code, first.target_response_body) == (503, "later")
    assert first.target_url_used == f"{server.url}/hook"


async def test_the_latest_hundred_are_kept_and_a_deleted_webhook_has_none(
    emulator: Emulator, client: AsyncQovery
) -> None:
    async with serve(ACCEPTED) as server:
        webhook = await hooked(client, server)
        for _ in range(51):
            await deployed(emulator, client, "staging")
        found = await client.webhooks.list_events(webhook)
        assert len(found) == 100
        assert found[0].request == server.requests[2].json
        await client.webhooks.delete(webhook)
        await deployed(emulator, client, "staging")
        assert len(server.requests) == 102


@pytest.mark.qovery_emulator(world="demo", speed=None)
def test_a_blocking_test_moves_the_clock_and_waits_for_deliveries(qovery_emulator: Emulator) -> None:
    with in_thread(serve(ACCEPTED)) as server, Qovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        client.webhooks.create({"kind": "STANDARD", "target_url": server.url, "events": ["DEPLOYMENT_SUCCESSFUL"]})
        client.environments.redeploy(environment_id(qovery_emulator, "production"))
        qovery_emulator.clock.run_out()
        qovery_emulator.webhooks.wait_settled(10)
        assert told(server) == ["SUCCESSFUL"]
        qovery_emulator.webhooks.wait_settled(0)


async def test_the_emulator_ends_while_a_receiver_never_responds() -> None:
    started = asyncio.Event()

    async def silent(_: object) -> Any:
        started.set()
        await asyncio.sleep(3600)

    async with serve(silent) as server:
        async with Emulator(world="demo", speed=None) as emulator:
            async with AsyncQovery(emulator.token, base_url=emulator.url) as client:
                await hooked(client, server)
                await client.environments.redeploy(environment_id(emulator, "production"))
                emulator.clock.run_out()
                await started.wait()
            waiting, given_up = (asyncio.create_task(emulator.webhooks.settled()) for _ in range(2))
            await asyncio.sleep(0)
            given_up.cancel()
        await asyncio.wait_for(waiting, 5)
        assert len(server.requests) == 1
    await emulator.webhooks.settled()


async def test_a_large_response_is_kept_in_part(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(Answer(body=b"x" * 1_000_000)) as server:
        webhook = await hooked(client, server, events=["DEPLOYMENT_STARTED"])
        await deployed(emulator, client)
    (only,) = await client.webhooks.list_events(webhook)
    assert only.target_response_body == "x" * 4096


async def test_what_is_made_beside_the_world_shares_no_id_with_it(emulator: Emulator, client: AsyncQovery) -> None:
    async with serve(ACCEPTED) as server:
        webhook = await hooked(client, server)
        for name in ("a", "b", "c"):
            await client.projects.create({"name": name})
        id_ = await deployed(emulator, client)
        history = await client.environments.list_deployment_history(id_)
        made = [
            *(entity.id for entity in emulator.state.all()),
            *(event.id for event in await client.events.list(page_size=100)),
            *(delivery.id for delivery in await client.webhooks.list_events(webhook)),
            *(row.id for row in history.items),
        ]
    assert len(set(made)) == len(made)
