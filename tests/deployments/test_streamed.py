"""Deployments whose states are pushed: sooner told, looked up less often, and never judged by what is pushed."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from qovery_async import AsyncQovery, DeploymentFailed, RetryPolicy, TransportError, models
from qovery_async.deployments import patience
from qovery_async.deployments.snapshot import EnvironmentSnapshot
from qovery_async.deployments.verdict import GRACE, Expectation, Verdict
from qovery_async.emulator import Action, Close, Durations, Emulator, Fault, Trigger
from qovery_async.emulator.life.statuses import statuses_with_stages
from tests.deployments.conftest import Place, clone
from tests.support.disturbed import Asked, Story, stories
from tests.support.pushing import Peer, pushing
from tests.support.quick import hasten
from tests.support.stream_world import soon

pytestmark = pytest.mark.anyio

LOOK = "environments.get_statuses_with_stages"
STREAM = "/deployment/status"
SECONDS = 20.0


def pushed(place: Place) -> dict[str, Any]:
    """Options of a client that knows where the streams are."""
    return {"ws_url": place.emulator.ws_url, "retries": RetryPolicy(base=0.01, cap=0.02)}


async def deploy(place: Place, on_update: Any = None, **options: Any) -> EnvironmentSnapshot:
    end: EnvironmentSnapshot = await place(
        lambda client: client.deployments.deploy(place.id, timeout=SECONDS, on_update=on_update),
        **{**pushed(place), **options},
    )
    return end


async def test_looks_are_rare_while_states_are_pushed(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """And come in time when the end is near."""
    monkeypatch.setattr(patience, "SLOWEST", 60.0)
    monkeypatch.setattr(patience, "GROWTH", 1000.0)  # the second look would come after 50 s
    place = await clone(emulator, "async", "preview-checkout")
    state = statuses_with_stages(emulator.life, place.id)
    near = asyncio.Event()

    async def push(peer: Peer) -> None:
        await peer.send(as_in(state, "DEPLOYING"))
        await near.wait()
        await peer.send(as_in(state, "DELETED"))

    states: list[str] = []

    async def collect(client: AsyncQovery) -> None:
        async for now in client.deployments.watch(place.id):
            states.append(str(now.state))  # noqa: PERF401  # as they come

    async def watch(client: AsyncQovery) -> None:
        collecting = asyncio.create_task(collect(client))
        await soon(lambda: "DEPLOYING" in states)
        await asyncio.sleep(0.2)  # the look that was under way ends
        before = place.asked.count(LOOK)
        await asyncio.sleep(0.5)
        assert place.asked.count(LOOK) <= before + 1
        near.set()
        await soon(lambda: place.asked.count(LOOK) > before + 3)
        collecting.cancel()
        await asyncio.wait([collecting])

    async with pushing(push) as server:
        await place(watch, **{**pushed(place), "ws_url": server.url})
    assert states[-1] == "DELETED"


def as_in(statuses: dict[str, Any], state: str) -> dict[str, Any]:
    """The statuses of an environment, as if its deployment had led to a state."""
    values = {"state": state, "last_deployment_state": state, "status_details": None}

    def changed(status: dict[str, Any]) -> dict[str, Any]:
        return status | {name: value for name, value in values.items() if name in status}

    def of_stage(stage: dict[str, Any]) -> dict[str, Any]:
        return {name: [*map(changed, value)] if isinstance(value, list) else value for name, value in stage.items()}

    environment, stages = changed(statuses["environment"]), [*map(of_stage, statuses["stages"])]
    return statuses | {"environment": environment, "stages": stages}


async def test_each_state_is_told_as_it_comes(place: Place) -> None:
    """Also those that last for less than the time between two looks."""
    told: list[EnvironmentSnapshot] = []
    await deploy(place, told.append)
    states = [str(now.state) for now in told]
    assert states[-1] == "DEPLOYED"
    assert {"BUILDING", "DEPLOYING"} <= {*states}
    assert all(one != other for one, other in itertools.pairwise(told))


async def test_the_end_is_seen_although_the_next_look_is_far(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as it is pushed: without that, looks would come for longer than the test may take."""
    monkeypatch.setattr(patience, "SLOWEST", 60.0)
    assert (await deploy(place)).state == "DEPLOYED"


async def test_watching_ends_with_the_environment(place: Place) -> None:
    emulator, loop = place.emulator, asyncio.get_running_loop()
    emulator.life.act(place.id, Action.DEPLOY, Trigger("bob"))

    def remove() -> None:
        if place.there is not None:
            emulator.state.remove(place.there)

    def noted(now: EnvironmentSnapshot) -> EnvironmentSnapshot:
        if now.state == "DEPLOYED":
            loop.call_soon_threadsafe(remove)
        return now

    async def watch(client: Any) -> list[EnvironmentSnapshot]:
        return [noted(now) async for now in client.deployments.watch(place.id)]

    blocking: Callable[[Any], Any] = lambda client: [noted(now) for now in client.deployments.watch(place.id)]  # noqa: E731
    seen = await place(watch if place.face == "async" else blocking, **pushed(place))
    states = [str(now.state) for now in seen]
    assert "DEPLOYED" in states
    assert (states[-1], seen[-1].is_gone) == ("DELETED", True)


