"""Do streams show a change at once, with nothing lost, and look at nothing while nothing changes?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import aiohttp
import anyio
import anyio.to_thread
import attrs
import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Action, Close, Durations, Emulator, Entity, Trigger
from qovery_async.emulator.life import statuses
from qovery_async.emulator.streams.announcer import PAUSE, Announcer
from tests.support.server import SECONDS
from tests.support.stream_world import soon

pytestmark = pytest.mark.anyio


@attrs.frozen
class Watched:
    """An emulator whose clock stands still, one service of it, and a session."""

    emulator: Emulator
    service: Entity
    session: aiohttp.ClientSession

    @property
    def environment(self) -> Entity:
        environment = self.service.above("environment")
        assert environment is not None
        return environment

    def act(self, action: Action) -> None:
        self.emulator.life.act(self.environment.id, action, Trigger("ada"), [self.service.id])

    def open(self, path: str, **more: str) -> Any:
        ids = {entity.kind: entity.id for entity in self.service.ancestors()}
        ids |= {"service": ids.pop("container"), "cluster": self.environment.value["cluster_id"]}
        headers = {"Authorization": f"Token {self.emulator.token}"}
        given = {**ids, "service_type": "CONTAINER", **more}
        limit = aiohttp.ClientWSTimeout(ws_receive=SECONDS)  # type: ignore[no-untyped-call]
        return self.session.ws_connect(self.emulator.ws_url + path, params=given, headers=headers, timeout=limit)


@pytest.fixture
async def watched(request: pytest.FixtureRequest) -> AsyncGenerator[Watched]:
    options: dict[str, Any] = {"speed": None} | getattr(request, "param", {})
    async with Emulator(world="demo", rate_limit=None, **options) as emulator, aiohttp.ClientSession() as session:
        service = next(e for e in emulator.state.every("container") if e.facts["state"] == "DEPLOYED")
        yield Watched(emulator, service, session)


async def test_nothing_is_looked_at_while_nothing_changes(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0
    look = statuses.statuses_with_stages

    def counted(*arguments: Any) -> Any:
        nonlocal looks
        looks += 1
        return look(*arguments)

    monkeypatch.setattr(statuses, "statuses_with_stages", counted)
    async with watched.open("/deployment/status") as socket:
        await socket.receive_json()
        await asyncio.sleep(3 * PAUSE)
        assert looks == 1
        watched.emulator.clock.advance(1)
        await soon(lambda: looks == 2)


async def test_a_change_is_shown_at_once(watched: Watched) -> None:
    """Without waiting for the end of any interval: the loop needs a few turns, not a tenth of a second."""
    async with watched.open("/deployment/status") as socket:
        await socket.receive_json()
        await asyncio.sleep(PAUSE)
        asked = asyncio.create_task(socket.receive_json())
        watched.act(Action.STOP)
        watched.emulator.clock.advance(3)
        for _ in range(100):
            await asyncio.sleep(0)
        (channel,) = watched.emulator.streams.open
        assert channel.frames == 2
        assert (await asked)["environment"]["state"] == "STOP_QUEUED"


async def test_a_request_that_changes_something_is_shown(watched: Watched) -> None:
    emulator = watched.emulator
    async with (
        watched.open("/blueprint/service-created") as events,
        watched.open("/deployment/status") as statuses_,
        AsyncQovery(emulator.token, base_url=emulator.url) as client,
    ):
        before = await statuses_.receive_json()
        made = await client.blueprints.create(watched.environment.id, {"name": "b", "tag": "t", "icon": "i"})
        assert await events.receive_json() == {"blueprint_id": made.id}
        stage = await client.deployment_stages.create(watched.environment.id, {"name": "last"})
        after = await statuses_.receive_json()
        assert [each["stage"]["id"] for each in after["stages"]][len(before["stages"]) :] == [stage.id]
        await client.deployment_stages.delete(stage.id)
        assert await statuses_.receive_json() == before


async def test_a_clock_that_another_thread_advances_is_heard(watched: Watched) -> None:
    async with watched.open("/service/status") as socket:
        await socket.receive_json()
        watched.act(Action.STOP)
        await anyio.to_thread.run_sync(watched.emulator.clock.run_out)
        assert watched.service.id in str(await socket.receive_json())


@pytest.mark.parametrize("watched", [{"speed": 200.0}], indirect=True)
async def test_lines_come_when_their_time_has_come(watched: Watched) -> None:
    """A running clock: no request and no timer of a deployment tells of the next line."""
    async with watched.open("/service/logs", limit="1") as socket:
        first, *others = [await socket.receive_json() for _ in range(4)]
    number = int(first["message"].split()[-1])
    assert [line["message"] for line in others] == [f"Served request {number + each}" for each in (1, 2, 3)]
    assert [line["created_at"] - first["created_at"] for line in others] == [50, 100, 150], "in real time"


async def test_streams_that_have_ended_hear_of_nothing(watched: Watched) -> None:
    announcer = Announcer()
    announcer.announce()  # nobody listens yet
    with announcer.listen() as news:
        announcer.announce()
        await news.changed()
        began = time.monotonic()
        await news.changed(within=0.01)
        assert time.monotonic() - began >= PAUSE / 2
    announcer.announce()
    await asyncio.sleep(0)
    assert not news.heard.is_set()


class TestLines:
    """Lines of logs while things happen."""

    async def test_each_line_of_a_deployment_has_a_time_of_its_own(self, watched: Watched) -> None:
        times: list[str] = []
        async with watched.open("/deployment/logs") as socket:
            past = await socket.receive_json()
            watched.emulator.life.act(watched.environment.id, Action.DEPLOY, Trigger("ada"))
            watched.emulator.clock.run_out()
            async for message in socket:
                times += [line["timestamp"] for line in message.json()]
                if "Deploy ended" in message.data:
                    break
        assert len({line["timestamp"] for line in past}) == len(past) > 1
        moments = [datetime.fromisoformat(text) for text in times]
        assert moments == sorted(set(moments))
        assert (moments[-1] - watched.emulator.clock.now()).total_seconds() < 0.001

    @pytest.mark.parametrize("watched", [{"durations": Durations(lag=0, queue=0, action=0, build=0)}], indirect=True)
    async def test_each_line_of_a_service_has_a_millisecond_of_its_own(self, watched: Watched) -> None:
        """Also where everything happens in the same moment, which is that of a beat."""
        found: list[Any] = []
        async with watched.open("/service/logs", limit="0") as socket:
            await soon(lambda: bool(watched.emulator.streams.open))
            for _ in range(3):
                watched.emulator.clock.advance(10)
                for action in (Action.STOP, Action.DEPLOY, Action.RESTART):
                    watched.act(action)
                    watched.emulator.clock.run_out()
            watched.emulator.clock.advance(25)
            while not found or found[-1]["message"] != "Served request 2":
                found.append(await socket.receive_json())
        times = [line["created_at"] for line in found]
        assert times == sorted(set(times))
        async with watched.open("/service/logs", limit=str(len(found))) as socket:
            assert [await socket.receive_json() for _ in found] == found, "the past is what was told when it happened"

    async def test_the_log_of_a_version_lasts_as_long_as_its_deployment(self, watched: Watched) -> None:
        watched.act(Action.DEPLOY)
        watched.emulator.clock.advance(3.6)
        latest = watched.emulator.life.environment(watched.environment.id).latest
        assert latest is not None
        async with watched.open("/deployment/logs", version=latest.execution_id) as socket:
            lines = await socket.receive_json()
            watched.emulator.clock.run_out()
            async for message in socket:
                lines += message.json()
        assert socket.close_code == 1000
        assert lines[-1]["message"]["safe_message"] == "Deploy ended: DEPLOYED"
        assert len(lines) == len(latest.entries)

    async def test_a_deletion_is_told_to_its_end(self, watched: Watched) -> None:
        """Though the environment and its services are gone by then."""
        async with watched.open("/deployment/logs") as run, watched.open("/service/logs", limit="0") as service:
            await run.receive_json()
            await soon(lambda: len(watched.emulator.streams.open) == 2)
            watched.emulator.life.act(watched.environment.id, Action.DELETE, Trigger("ada"))
            watched.emulator.clock.advance(3)
            assert (await run.receive_json())[0]["message"] == {"safe_message": "Delete requested by ada"}
            watched.emulator.clock.run_out()
            assert watched.emulator.state.find(watched.environment.id) is None
            assert (await run.receive_json())[-1]["message"] == {"safe_message": "Delete ended: DELETED"}
            assert (await service.receive_json())["message"] == "Received SIGTERM, shutting down"
            await watched.emulator.streams.hang_up(Close.normal())

    async def test_a_log_of_more_than_a_thousand_lines_goes_on(self, watched: Watched) -> None:
        watched.act(Action.DEPLOY)
        watched.emulator.clock.advance(3.6)
        latest = watched.emulator.life.environment(watched.environment.id).latest
        assert latest is not None
        async with watched.open("/deployment/logs") as socket:
            await socket.receive_json()
            for number in range(1500):
                latest.log(watched.emulator.clock.now(), "Step", f"step {number}")
            watched.emulator.clock.advance(0)
            assert (await socket.receive_json())[-1]["message"] == {"safe_message": "step 1499"}
            latest.log(watched.emulator.clock.now(), "Step", "one more")
            watched.emulator.clock.advance(0)
            assert [line["message"]["safe_message"] for line in await socket.receive_json()] == ["one more"]
