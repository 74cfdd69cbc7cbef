"""Does a WebSocket client that others wrote read from the emulator what ours reads, so that both are not wrong together?"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

import anyio
import attrs
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from qovery_async import NO_RETRIES, ApiError, StreamClosed, to_dict
from qovery_async.emulator import Action, Close, Emulator, Entity, Trigger
from qovery_async.emulator.streams.frames import SENDERS
from qovery_async.streams.paths import PARAMETERS
from tests.streams.conftest import ReadStream
from tests.support.server import SECONDS
from tests.support.stream_world import soon

pytestmark = pytest.mark.anyio

MORE = {"infra_component_type": "NGINX", "preview_id": "p1"}
SIZE = {"tty_width": "0", "tty_height": "0"}
TAKEN = {**PARAMETERS, "/cluster/nodes": PARAMETERS["/cluster/node"]}
LIVELY = {
    "/deployment/logs", "/deployment/status", "/service/logs", "/service/status", "/service/metrics",
    "/cluster/metrics",
}  # fmt: skip
"""The streams that send something whenever the service is stopped or deployed."""


@attrs.frozen
class Place:
    """An emulator whose clock stands still, and a container in it that runs."""

    emulator: Emulator
    service: Entity
    parameters: dict[str, str]
    options: dict[str, Any]

    def open(self, path: str, *, token: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> connect:
        """A connection of the other client; `more` is added to the parameters that the stream takes."""
        protocols = more.pop("subprotocols", None)
        given = {name: value for name, value in self.parameters.items() if name in TAKEN[path]} | more
        headers = {"Authorization": f"Token {token or self.emulator.token}"} if headers is None else headers
        url = f"{self.emulator.ws_url}{path}?{urlencode(given)}"
        return connect(url, additional_headers=headers, subprotocols=protocols, proxy=None)

    def act(self, action: Action) -> None:
        environment = self.service.above("environment")
        assert environment is not None
        self.emulator.life.act(environment.id, action, Trigger("ada"), [self.service.id])
        self.emulator.clock.run_out()

    def ours(self, path: str, **more: str) -> Callable[[Any], Any]:
        """What opens the same stream with our client."""
        given = {name: value for name, value in self.parameters.items() if name in TAKEN[path]} | more
        return lambda client: client.streams.connect(path, **given)


@pytest.fixture
async def place() -> AsyncGenerator[Place]:
    async with Emulator(world="demo", speed=None, rate_limit=None) as emulator:
        service = next(
            each for each in emulator.state.every("container") if emulator.life.service(each.id).state == "DEPLOYED"
        )
        ids = {entity.kind: entity.id for entity in service.ancestors()}
        environment = service.above("environment")
        assert environment is not None
        ids |= {"service": ids.pop("container"), "cluster": environment.value["cluster_id"]}
        options = {"token": emulator.token, "base_url": emulator.url, "ws_url": emulator.ws_url}
        yield Place(emulator, service, {**MORE, **ids, "service_type": "CONTAINER"}, options)


async def frames(socket: ClientConnection) -> list[Any]:
    """The JSON of each frame, until the stream is complete."""
    return [json.loads(frame) async for frame in socket]


@pytest.mark.parametrize("path", sorted(SENDERS))
async def test_both_read_the_same_frames(path: str, place: Place, read: ReadStream) -> None:
    """From what is there, through a stop and a deployment, to the end of the stream."""
    streams = place.emulator.streams
    with anyio.fail_after(SECONDS):
        async with place.open(path) as socket:
            other = asyncio.create_task(frames(socket))
            ours = asyncio.create_task(read(place, place.ours(path)))
            if path == "/blueprint/preview":
                assert await other == await ours != []
                return
            await soon(lambda: len(streams.open) == 2)
            if path in LIVELY:
                for action in (Action.STOP, Action.DEPLOY):
                    await soon(partial(_have_as_many, place, 1))
                    count = streams.open[0].frames
                    place.act(action)
                    await soon(partial(_have_as_many, place, count + 1))
            await streams.hang_up(Close.normal())
            found = await other
            assert found == await ours
            assert len(found) >= (3 if path in LIVELY else path != "/blueprint/service-created")


def _have_as_many(place: Place, least: int) -> bool:
    """Whether both streams have sent the same number of frames, at least so many."""
    counts = [channel.frames for channel in place.emulator.streams.open]
    return counts[0] == counts[1] >= least


TYPED: dict[str, Callable[[Any, Any], Any]] = {
    "/service/logs": lambda s, x: s.service_logs(x["service"], limit=1),
    "/service/status": lambda s, x: s.service_status(x["environment"]),
    "/service/metrics": lambda s, x: s.service_metrics(x["service"]),
    "/deployment/status": lambda s, x: s.deployment_status(x["environment"]),
    "/cluster/status": lambda s, x: s.cluster_status(x["cluster"]),
    "/cluster/metrics": lambda s, x: s.cluster_metrics(x["cluster"]),
    "/infra/logs": lambda s, x: s.infra_logs(x["cluster"], MORE["infra_component_type"]),
}


@pytest.mark.parametrize("path", sorted(TYPED))
async def test_models_hold_what_the_other_client_reads(path: str, place: Place, read: ReadStream) -> None:
    with anyio.fail_after(SECONDS):
        (item,) = await read(place, lambda client: TYPED[path](client.streams, place.parameters), 1, strict=True)
        async with place.open(path, **({"limit": "1"} if path == "/service/logs" else {})) as socket:
            frame = json.loads(await socket.recv())
    found = [to_dict(each) for each in item] if isinstance(item, list) else to_dict(item)
    assert _plain(found) == _plain(frame)


def _plain(value: Any) -> Any:
    """Without nulls, which absent keys of models are, and with times however they are written."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return datetime.fromisoformat(value) if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value) else value