@pytest.mark.parametrize("streams", [True, False], ids=["pushed", "looked up"])
async def test_closing_the_client_ends_what_follows(emulator: Emulator, *, streams: bool) -> None:
    """In another task; it opens no connection again."""
    place = await clone(emulator, "async", "preview-checkout")
    seen = asyncio.Event()

    async def watch(client: AsyncQovery) -> None:
        async for _ in client.deployments.watch(place.id):
            seen.set()

    async def wait(client: AsyncQovery) -> None:
        await client.deployments.deploy(place.id, timeout=SECONDS, on_update=lambda _: seen.set())

    async def both(client: AsyncQovery) -> None:
        for follow in (watch, wait):
            seen.clear()
            following = asyncio.create_task(follow(client))
            await seen.wait()
            await client.aclose()
            with pytest.raises(TransportError, match="the client was closed while it followed a deployment"):
                await following

    await place(both, **(pushed(place) if streams else {}))


class TestFallback:
    """Looks are enough."""

    async def test_without_the_address_of_streams(self, place: Place) -> None:
        """The default one is not that of another API: no token is sent there."""
        end = await place(lambda client: client.deployments.deploy(place.id, timeout=SECONDS))
        assert end.state == "DEPLOYED"
        assert [name for name in place.asked if name.startswith("streams")] == []

    @pytest.mark.parametrize("where", ["ws://127.0.0.1:9", "an API"])
    async def test_where_no_websocket_is(self, place: Place, where: str) -> None:
        url = where if where.startswith("ws") else place.emulator.url.replace("http", "ws") + "/nowhere"
        assert (await deploy(place, ws_url=url)).state == "DEPLOYED"

    @pytest.mark.parametrize(
        "close",
        [
            Close.auth(),
            Close.permission(),
            Close.normal(),
            Close.not_found(),
            Close.internal(),
            Close.lost(),
            Close.stalled(),
        ],
        ids=lambda close: f"{close.code} {close.reason} {close.ending}".strip(),
    )
    @pytest.mark.parametrize("after", [0, 1, 3])
    async def test_where_the_stream_ends(self, place: Place, close: Close, after: int) -> None:
        place.emulator.streams.close_next(close, STREAM, after=after, count=3)
        assert (await deploy(place)).state == "DEPLOYED"

    async def test_where_the_environment_of_the_stream_cannot_be_looked_up(self, place: Place) -> None:
        place.emulator.faults.add(Fault.status(500), call="environments.get")
        assert (await deploy(place)).state == "DEPLOYED"


async def test_a_pushed_state_decides_nothing(place: Place) -> None:
    """The stream says that all is deployed, while the deployment runs and fails."""
    emulator = place.emulator

    async def lie(peer: Peer) -> None:
        for _ in range(200):
            await peer.send(as_in(statuses_with_stages(emulator.life, place.id), "DEPLOYED"))
            await asyncio.sleep(0.02)

    emulator.life.fail_next_build(place.services["APPLICATION"].id)
    told: list[EnvironmentSnapshot] = []
    async with pushing(lie) as server:
        with pytest.raises(DeploymentFailed):
            await deploy(place, told.append, ws_url=server.url)
    assert "DEPLOYED" in [str(now.state) for now in told]


def test_a_wait_for_someone_else_is_not_ended_by_what_ran_before() -> None:
    """A push shows a deployment that the API does not show yet: that it was quiet says nothing any more."""
    deployed = EnvironmentSnapshot(environment_id="e", status=status("DEPLOYED"))
    expectation = Expectation(action="deploy")
    assert expectation.see(deployed, 0.0) is Verdict.WAIT
    expectation.stirred()
    assert expectation.see(deployed, GRACE + 1) is Verdict.WAIT
    assert expectation.see(deployed, 2 * GRACE + 1) is Verdict.DONE


def status(state: str) -> models.EnvironmentStatus:
    return models.EnvironmentStatus(
        id="e", last_deployment_state=models.StateEnum(state), state=models.StateEnum(state), total_deployment_duration_in_seconds=1
    )  # fmt: skip


TIMES = 5.0
ENDS = (Close.lost(), Close.internal(), Close.garbled(), Close.auth(), Close.normal(), Close.stalled())


async def play(count: int, disturb: Callable[[Emulator], Any]) -> list[Story]:
    asked = Asked()
    async with (
        Emulator(world="demo", rate_limit=None, speed=TIMES) as emulator,
        AsyncQovery(
            emulator.token,
            base_url=emulator.url,
            ws_url=emulator.ws_url,
            retries=RetryPolicy(base=0.05),
            on_request=asked,
        ) as client,
    ):
        told = await stories(emulator, client, count, f"streamed/{disturb.__name__}", 120.0 / TIMES)
        disturbing = asyncio.create_task(disturb(emulator))
        async with asyncio.TaskGroup() as group:
            for story in told:
                group.create_task(story.play(client, asked))
        disturbing.cancel()
        assert len([request for request in emulator.streams.requests if request.path == STREAM]) > count / 2
    return told


async def no_trouble(_: Emulator) -> None:
    """All streams stay open."""


async def hanging_up(emulator: Emulator) -> None:
    die = random.Random(1)
    while True:
        await asyncio.sleep(0.3)
        emulator.streams.close_next(die.choice(ENDS), STREAM, after=die.randrange(4), count=3)
        await emulator.streams.hang_up(die.choice(ENDS), STREAM)


async def longer_lag(emulator: Emulator) -> None:
    emulator.life.durations = attrs.evolve(Durations(), lag=12.0)


@pytest.mark.slow
async def test_80_ends_are_those_that_the_emulator_says(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch, TIMES)
    batches = (play(40, no_trouble), play(25, hanging_up), play(15, longer_lag))
    told = [story for batch in await asyncio.gather(*batches) for story in batch]
    assert [(*story.key, story.named, story.wrong) for story in told if story.wrong] == []
    assert sum(story.end == "success" for story in told) >= 30
