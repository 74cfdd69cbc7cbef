"""What do frames become, and what when they come too fast?"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import anyio
import pytest
from aiohttp import web

from qovery_async import (
    AsyncQovery,
    ConfigurationError,
    DecodeError,
    NotFound,
    RequestTimeout,
    ResponseTooLarge,
    Timeout,
)
from qovery_async.transport import websocket
from tests.streams.conftest import AT_ONCE, ReadStream
from tests.support.pushing import IDS, Peer, line, logs, pushing, sending, since
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio


class TestFrames:
    async def test_that_are_unknown_are_given_as_they_came(
        self, read: ReadStream, caplog: pytest.LogCaptureFixture
    ) -> None:
        unknown = {"entity": ["service"], "id": "s1"}
        async with pushing(sending(line(0), unknown, "not JSON", line(1), unknown)) as server:
            with caplog.at_level(logging.WARNING):
                found = await read(server, logs)
        assert [getattr(each, "message", each) for each in found] == ["line 0", unknown, "not JSON", "line 1", unknown]
        assert [record.getMessage().partition(": ")[0] for record in caplog.records] == ["streams.service_logs"]

    async def test_that_are_unknown_raise_where_the_client_is_strict(self, read: ReadStream) -> None:
        async with pushing(sending(line(0), {"entity": [], "id": "s1"})) as server:
            with pytest.raises(DecodeError, match="a frame does not belong to this stream"):
                await read(server, logs, strict=True)

    async def test_that_lack_a_key_are_repaired(self, read: ReadStream, caplog: pytest.LogCaptureFixture) -> None:
        lacking = {key: value for key, value in line(0).items() if key != "labels"}
        async with pushing(sending(lacking, lacking | {"message": "b"})) as server:
            with caplog.at_level(logging.WARNING):
                found = await read(server, logs)
        assert [each.labels for each in found] == [None, None]
        assert len(caplog.records) == 1

    async def test_whose_json_would_fill_the_memory_are_refused(self, read: ReadStream) -> None:
        bomb = '{"message": [' + "[]," * 2_000_000 + "[]]}"
        async with pushing(sending(bomb)) as server:
            with pytest.raises(ResponseTooLarge, match="the JSON of a frame has so many values"):
                await read(server, logs)

    @pytest.mark.parametrize("moment", [None, "2026-01-02", -1, 1.5, float("nan"), float("inf"), 10**400, [], {"a": 1}])
    async def test_with_a_time_that_is_none_come_each_time(self, read: ReadStream, moment: Any) -> None:
        """Nothing tells whether they came before; what has a time does not suffer from it."""
        odd = {**line(0), "created_at": moment}

        async def cut(peer: Peer) -> None:
            for entry in (line(0), odd):
                await peer.send(entry)
            peer.cut()

        async with pushing(cut, sending(line(0), odd, line(1))) as server:
            found = await read(server, logs)
        assert [getattr(each, "message", "line 0") for each in found] == ["line 0", "line 0", "line 0", "line 1"]

    async def test_with_objects_where_strings_should_be_are_told_apart(self, read: ReadStream) -> None:
        odd = [{**line(0), "message": {"a": [number]}} for number in (1, 1, 2)]

        async def cut(peer: Peer) -> None:
            for entry in odd[:2]:
                await peer.send(entry)
            peer.cut()

        async with pushing(cut, sending(*odd)) as server:
            assert len(await read(server, logs)) == 3

    async def test_of_metrics_are_one_or_many(self, read: ReadStream) -> None:
        measure = {"current": 1, "limit": 2, "current_percent": 50, "status": "OK", "unit": "MiB"}
        metrics = {"pod_name": "a", "cpu": measure, "memory": measure, "storages": []}
        async with pushing(sending(metrics, [metrics, metrics | {"pod_name": "b"}])) as server:
            found = await read(
                server, lambda client: client.streams.service_metrics("s1", service_type="APPLICATION", **IDS)
            )
        assert [[each.pod_name for each in group] for group in found] == [["a"], ["a", "b"]]


class TestSlowReaders:
    async def test_hold_the_server_up(self) -> None:
        """What is not read stays in the connection: the server cannot send it."""
        sent = 0

        async def flood(peer: Peer) -> None:
            nonlocal sent
            for number in range(100_000):
                await peer.send(line(number, message="x" * 1000))
                sent += 1

        async with pushing(flood) as server, AsyncQovery(TOKEN, **server.options) as client:
            stream = aiter(logs(client))
            await anext(stream)
            before = -1
            with anyio.fail_after(10):
                while before != sent:
                    before = sent
                    await asyncio.sleep(0.2)
            assert sent < 20_000
            for number in range(1, 3_000):
                assert (await anext(stream)).message == "x" * 1000, number
            await stream.aclose()

    async def test_that_sleep_lose_the_connection_but_no_line(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Pongs wait behind the lines, so the connection looks dead; the next one goes on."""
        monkeypatch.setattr(websocket, "PING_EVERY", 0.2)
        lines = [line(number, message=f"{number} " + "x" * 1000) for number in range(6_000)]

        async def flood(peer: Peer) -> None:
            for entry in since(lines, peer.query.get("start")):
                await peer.send(entry)
            await peer.close(1000)

        async with pushing(flood) as server, AsyncQovery(TOKEN, retries=AT_ONCE, **server.options) as client:
            found: list[int] = []
            with anyio.fail_after(20):
                async with logs(client) as stream:
                    async for each in stream:
                        found.append(int(each.message.split()[0]))
                        if len(found) == 1:
                            await asyncio.sleep(1)
            assert found == [*range(6_000)]
            assert stream.connections > 1

    async def test_can_have_the_oldest_dropped(self) -> None:
        async def flood(peer: Peer) -> None:
            for number in range(10_000):
                await peer.send(line(number, message="x" * 1000))
            await peer.send(line(10_000, message="last"))

        async with pushing(flood) as server, AsyncQovery(TOKEN, **server.options) as client:
            stream = client.streams.service_logs("s1", when_slow="drop", **IDS)
            found = 0
            with anyio.fail_after(10):
                async for each in stream:
                    found += 1
                    while found == 1 and stream.dropped < 5_000:
                        await asyncio.sleep(0.01)
                    if each.message == "last":
                        break
            assert stream.dropped >= 5_000
            assert found + stream.dropped == 10_001

    async def test_say_how(self) -> None:
        async with AsyncQovery(TOKEN, ws_url="ws://127.0.0.1:9") as client:
            slow: Any = "sleep"
            with pytest.raises(ConfigurationError, match="when_slow must be 'wait' or 'drop'"):
                client.streams.service_logs("s1", when_slow=slow)