async def end_of(socket: ClientConnection) -> tuple[int, str]:
    """The code and the reason of the end, whatever comes before; 1006 without a close frame."""
    try:
        while True:
            await socket.recv()
    except ConnectionClosed as closed:
        return (1006, "") if closed.rcvd is None else (closed.rcvd.code, closed.rcvd.reason)


class TestEndings:
    """Codes and reasons."""

    @pytest.mark.parametrize(
        "close",
        [
            Close.internal(),
            Close.going_away(),
            Close(1012, "restart"),
            Close(4321, "ä" * 100),
            Close.lost(),
            Close.garbled(),
        ],
        ids=str,
    )
    async def test_both_see_the_same_end(self, close: Close, place: Place, read: ReadStream) -> None:
        place.emulator.streams.close_next(close, "/service/logs", after=2, count=2)
        with anyio.fail_after(SECONDS):
            async with place.open("/service/logs") as socket:
                code, reason = await end_of(socket)
            with pytest.raises(StreamClosed) as ours:
                await read(place, place.ours("/service/logs"), retries=NO_RETRIES)
        assert code == ours.value.code == (close.code if close.ending == "frame" else 1006)
        assert reason == (ours.value.reason if close.ending == "frame" else "")

    @pytest.mark.parametrize(("close", "status"), [(Close.permission("no"), 403), (Close.auth(), 401)], ids=str)
    async def test_a_token_that_may_not_is_an_error_of_ours(
        self, close: Close, status: int, place: Place, read: ReadStream
    ) -> None:
        place.emulator.streams.close_next(close, "/service/logs", count=2)
        async with place.open("/service/logs") as socket:
            code, reason = await end_of(socket)
        with pytest.raises(ApiError, match=re.escape(f"{reason} (closed with {code})")) as ours:
            await read(place, place.ours("/service/logs"), retries=NO_RETRIES)
        assert (code, reason, ours.value.status) == (close.code, close.reason, status)

    async def test_no_data_is_the_end_of_ours(self, place: Place, read: ReadStream) -> None:
        place.emulator.streams.close_next(Close.not_found(), "/cluster/status", count=2)
        async with place.open("/cluster/status") as socket:
            assert await end_of(socket) == (1011, "NotFound")
        assert await read(place, place.ours("/cluster/status")) == []

    async def test_a_query_that_is_none_is_told_to_both(self, place: Place, read: ReadStream) -> None:
        async with place.open("/service/logs", query='{pod="') as socket:
            code, reason = await end_of(socket)
        with pytest.raises(StreamClosed) as ours:
            await read(place, place.ours("/service/logs", query='{pod="'), retries=NO_RETRIES)
        assert (ours.value.code, ours.value.reason) == (code, reason)
        assert (code, reason[:33]) == (1011, "parse error at col 6 of the query")


