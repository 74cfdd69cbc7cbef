"""Which callers may open a WebSocket of the emulator, and how is each kind of stream framed?"""

from __future__ import annotations

import re
from typing import Any

import aiohttp
import pytest

from qovery_async.emulator.streams.frames import SENDERS, moment
from qovery_async.emulator.streams.handshake import REQUIRED
from qovery_async.emulator.streams.server import PATHS, Close
from tests.support.stream_world import HEADERS, SERVICE, SHELL, START, Served, World, ending, line, serving, soon

pytestmark = pytest.mark.anyio

ALL = {
    **SHELL,
    "flavor": "REGULAR_PRIVILEGE",
    "infra_component_type": "nginx",
    "mode": "clone",
    "port": "80",
    "preview_id": "v1",
    "service_type": "APPLICATION",
}


async def refused(served: Served, path: str, parameters: dict[str, str], **options: Any) -> tuple[int, str]:
    """The status of a handshake that does not succeed, and the id it came with."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as raised:
        async with served.open(path, parameters, **options):
            pass
    assert raised.value.headers is not None
    return raised.value.status, raised.value.headers["X-Qovery-Request-Id"]


class TestHandshake:
    """Everything is said before the first frame."""

    @pytest.mark.parametrize("path", sorted(PATHS))
    async def test_every_path_opens_with_what_it_needs_and_nothing_less(self, path: str) -> None:
        needed = {name: ALL[name] for name in REQUIRED[path]}
        async with serving() as served:
            async with served.open(path, needed):
                assert served.streams.requests[0].parameters == needed
            for name in needed:
                status, _ = await refused(served, path, {key: needed[key] for key in needed if key != name})
                assert status == 400
            assert len(served.streams.requests) == 1

    async def test_there_is_an_end_for_every_path(self) -> None:
        assert {path for path in PATHS if not path.startswith("/shell/")} == SENDERS.keys()

    @pytest.mark.parametrize("authorization", ["Token qov_good", "Bearer eyJ.good.jwt"])
    async def test_lets_in_by_header(self, authorization: str) -> None:
        async with serving() as served, served.open("/service/pods", headers={"Authorization": authorization}):
            assert served.streams.requests[0].authorization == authorization

    async def test_lets_in_by_subprotocol_as_browsers_do(self) -> None:
        async with (
            serving() as served,
            served.open("/service/pods", headers={}, protocols=("v1", "auth.bearer.eyJ.good.jwt")) as socket,
        ):
            assert socket.protocol == "v1"
            assert served.streams.requests[0].authorization == "Bearer eyJ.good.jwt"

    @pytest.mark.parametrize(
        ("headers", "status"),
        [({}, 401), ({"Authorization": "Token no"}, 401), ({"Authorization": "Basic qov_good"}, 401)],
    )
    async def test_refuses_who_is_unknown_in_plain_http(self, headers: dict[str, str], status: int) -> None:
        async with serving() as served:
            assert (await refused(served, "/service/pods", SERVICE, headers=headers))[0] == status

    async def test_refuses_what_is_not_yours_in_plain_http(self) -> None:
        async with serving() as served:
            status, request_id = await refused(served, "/service/pods", {**SERVICE, "organization": "o2"})
            assert status == 403
            assert re.fullmatch(r"[0-9a-f-]{36}", request_id)

    async def test_says_which_request_it_was(self) -> None:
        async with serving() as served:
            ids: set[str] = set()
            for _ in range(2):
                async with served.open("/service/pods") as socket:
                    ids.add(socket._response.headers["X-Qovery-Request-Id"])
                    assert served.streams.open[0].request_id in ids
            assert len(ids) == 2

    @pytest.mark.parametrize(
        "wrong", [{"tty_width": "wide"}, {"tty_height": "-1"}, {"mode": "steal"}, {"tty_width": ""}, {"project": ""}]
    )
    async def test_refuses_parameters_that_are_no_good(self, wrong: dict[str, str]) -> None:
        async with serving() as served:
            assert (await refused(served, "/shell/ephemeral", {**ALL, **wrong}))[0] == 400

    async def test_refuses_plain_http(self) -> None:
        async with (
            serving() as served,
            served.session.get(f"http://127.0.0.1:{served.port}/service/pods", headers=HEADERS) as answer,
        ):
            assert (answer.status, (await answer.json())["status"]) == (400, 400)

    async def test_reads_commands_in_the_order_of_their_numbers(self) -> None:
        async with serving() as served:
            words = {f"command[{place}]": f"w{place}" for place in (10, 2, 0, 1)}
            async with served.open("/shell/exec", {**SHELL, **words}):
                assert served.streams.requests[0].command == ("w0", "w1", "w2", "w10")


class TestServiceLogs:
    """One JSON object a frame."""

    async def test_tells_a_line_with_milliseconds(self) -> None:
        async with (
            serving(World([line(0, "hello", severity_text="ERROR", labels={"app": "x"})])) as served,
            served.open("/service/logs") as socket,
        ):
            assert await socket.receive_json() == {
                "created_at": int(START.timestamp() * 1000),
                "message": "hello",
                "pod_name": "pod-1",
                "container_name": "",
                "version": "",
                "severity_text": "ERROR",
                "labels": {"app": "x"},
                "from_kube": False,
            }

    async def test_tells_what_was_and_then_what_comes(self) -> None:
        world = World([line(0), line(1)])
        async with serving(world) as served, served.open("/service/logs") as socket:
            world.news.put_nowait(line(2))
            assert [(await socket.receive_json())["message"] for _ in range(3)] == ["line 0", "line 1", "line 2"]
            with pytest.raises(TimeoutError):
                await socket.receive(timeout=0.05)

    @pytest.mark.parametrize(
        ("asked", "expected"),
        [
            ({"limit": "1"}, ["three"]),
            ({"limit": "0"}, []),
            ({"query": "o"}, ["one", "two"]),
            ({"query": "o", "limit": "1"}, ["two"]),
            ({"pod_name": "pod-2"}, []),
            ({"deployment_id": "d2"}, ["three"]),
            ({"start": "2026-01-02T03:04:07Z"}, ["three"]),
            ({"start": str(int(START.timestamp()) + 1)}, ["two", "three"]),
        ],
    )
    async def test_tells_what_was_asked_for(self, asked: dict[str, str], expected: list[str]) -> None:
        past = [line(0, "one"), line(1, "two"), line(2, "three", deployment_id="d2")]
        world = World(past)
        async with serving(world) as served, served.open("/service/logs", {**SERVICE, **asked}) as socket:
            world.news.put_nowait(Close.normal())
            assert [message.json()["message"] async for message in socket] == expected

    async def test_stops_asking_when_the_client_leaves(self) -> None:
        async with serving() as served:
            async with served.open("/service/logs") as socket:
                served.world.news.put_nowait(line(0))
                await socket.receive_json()
            await soon(lambda: served.world.left == 1)
            assert served.streams.open == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1767323045", 1767323045.0),
        ("1767323045.5", 1767323045.5),
        ("1767323045500000000", 1767323045.5),
        ("2026-01-02T03:04:05", 1767323045.0),
        ("2026-01-02T04:04:05+01:00", 1767323045.0),
    ],
)
def test_start_is_read_as_loki_reads_it(text: str, seconds: float) -> None:
    assert moment(text).timestamp() == seconds


@pytest.mark.parametrize("text", ["nonsense", "nan", "inf", "9" * 40])
def test_a_start_that_is_no_time_is_the_beginning(text: str) -> None:
    assert moment(text).year == 1


class TestOtherFrames:
    """Each path frames its own way."""

    async def test_infra_logs_are_short(self) -> None:
        async with serving(World([line(0, "up")])) as served, served.open("/infra/logs", ALL) as socket:
            frame = await socket.receive_json()
            assert frame == {"created_at": int(START.timestamp() * 1000), "message": "up"}

    async def test_deployment_logs_come_in_arrays(self) -> None:
        world = World(states=[[{"id": "l1"}, {"id": "l2"}], [{"id": "l3"}]])
        async with serving(world) as served, served.open("/deployment/logs") as socket:
            assert [await socket.receive_json() for _ in range(2)] == world.states

    async def test_deployment_logs_of_a_version_end_with_it(self) -> None:
        async with (
            serving(World(states=[[{"id": "l1"}]])) as served,
            served.open("/deployment/logs", {**SERVICE, "version": "e1-1"}) as socket,
        ):
            assert await ending(socket) == (1000, "")

    @pytest.mark.parametrize("path", sorted(path for path, send in SENDERS.items() if send.__name__ == "watch"))
    async def test_states_come_as_they_are(self, path: str) -> None:
        world = World(states=[{"state": "STARTING"}])
        async with serving(world) as served, served.open(path, ALL) as socket:
            world.news.put_nowait({"results": []})
            assert await socket.receive_json() == {"state": "STARTING"}
            assert await socket.receive_json() == {"results": []}

    async def test_pods_are_told_once(self) -> None:
        async with serving() as served, served.open("/service/pods") as socket:
            assert await socket.receive_json() == {"pods": [{"name": "pod-1", "ports": [80, 5432]}]}
            with pytest.raises(TimeoutError):
                await socket.receive(timeout=0.05)

    @pytest.mark.parametrize("path", ["/cluster/node", "/cluster/nodes"])
    async def test_nodes_are_told_under_either_name(self, path: str) -> None:
        async with serving() as served, served.open(path) as socket:
            assert await socket.receive_json() == {"nodes": [{"name": "node-1"}, {"name": "node-2"}]}

    async def test_a_preview_is_one_frame(self) -> None:
        async with serving() as served, served.open("/blueprint/preview", ALL) as socket:
            assert (await socket.receive_json())["payload"] == "v1"
            assert await ending(socket) == (1000, "")