class TestOneShots:
    async def test_return_the_only_frame(self) -> None:
        async with (
            pushing(sending({"pods": [{"name": "a", "ports": [80]}]})) as server,
            AsyncQovery(TOKEN, **server.options) as client,
        ):
            found = await client.streams.service_pods("s1", **IDS)
        assert [pod.name for pod in found.pods] == ["a"]

    async def test_close_the_connection_themselves(self) -> None:
        async def stay(peer: Peer) -> None:
            await peer.send({"pods": []})

        async with pushing(stay) as server, AsyncQovery(TOKEN, **server.options) as client:
            assert (await client.streams.service_pods("s1", **IDS)).pods == []
            with anyio.fail_after(1):
                await server.peers[0].left.wait()

    async def test_without_data_raise(self) -> None:
        async with (
            pushing(sending(code=1011, reason="NotFound")) as server,
            AsyncQovery(TOKEN, **server.options) as client,
        ):
            with pytest.raises(NotFound, match="has no agent that could send some"):
                await client.streams.service_pods("s1", **IDS)

    async def test_without_a_frame_time_out(self) -> None:
        async def silent(peer: Peer) -> None:
            await peer.left.wait()

        async with (
            pushing(silent) as server,
            AsyncQovery(TOKEN, timeout=Timeout(attempt=0.2), **server.options) as client,
        ):
            with pytest.raises(RequestTimeout, match=r"nothing came within the timeout \(0.2 s\)"):
                await client.streams.service_pods("s1", **IDS)

    async def test_of_nodes_know_both_spellings(self) -> None:
        async with (
            pushing(lambda: web.Response(status=404), sending({"nodes": [{"name": "n1"}]})) as server,
            AsyncQovery(TOKEN, **server.options) as client,
        ):
            found = await client.streams.cluster_nodes("c1", organization_id="o1")
        assert [node.name for node in found.nodes] == ["n1"]
        assert [handshake.path for handshake in server.handshakes] == ["/cluster/nodes", "/cluster/node"]