class TestRefusals:
    """Handshakes that open nothing."""

    async def _both(self, place: Place, read: ReadStream, token: str = "", **more: str) -> tuple[int, str | None]:
        """The status and the detail that both clients get."""
        with pytest.raises(InvalidStatus) as other:
            await place.open("/service/logs", token=token, **more)
        with pytest.raises(ApiError) as ours:
            await read(
                place, place.ours("/service/logs", **more), retries=NO_RETRIES, **({"token": token} if token else {})
            )
        assert other.value.response.status_code == ours.value.status
        body = json.loads(other.value.response.body)
        assert body["detail"] == ours.value.message
        return ours.value.status, ours.value.message

    async def test_an_unknown_token_is_401(self, place: Place, read: ReadStream) -> None:
        assert (await self._both(place, read, token="qov_unknown"))[0] == 401

    async def test_what_is_of_others_is_403(self, place: Place, read: ReadStream) -> None:
        found = await self._both(place, read, service="elsewhere")
        assert found == (403, "the token has no access to service elsewhere")

    async def test_too_many_are_429(self, place: Place, read: ReadStream) -> None:
        place.emulator.rate_limit.limit = 0
        assert (await self._both(place, read))[0] == 429

    async def test_a_number_that_is_none_is_400(self, place: Place, read: ReadStream) -> None:
        assert await self._both(place, read, limit="many") == (400, "limit: must be a number, 0 or more")


class TestSending:
    """What the other client sends arrives, however it frames it."""

    async def test_a_command_runs(self, place: Place) -> None:
        words = {f"command[{place_}]": word for place_, word in enumerate(("sh", "-c", "echo $HOSTNAME; exit 3"))}
        with anyio.fail_after(SECONDS):
            async with place.open("/shell/exec", **SIZE, **words) as socket:
                output = [frame async for frame in socket]
        assert all(isinstance(frame, bytes) for frame in output)
        async with place.open("/service/pods") as pods:
            (pod,) = json.loads(await pods.recv())["pods"]
        assert b"".join(frame for frame in output if isinstance(frame, bytes)) == f"{pod['name']}\r\n".encode()
        assert (socket.close_code, socket.close_reason) == (1000, "")

    @pytest.mark.parametrize("kind", [str, bytes])
    async def test_what_is_typed_is_echoed_and_runs(self, kind: type[str | bytes], place: Place) -> None:
        """In text frames, as the console sends, or in binary ones."""
        typed: Any = "echo hä | cat\n" if kind is str else "echo hä | cat\n".encode()
        with anyio.fail_after(SECONDS):
            async with place.open("/shell/exec", **SIZE) as socket:
                await socket.send(typed)
                await socket.send(b"\x04")
                output = b"".join([frame async for frame in socket if isinstance(frame, bytes)]).decode()
        assert output == "# echo hä | cat\r\nhä\r\n# "
        assert socket.close_code == 1000

    async def test_a_forwarded_port_echoes(self, place: Place) -> None:
        data = bytes(range(256)) * 2000
        with anyio.fail_after(SECONDS):
            async with place.open("/shell/portforward", port="8080") as socket:
                await socket.send(data)
                await socket.send(data[start : start + 1000] for start in range(0, len(data), 1000))  # one message
                back = b""
                while len(back) < 2 * len(data):
                    back += await socket.recv(decode=False)
                await (await socket.ping(b"there?"))
        assert back == data * 2

    async def test_a_browser_is_let_in_by_its_subprotocol(self, place: Place) -> None:
        caller = place.emulator.tokens.identify(f"Token {place.emulator.token}")
        place.emulator.tokens.accept("eyJ.a.jwt", organizations=caller.organizations)
        protocols = [Subprotocol("v1"), Subprotocol("auth.bearer.eyJ.a.jwt")]
        async with place.open("/service/pods", headers={}, subprotocols=protocols) as socket:
            assert socket.subprotocol == "v1"
            assert json.loads(await socket.recv())["pods"]
