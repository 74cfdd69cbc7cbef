"""How is a connection opened, kept, and closed? With a real server on loopback."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from typing import Any

import anyio
import pytest
from aiohttp import web

from qovery_async import (
    NO_RETRIES,
    AsyncQovery,
    ConfigurationError,
    ConnectError,
    DecodeError,
    Forbidden,
    NotFound,
    Pace,
    RateBudgetExhausted,
    RateLimited,
    RequestEvent,
    RequestTimeout,
    ResponseTooLarge,
    RetryEvent,
    StreamClosed,
    Timeout,
    TransportError,
    Unauthorized,
)
from qovery_async.transport import websocket
from tests.streams.conftest import AT_ONCE, ReadStream
from tests.support.pushing import IDS, Peer, Pusher, line, pushing
from tests.support.server import TOKEN, closed_port, serve

pytestmark = pytest.mark.anyio


def logs(client: Any) -> Any:
    return client.streams.service_logs("s1", **IDS)


def sending(*frames: Any, code: int = 1000, reason: str = "") -> Any:
    """Sends frames and closes."""

    async def script(peer: Peer) -> None:
        for frame in frames:
            await peer.send(frame)
        await peer.close(code, reason)

    return script


async def staying(peer: Peer) -> None:
    """Sends a line, and stays open."""
    await peer.send(line(0))


def used_up(seconds: float) -> web.Response:
    """The response to a token without a request left for so many seconds."""
    left = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(time.time() + seconds)}
    return web.Response(status=429, headers=left)


class TestHandshakes:
    async def test_carry_the_token_in_a_header_and_all_else_in_the_query(self, read: ReadStream) -> None:
        async with pushing(sending()) as server:
            await read(server, logs)
        (handshake,) = server.handshakes
        assert handshake.headers["Authorization"] == f"Token {TOKEN}"
        assert handshake.headers["User-Agent"].startswith("qovery-sdk")
        assert handshake.path == "/service/logs"
        assert dict(handshake.query) == {
            "organization": "o1", "cluster": "c1", "project": "p1", "environment": "e1", "service": "s1",
        }  # fmt: skip
        assert TOKEN not in handshake.raw_path

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_are_not_redirected(self, read: ReadStream, status: int) -> None:
        """The token would go to wherever the redirect leads."""
        async with serve() as elsewhere:

            def redirect() -> web.Response:
                return web.Response(status=status, headers={"Location": elsewhere.url})

            async with pushing(redirect) as server:
                with pytest.raises(TransportError, match=f"returned {status}, a redirect to .*, which is not followed"):
                    await read(server, logs)
            assert elsewhere.requests == []
            assert len(server.handshakes) == 1

    async def test_that_are_refused_raise_what_a_call_would(self, read: ReadStream) -> None:
        def refuse() -> web.Response:
            return web.json_response({"status": 403, "detail": f"not yours, {TOKEN}"}, status=403)

        async with pushing(refuse) as server:
            with pytest.raises(Forbidden, match=r"not yours, \*\*\*") as raised:
                await read(server, logs)
        assert raised.value.operation == "streams.service_logs"
        assert len(server.handshakes) == 1

    async def test_ask_for_a_new_token_once(self, read: ReadStream) -> None:
        tokens = iter(["old", "new", "newest"])

        def refuse() -> web.Response:
            return web.Response(status=401)

        async with pushing(refuse, sending(line(0))) as server:
            found = await read(server, logs, token=lambda: next(tokens))
        assert [handshake.headers["Authorization"] for handshake in server.handshakes] == ["Token old", "Token new"]
        assert len(found) == 1

    async def test_do_not_send_a_token_again_that_was_refused(self, read: ReadStream) -> None:
        async with pushing(lambda: web.Response(status=401)) as server:
            with pytest.raises(Unauthorized):
                await read(server, logs, token=lambda: "same")
        assert len(server.handshakes) == 1

    async def test_are_seen_by_hooks(self, read: ReadStream) -> None:
        asked: list[RequestEvent] = []
        retried: list[RetryEvent] = []

        async with pushing(sending(code=1011, reason="agent"), sending()) as server:
            await read(server, logs, on_request=asked.append, on_retry=retried.append)
        assert [(event.operation, event.method, event.attempt) for event in asked] == [
            ("streams.service_logs", "GET", 1),
            ("streams.service_logs", "GET", 2),
        ]
        assert [event.reason for event in retried] == ["the server closed the stream with 1011 (agent)"]

    async def test_wait_for_the_pace(self, read: ReadStream) -> None:
        def refuse() -> web.Response:
            return used_up(1)

        began = time.monotonic()
        async with pushing(refuse, sending(line(0))) as server:
            assert len(await read(server, logs, pace="wait")) == 1
        assert time.monotonic() - began > 0.5

    async def test_that_the_pace_holds_back_raise(self, read: ReadStream) -> None:
        def refuse() -> web.Response:
            return used_up(900)

        async with pushing(refuse) as server:
            with pytest.raises(RateLimited, match="returned 429"):
                await read(server, logs)
            with pytest.raises(RateBudgetExhausted, match="was not sent"):
                await read(server, logs, pace=Pace(ceiling=1))
        assert len(server.handshakes) == 2

    async def test_to_nobody_raise_after_the_attempts_of_a_call(self, read: ReadStream) -> None:
        server = Pusher(closed_port().replace("http", "ws"))
        with pytest.raises(ConnectError) as raised:
            await read(server, logs)
        assert raised.value.attempts == 3

    async def test_without_a_response_time_out(self, read: ReadStream) -> None:
        async def never(peer: web.BaseRequest) -> web.Response:
            await asyncio.Event().wait()
            return web.Response()

        async with serve(never) as server:
            options = {"timeout": Timeout(attempt=0.1), "retries": NO_RETRIES}
            with pytest.raises(RequestTimeout):
                await read(Pusher(server.url.replace("http", "ws")), logs, **options)

    async def test_that_are_no_websocket_say_so(self, read: ReadStream) -> None:
        async with pushing(lambda: web.Response(text="hello")) as server:
            with pytest.raises(TransportError, match="returned 200 instead of opening a WebSocket"):
                await read(server, logs)


class TestConnections:
    @pytest.mark.parametrize(("code", "error"), [(1007, Forbidden), (1008, Unauthorized)])
    async def test_that_are_denied_raise(self, read: ReadStream, code: int, error: type[Exception]) -> None:
        async with pushing(sending(line(0), code=code, reason=f"no, {TOKEN}")) as server:
            with pytest.raises(error, match=r"no, \*\*\*"):
                await read(server, logs)
        assert len(server.handshakes) == 1

    async def test_with_a_token_that_expired_go_on_with_another(self, read: ReadStream) -> None:
        tokens = iter(["old", "new"])
        async with pushing(sending(line(0), code=1008), sending(line(0), line(1))) as server:
            found = await read(server, logs, token=lambda: next(tokens))
        assert [each.message for each in found] == ["line 0", "line 1"]
        assert [handshake.headers["Authorization"] for handshake in server.handshakes] == ["Token old", "Token new"]

    async def test_without_data_end(self, read: ReadStream) -> None:
        async with pushing(sending(code=1011, reason="NotFound")) as server:
            assert await read(server, logs) == []

    async def test_are_not_opened_again_without_retries(self, read: ReadStream) -> None:
        async with pushing(sending(line(0), code=1011, reason="agent")) as server:
            with pytest.raises(StreamClosed, match=r"closed the stream with 1011 \(agent\)") as raised:
                await read(server, logs, retries=NO_RETRIES)
        assert (raised.value.code, raised.value.reason) == (1011, "agent")
        assert len(server.handshakes) == 1

    async def test_that_fall_silent_are_opened_again(self, read: ReadStream, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither pongs nor frames: pings find out."""
        monkeypatch.setattr(websocket, "PING_EVERY", 0.2)

        async def silent(peer: Peer) -> None:
            await peer.send(line(0))
            await peer.stall()

        async with pushing(silent, sending(line(0), line(1))) as server:
            found = await read(server, logs)
        assert [each.message for each in found] == ["line 0", "line 1"]

    async def test_that_only_answer_pings_stay(self, read: ReadStream, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(websocket, "PING_EVERY", 0.1)

        async def slow(peer: Peer) -> None:
            await asyncio.sleep(0.6)
            await peer.send(line(0))

        async with pushing(slow) as server:
            assert len(await read(server, logs, 1)) == 1
        assert len(server.handshakes) == 1

    async def test_with_a_frame_that_is_too_large_raise(self, read: ReadStream) -> None:
        async with pushing(sending(line(0, message="x" * 5000))) as server:
            with pytest.raises(ResponseTooLarge, match="a frame is larger than the client's max_response_bytes"):
                await read(server, logs, max_response_bytes=1000)
        assert len(server.handshakes) == 1

    async def test_are_closed_when_the_loop_is_left(self, read: ReadStream) -> None:
        async with pushing(staying) as server:
            assert len(await read(server, logs, 1)) == 1
            with anyio.fail_after(1):
                await server.peers[0].left.wait()
            assert server.peers[0].close_code == 1000

    async def test_are_closed_with_the_loop_even_without_a_block(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, **server.options) as client:
            async for _ in logs(client):
                break
            with anyio.fail_after(1):
                await server.peers[0].left.wait()

    async def test_end_when_the_stream_is_closed_elsewhere(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, **server.options) as client:
            stream = logs(client)

            async def close() -> None:
                await asyncio.sleep(0.1)
                await stream.close()

            with anyio.fail_after(5):
                async with asyncio.TaskGroup() as group:
                    group.create_task(close())
                    assert [each.message async for each in stream] == ["line 0"]

    async def test_end_with_an_error_when_the_client_is_closed(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, retries=AT_ONCE, **server.options) as client:
            lines = aiter(logs(client))
            await anext(lines)
            await client.aclose()
            with anyio.fail_after(5), pytest.raises(TransportError, match="the client was closed"):
                await anext(lines)
            assert len(server.handshakes) == 1

    async def test_end_when_the_task_is_cancelled(self) -> None:
        async with pushing(staying) as server, AsyncQovery(TOKEN, **server.options) as client:
            with anyio.CancelScope() as scope:
                async for _ in logs(client):
                    asyncio.get_running_loop().call_later(0.05, scope.cancel)
            with anyio.fail_after(1):
                await server.peers[0].left.wait()

    async def test_do_not_fill_the_pool_of_requests(self) -> None:
        """Aiohttp's pool has a hundred connections; streams have their own."""
        async with pushing(staying) as server, serve() as api:
            options = {**server.options, "base_url": api.url}
            async with AsyncQovery(TOKEN, **options) as client:
                streams = [aiter(logs(client)) for _ in range(120)]
                with anyio.fail_after(10):
                    await asyncio.gather(*(anext(stream) for stream in streams))
                    await client.organizations.list()
                    await asyncio.gather(*(stream.aclose() for stream in streams))

    async def test_leave_nothing_behind(self) -> None:
        async with pushing(sending(line(0), code=1011)) as server:
            async with AsyncQovery(TOKEN, retries=NO_RETRIES, **server.options) as client:
                for _ in range(20):
                    with pytest.raises(StreamClosed):
                        async for _ in logs(client):
                            pass
            await asyncio.sleep(0)
        gc.collect()
        assert [task for task in asyncio.all_tasks() if "Feed" in repr(task)] == []


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
            with pytest.raises(DecodeError, match="a frame is none of this stream"):
                await read(server, logs, strict=True)

    async def test_that_lack_a_key_are_repaired(self, read: ReadStream, caplog: pytest.LogCaptureFixture) -> None:
        lacking = {key: value for key, value in line(0).items() if key != "labels"}
        async with pushing(sending(lacking, lacking | {"message": "b"})) as server:
            with caplog.at_level(logging.WARNING):
                found = await read(server, logs)
        assert [each.labels for each in found] == [None, None]
        assert len(caplog.records) == 1

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
                    if found == 1:
                        await asyncio.sleep(1)
                    if each.message == "last":
                        break
            assert stream.dropped > 5_000
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
