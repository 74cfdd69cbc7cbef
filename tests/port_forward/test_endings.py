"""How does either end of a forwarded connection learn that the other has ended?"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from aiohttp import web

from qovery_async import (
    NO_RETRIES,
    Forbidden,
    RateLimited,
    ResponseTooLarge,
    ServerError,
    StreamClosed,
    TransportError,
    Unauthorized,
)
from qovery_async.errors import QoveryError
from qovery_async.port_forward import tunnel
from qovery_async.port_forward.address import ForwardedPort
from tests.port_forward.conftest import OpenPort
from tests.support.forwarding import Pod, connected, echo, listen, serving_pods
from tests.support.server import TOKEN, close

pytestmark = pytest.mark.anyio


def failed(address: ForwardedPort) -> QoveryError:
    """The error of the only connection that failed: it is known when the program learns of the end."""
    (error,) = address.errors
    return error


def ending(code: int, reason: str = "") -> Any:
    """Sends some bytes and closes."""

    async def script(pod: Pod) -> None:
        await pod.send(b"x" * 100_000)
        await pod.close(code, reason)

    return script


class TestServers:
    """The server ends the connection."""

    async def test_that_close_normally_end_the_data(self, port: OpenPort) -> None:
        async with serving_pods(ending(1000)) as server, port(server) as address, connected(address) as program:
            assert await program.read() == b"x" * 100_000
            assert address.errors == []

    async def test_that_close_without_a_code_end_the_data(self, port: OpenPort) -> None:
        async def close(pod: Pod) -> None:
            await pod.send(b"all")
            transport: Any = pod.request.transport
            transport.write(b"\x88\x00")
            await listen(pod)

        async with serving_pods(close) as server, port(server) as address, connected(address) as program:
            assert await program.read() == b"all"
            assert address.errors == []

    async def test_end_the_data_also_for_a_program_that_goes_on_to_send(self, port: OpenPort) -> None:
        """What it sends afterwards must not destroy the last bytes."""

        async def refuse(pod: Pod) -> None:
            await pod.read(1)
            await pod.send(b"FATAL: too many connections" * 1000)

        async with serving_pods(refuse) as server, port(server) as address, connected(address) as program:
            program.writer.write(b"y" * 2**20)
            assert await program.read() == b"FATAL: too many connections" * 1000

    @pytest.mark.parametrize(
        ("close", "error", "said"),
        [
            ((1011, "Timeout exceeded for receiving agent response"), StreamClosed, r"by the server with 1011 \(Time"),
            ((1001, ""), StreamClosed, "the connection was closed by the server with 1001"),
            ((1007, f"no, {TOKEN}"), Forbidden, r"no, \*\*\* \(closed with 1007\)"),
            ((1008, ""), Unauthorized, "closed with 1008"),
        ],
    )
    async def test_that_close_otherwise_reset(
        self, port: OpenPort, close: tuple[int, str], error: type[QoveryError], said: str, caplog: Any
    ) -> None:
        async with serving_pods(ending(*close), echo) as server, port(server) as address:
            async with connected(address) as program:
                assert await program.until_reset() == b"x" * 100_000
            raised = failed(address)
            assert isinstance(raised, error)
            with pytest.raises(error, match=said):
                raise raised
            async with connected(address) as program:
                await program.send(b"others go on")
                assert await program.read(12) == b"others go on"
        (record,) = caplog.records
        assert (record.name, record.levelno) == ("qovery", logging.WARNING)
        assert record.getMessage().startswith(f"a connection through {address} failed: port_forward: GET ws://")
        assert TOKEN not in record.getMessage()

    async def test_that_are_cut_within_a_frame_reset(self, port: OpenPort) -> None:
        async def cut(pod: Pod) -> None:
            await pod.send(b"whole")
            pod.cut(after=b"\x82\x7e\xff\xffpart")

        async with serving_pods(cut) as server, port(server) as address, connected(address) as program:
            assert await program.until_reset() == b"whole"
            assert isinstance(failed(address), StreamClosed)

    async def test_that_are_reset_reset(self, port: OpenPort) -> None:
        async def reset(pod: Pod) -> None:
            await pod.read(1)
            transport: Any = pod.request.transport
            transport.abort()

        async with serving_pods(reset) as server, port(server) as address, connected(address) as program:
            await program.send(b"x")
            assert await program.until_reset() == b""
            assert isinstance(failed(address), StreamClosed)

    async def test_whose_frame_is_too_large_reset(self, port: OpenPort) -> None:
        async def flood(pod: Pod) -> None:
            await pod.send(b"x" * 2_000)
            await listen(pod)

        options = {"max_response_bytes": 1_000}
        async with serving_pods(flood) as server, port(server, **options) as address, connected(address) as program:
            assert await program.until_reset() == b""
            assert isinstance(failed(address), ResponseTooLarge)

    async def test_whose_agent_times_out_leave_a_question(self, port: OpenPort, caplog: Any) -> None:
        script = ending(1011, "Timeout while setting up port forward")
        async with serving_pods(script) as server, port(server) as address, connected(address) as program:
            await program.until_reset()
            assert failed(address).__notes__ == ["Does the service listen on this port?"]
        assert caplog.records[0].getMessage().endswith("Does the service listen on this port?")


class TestHandshakes:
    """No WebSocket can be opened."""

    @pytest.mark.parametrize(
        ("status", "error"), [(401, Unauthorized), (403, Forbidden), (429, RateLimited), (503, ServerError)]
    )
    async def test_that_are_refused_reset_and_others_go_on(
        self, port: OpenPort, status: int, error: type[QoveryError], caplog: pytest.LogCaptureFixture
    ) -> None:
        def refuse() -> web.Response:
            return web.json_response({"detail": f"no, {TOKEN}"}, status=status)

        async with serving_pods(refuse, echo) as server, port(server, retries=NO_RETRIES) as address:
            async with connected(address) as program:
                assert await program.until_reset() == b""
            assert isinstance(failed(address), error)
            async with connected(address) as program:
                await program.send(b"x")
                assert await program.read(1) == b"x"
        assert [TOKEN in record.getMessage() for record in caplog.records] == [False]

    async def test_that_fail_for_a_moment_are_repeated(self, port: OpenPort) -> None:
        async with serving_pods(lambda: web.Response(status=503), echo) as server, port(server) as address:
            async with connected(address) as program:
                await program.send(b"x")
                assert await program.read(1) == b"x"
            assert len(server.handshakes) == 2
            assert address.errors == []

    async def test_that_are_redirected_are_not_followed(self, port: OpenPort) -> None:
        async with serving_pods(echo) as elsewhere:

            def redirect() -> web.Response:
                return web.Response(status=307, headers={"Location": elsewhere.url})

            async with serving_pods(redirect) as server, port(server) as address, connected(address) as program:
                assert await program.until_reset() == b""
                assert isinstance(failed(address), TransportError)
            assert elsewhere.handshakes == []

    async def test_that_reach_nobody_reset(self, port: OpenPort) -> None:
        async with serving_pods(echo) as server:
            there = {"ws_url": "ws://127.0.0.1:9", "retries": NO_RETRIES}
            async with port(server, **there) as address, connected(address) as program:
                assert await program.until_reset() == b""
                assert isinstance(failed(address), TransportError)

    async def test_end_with_a_program_that_is_gone(self, port: OpenPort) -> None:
        waiting, ended = asyncio.Event(), asyncio.Event()

        async def never(request: web.Request) -> web.Response:
            waiting.set()
            try:
                await asyncio.sleep(60)
            finally:
                ended.set()
            return web.Response()

        app = web.Application()
        app.router.add_get("/{path:.*}", never)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with serving_pods(echo) as server:
            url = f"ws://127.0.0.1:{runner.addresses[0][1]}"
            async with port(server, ws_url=url) as address, connected(address) as program:
                await waiting.wait()
                program.vanish()
                await ended.wait()
                assert address.errors == []
        await close(runner)


class TestPrograms:
    """The program that is connected to the port ends the connection."""

    async def test_that_end_their_data_get_all_that_follows(self, port: OpenPort) -> None:
        gone = asyncio.Event()

        async def send(pod: Pod) -> None:
            assert await pod.read(7) == b"request"
            await gone.wait()
            for _ in range(20):
                await pod.send(b"x" * 100_000)
                await asyncio.sleep(0.01)

        async with serving_pods(send) as server, port(server) as address, connected(address) as program:
            await program.send(b"request")
            program.shut_down()
            gone.set()
            assert await program.read() == b"x" * 2_000_000

    async def test_that_end_their_data_before_the_handshake_are_served(self, port: OpenPort) -> None:
        async def serve(pod: Pod) -> None:
            await pod.send(await pod.read(4))

        async with serving_pods(serve) as server, port(server) as address, connected(address) as program:
            program.writer.write(b"ping")
            program.shut_down()
            assert await program.read() == b"ping"

    @pytest.mark.parametrize("end", ["shut down", "close"])
    async def test_that_end_their_data_lose_a_server_that_is_silent(
        self, port: OpenPort, end: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing tells a program that is gone from one that only listens."""
        monkeypatch.setattr(tunnel, "SILENCE", 0.2)
        async with serving_pods(echo) as server, port(server) as address, connected(address) as program:
            await program.send(b"x")
            assert await program.read(1) == b"x"
            if end == "shut down":
                program.shut_down()
                assert await program.until_reset() == b""
            else:
                program.writer.close()
            await (await server.pod()).left()
            assert address.errors == []

    async def test_that_vanish_end_the_websocket(self, port: OpenPort) -> None:
        async with serving_pods(echo) as server, port(server) as address, connected(address) as program:
            await program.send(b"x")
            await program.read(1)
            program.vanish()
            await (await server.pod()).left()
            assert address.errors == []

    async def test_that_vanish_while_the_server_sends_end_the_websocket(self, port: OpenPort) -> None:
        async def flood(pod: Pod) -> None:
            while True:
                await pod.send(b"x" * 100_000)

        async with serving_pods(flood) as server, port(server) as address, connected(address) as program:
            await program.read(1_000_000)
            program.writer.transport.abort()  # closes with bytes unread
            await (await server.pod()).left()
            assert address.errors == []
