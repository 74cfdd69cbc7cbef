"""A server that fails below HTTP, step by step as a test says, and counts the requests that reached it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from ssl import SSLContext
from typing import Literal

import attrs


@attrs.frozen
class Step:
    """What happens to one request: the bytes of its response, and what becomes of its connection."""

    data: bytes = b""
    then: Literal["serve", "close", "reset", "stay silent", "drip"] = "close"
    unread: bool = False  # except its first byte: without it, the client may not know that it was connected


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Step:
    """A proper response that keeps the connection alive; `Retry_After="1"` is a header."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *lines])
    return Step(head.encode() + b"\r\n\r\n" + body, "serve")


CLOSED = Step()
RESET = Step(then="reset")
RESET_UNREAD = Step(then="reset", unread=True)
SILENCE = Step(then="stay silent")
UNREAD = Step(then="stay silent", unread=True)
HALF = Step(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "stay silent")
DRIPPING = Step(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "drip")


@attrs.define
class Flaky:
    """A running server; `methods` are those of the requests that it read, `open` the connections that still are."""

    steps: list[Step]
    url: str = ""
    methods: list[str] = attrs.Factory(list[str])
    connections: int = 0
    open: int = 0


@asynccontextmanager
async def serve_steps(*steps: Step, port: int = 0, tls: SSLContext | None = None) -> AsyncGenerator[Flaky]:
    """Takes one step after another, a request each, the last one for ever."""
    server = Flaky(list(steps))
    serving: set[asyncio.Task[None]] = set()

    def next_step() -> Step:
        return server.steps.pop(0) if len(server.steps) > 1 else server.steps[0]

    async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.open += 1
        try:
            step = Step(then="serve")
            while step.then == "serve":
                if server.steps[0].unread:
                    await reader.readexactly(1)
                else:
                    server.methods.append(await _read(reader))
                step = next_step()
                writer.write(step.data)
            if step.then == "stay silent":
                await reader.read()
            while step.then == "drip":  # one byte in each chunk
                await asyncio.sleep(0.02)
                writer.write(b"1\r\n \r\n")
                await writer.drain()
            if step.then == "reset":
                # Lingering for zero seconds makes the kernel send RST instead of FIN.
                peer: socket.socket = writer.get_extra_info("socket")
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            server.open -= 1
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve_connection(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)

    listener = await asyncio.start_server(begin, "127.0.0.1", port, ssl=tls)
    scheme = "https" if tls else "http"
    server.url = f"{scheme}://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listener.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> str:
    """Reads one request to its end; returns its method."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            await reader.readexactly(int(value))
    return head.partition(b" ")[0].decode()
