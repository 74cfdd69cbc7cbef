"""The listed past of a service and its stream are one log: nothing twice, nothing left out."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from aiohttp import web

from qovery_async import AsyncQovery, models, to_dict
from qovery_async.emulator import Emulator
from qovery_async.errors import ConfigurationError
from qovery_async.streams.history import LINES, Seam, lines_of
from qovery_async.streams.position import Position
from tests.streams.conftest import ReadStream
from tests.streams.test_handles import taken
from tests.support.both_faces import play
from tests.support.pushing import IDS, line
from tests.support.server import Ask, close

pytestmark = pytest.mark.anyio


def listed(entry: dict[str, Any], *, exact: float = 0.0) -> models.Log:
    """A line as the list has it; `exact` are the milliseconds by which its time differs from that of the stream."""
    at = datetime.fromtimestamp((entry["created_at"] + exact) / 1000, UTC)
    return models.Log(id="x", created_at=at, message=entry["message"], pod_name=entry["pod_name"], version="1")


def log(die: random.Random, length: int) -> list[dict[str, Any]]:
    """A log in which many lines are equal, and some are late."""
    now, lines = 0, list[dict[str, Any]]()
    for _ in range(length):
        now += die.choice((0, 0, 1, 30, 400))
        late = die.choice((0, 0, die.randrange(3_000)))
        lines.append(line(0, at=now - late, message=die.choice("abc"), pod=die.choice(("p1", "p2"))))
    return lines


@pytest.mark.parametrize("seed", range(60))
def test_every_line_is_given_once(seed: int) -> None:
    """Wherever the list ends, and wherever connections are cut after it."""
    die = random.Random(seed)
    lines = log(die, 300)
    ends = die.randrange(1, len(lines))
    rounding = die.choice((0.0, -0.5, 0.49))
    logs = [listed(entry, exact=rounding) for entry in lines[:ends]]
    past, position = lines_of(logs), Position()
    seam = Seam(past)
    found = [(each.created_at, each.pod_name, each.message) for each in past]
    while True:
        start = max(position.start or 0, seam.start)
        served = [entry for entry in lines if entry["created_at"] >= start]
        until = die.randrange(len(served) + 20)
        for entry in served[:until]:
            identity = entry["pod_name"], entry["container_name"], entry["message"]
            if position.take(entry["created_at"], identity) and not seam.repeats(entry["created_at"], identity):
                found.append((entry["created_at"], entry["pod_name"], entry["message"]))
        if until >= len(served):
            break
        position.resume()
    expected = [(entry["created_at"], entry["pod_name"], entry["message"]) for entry in lines]
    if rounding == 0.0:
        assert sorted(found) == sorted(expected)
    assert len(found) == len(expected)


class TestSeam:
    """What of a stream is in the list?"""

    def test_begins_some_seconds_before_the_last_line(self) -> None:
        past = lines_of([listed(line(0, at=at)) for at in (0, 50_000)])
        assert Seam(past).start == past[-1].created_at - 10_000

    def test_begins_with_the_list_at_the_earliest_where_that_is_full(self) -> None:
        past = lines_of([listed(line(number)) for number in range(LINES)])
        assert Seam(past).start == past[0].created_at

    def test_equal_lines_are_counted(self) -> None:
        seam = Seam(lines_of([listed(line(1)), listed(line(1))]))
        at = line(1)["created_at"]
        assert [seam.repeats(at, ("pod-1", "main", "line 1")) for _ in range(3)] == [True, True, False]

    def test_lines_that_the_list_left_out_do_not_come_later(self) -> None:
        """It was full: lines of the time of its first one were cut off."""
        past = lines_of([listed(line(0, message=str(number))) for number in range(LINES)])
        assert Seam(past).repeats(past[0].created_at, ("pod-1", "main", "cut off"))

    def test_other_lines_of_one_time_are_new(self) -> None:
        seam, at = Seam(lines_of([listed(line(1))])), line(1)["created_at"]
        assert not seam.repeats(at, ("pod-2", "main", "line 1"))
        assert not seam.repeats(at, ("pod-1", "main", "line 2"))
        assert not seam.repeats(at + 5, ("pod-1", "main", "line 1"))
        assert seam.repeats(at, ("pod-1", "main", "line 1"))

    @pytest.mark.parametrize("offsets", [(0.0, -1.0), (0.0, 1.0), (-1.0,), (1.0,)])
    def test_whole_milliseconds_may_be_cut_or_rounded(self, offsets: tuple[float, ...]) -> None:
        die = random.Random(1)
        lines = [line(0, at=3 * number, message="abc"[number % 2]) for number in range(200)]
        seam = Seam(lines_of([listed(entry, exact=die.choice(offsets)) for entry in lines[:100]]))
        found = [seam.repeats(entry["created_at"], ("pod-1", "main", entry["message"])) for entry in lines]
        assert found == [True] * 100 + [False] * 100

    def test_a_list_that_begins_with_the_latest_is_turned(self) -> None:
        lines = lines_of([listed(line(number)) for number in (3, 2, 1)])
        assert [each.message for each in lines] == ["line 1", "line 2", "line 3"]

    def test_what_a_list_leaves_out_is_empty(self) -> None:
        (found,) = lines_of([models.Log(id="x", created_at=datetime(2026, 1, 1, tzinfo=UTC), message="m")])
        assert (found.pod_name, found.container_name, found.version, found.labels) == ("", "", "", {})


@attrs.define
class Both:
    """A server with the list of lines and their stream; each connection but the last is cut after some frames."""

    lines: list[dict[str, Any]]
    ends: int
    """How many lines the list has."""
    cuts: list[int]
    kind: str = "APPLICATION"
    url: str = ""
    asked: list[str] = attrs.Factory(list[str])

    @property
    def options(self) -> dict[str, Any]:
        return {"base_url": self.url, "ws_url": self.url.replace("http", "ws"), "organization_id": "o1"}

    async def services(self, _: web.Request) -> web.Response:
        places = {"cluster_id": "c1", "project_id": "p1", "environment_id": "e1"}
        names = {"name": "api", "project_name": "shop", "environment_name": "production", "cluster_name": "c"}
        return web.json_response({"results": [{"id": "s1", "service_type": self.kind, **places, **names}]})

    async def list_logs(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.json_response({"results": [to_dict(listed(entry)) for entry in self.lines[: self.ends]]})

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        begin = int(request.query.get("start") or 0) // 1_000_000
        self.asked.append(f"{request.path} {begin or ''}".rstrip())
        limit = self.cuts.pop(0) if self.cuts else None
        for number, entry in enumerate(entry for entry in self.lines if entry["created_at"] >= begin):
            if number == limit:
                assert request.transport is not None
                request.transport.close()
                return socket
            await socket.send_json(entry)
        await socket.close(code=1000)
        return socket


@asynccontextmanager
async def serving(both: Both) -> AsyncGenerator[Both]:
    app = web.Application()
    app.router.add_get("/organization/o1/services", both.services)
    app.router.add_get("/{kind}/s1/log", both.list_logs)
    app.router.add_get("/service/logs", both.stream)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    both.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield both
    finally:
        await close(runner)


@pytest.mark.parametrize("ends", [1, 40, 99, 100])
async def test_a_log_arrives_whole_through_lost_connections(ends: int, read: ReadStream) -> None:
    lines = [line(number, at=number * 100) for number in range(100)]
    async with serving(Both(lines, ends, [0, 1, 30, 50])) as both:
        found = await read(both, lambda client: client.streams.service_logs("s1", history=True))
    assert [each.message for each in found] == [f"line {number}" for number in range(100)]
    assert {type(each) for each in found} == {models.ServiceLogLine}
    assert both.asked[0] == "/application/s1/log"
    assert all(" " in asked for asked in both.asked[1:]), "a stream began without a start"


async def test_a_pod_has_its_own_past(read: ReadStream) -> None:
    lines = [line(number, pod=f"pod-{number % 2}") for number in range(20)]
    async with serving(Both(lines, 10, [])) as both:
        found = await read(both, lambda client: client.streams.service_logs("s1", history=True, pod_name="pod-1"), 5)
    assert [each.pod_name for each in found] == ["pod-1"] * 5


@pytest.mark.parametrize("when_slow", ["wait", "drop"])
async def test_a_new_pod_has_no_past(when_slow: Any, read: ReadStream) -> None:
    lines = [line(number, pod=f"pod-{number // 5}") for number in range(10)]
    async with serving(Both(lines, 5, [])) as both:
        found = await read(
            both,
            lambda client: client.streams.service_logs("s1", history=True, pod_name="pod-1", when_slow=when_slow),
        )
    assert [each.pod_name for each in found] == ["pod-1"] * 5


@pytest.mark.parametrize("given", [IDS, {}])
async def test_a_kind_without_a_list_begins_with_the_stream(given: Any, read: ReadStream) -> None:
    async with serving(Both([line(number) for number in range(5)], 3, [], kind="JOB")) as both:
        found = await read(both, lambda client: client.streams.service_logs("s1", history=True, **given))
    assert [each.message for each in found] == [f"line {number}" for number in range(5)]
    assert both.asked == ["/service/logs"]


async def test_an_empty_list_leaves_the_past_to_the_stream(read: ReadStream) -> None:
    async with serving(Both([line(number) for number in range(5)], 0, [])) as both:
        found = await read(both, lambda client: client.streams.service_logs("s1", history=True))
    assert len(found) == 5


@pytest.mark.parametrize("other", ["start", "limit", "query", "deployment_id"])
async def test_what_a_list_cannot_filter_is_refused(other: str) -> None:
    given: Any = {"start": datetime(2026, 1, 1, tzinfo=UTC), "limit": 5, "query": "x", "deployment_id": "d"}
    async with AsyncQovery("x") as client:
        with pytest.raises(ConfigurationError, match=f"history=True cannot be combined with {other}"):
            client.streams.service_logs("s1", history=True, **{other: given[other]})


async def test_handles_have_a_history(ask: Ask) -> None:
    def script(client: Any) -> Generator[Any, Any, Any]:
        service = yield client.find.service("shop/production/api")
        past = yield client.applications.list_logs(service.id)
        lines = yield taken(service.logs(history=True), len(past) + 1)
        together = yield taken((yield service.environment()).logs(history=True), 20)
        return past, lines, together

    async with Emulator(world="demo", speed=60) as emulator:
        (past, lines, together), _ = await play(ask, emulator, script, ws_url=emulator.ws_url)
    assert len({each.message for each in past} & {each.message for each in lines}) > 900
    served = [each.message for each in lines if each.message.startswith("Served request")]
    assert len({*served}) == len(served) > 900
    assert [each.created_at for _, each in together] == sorted(each.created_at for _, each in together)


async def test_the_emulator_gives_a_line_one_time(ask: Ask) -> None:
    """At this speed, lines come at parts of milliseconds."""

    def script(client: Any) -> Generator[Any, Any, Any]:
        service = yield client.find.service("shop/production/api")
        return (yield client.applications.list_logs(service.id)), (yield taken(service.logs(), 900))

    async with Emulator(world="demo", speed=60) as emulator:
        (past, lines), _ = await play(ask, emulator, script, ws_url=emulator.ws_url)
    listed_at = {each.message: each.created_at.timestamp() * 1000 for each in past}
    both = [(round(listed_at[each.message]), each.created_at) for each in lines if each.message in listed_at]
    assert len(both) > 800
    assert [one for one, _ in both] == [other for _, other in both]
