"""What does a forwarded port cost, against a plain relay of asyncio, and one over a raw WebSocket of aiohttp?

    python benchmarks/tunnel.py [--rounds 5] [--megabytes 200]

The figures are ratios of medians over interleaved rounds. The WebSocket server, which makes and takes the bytes itself,
the relays and the program that is timed have a process each.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import socket
import statistics
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

import aiohttp
from aiohttp import web

from qovery_async import AsyncQovery

IDS: dict[str, Any] = {"organization_id": "o1", "cluster_id": "c1", "project_id": "p1", "environment_id": "e1"}
PIECE = 64 * 1024
DOWN, UP, PING = b"d", b"u", b"p"
"""What the first byte asks for: bytes, to take bytes, or an echo."""
ROUND_TRIPS = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=200)
    arguments = parser.parse_args()
    pieces = arguments.megabytes * 10**6 // PIECE
    with (
        running(serve, pieces) as (plain, websocket),
        running(relay_plain, plain) as (one,),
        running(relay_raw, websocket) as (two,),
        running(relay_ours, websocket) as (three,),
    ):
        measure({"plain": one, "raw": two, "ours": three}, arguments.rounds, pieces)


def measure(ports: dict[str, int], rounds: int, pieces: int) -> None:
    kinds: dict[str, Callable[[int, int], float]] = {"down": down, "up": up, "round trip": round_trip}
    for kind, work in kinds.items():
        taken: dict[str, list[float]] = {name: [] for name in ports}
        for _ in range(rounds):
            for name, port in ports.items():
                taken[name].append(work(port, pieces))
        middle = {name: statistics.median(found) for name, found in taken.items()}
        if kind == "round trip":
            detail = f"{middle['ours'] * 1e6:.0f} us, raw {middle['raw'] * 1e6:.0f}, plain {middle['plain'] * 1e6:.0f}"
            report("round trip of a byte, against raw", middle["ours"] / middle["raw"], "<= 1.5", detail)
            continue
        rate = {name: pieces * PIECE / 1e6 / seconds for name, seconds in middle.items()}
        detail = f"{rate['ours']:,.0f} MB/s, raw {rate['raw']:,.0f}, plain {rate['plain']:,.0f}"
        report(f"forwarded port, {kind}, against raw", rate["ours"] / rate["raw"], ">= 0.7", detail)
        report(f"forwarded port, {kind}, against plain", rate["ours"] / rate["plain"], "none", detail)


def report(what: str, figure: float, aim: str, detail: str) -> None:
    print(f"{what:<44} {figure:>9.2f}   (aim {aim})   {detail}")


def down(port: int, pieces: int) -> float:
    with socket.create_connection(("127.0.0.1", port)) as peer:
        began, left = time.perf_counter(), pieces * PIECE
        peer.sendall(DOWN)
        while left:
            left -= len(peer.recv(2**20))
        return time.perf_counter() - began


def up(port: int, pieces: int) -> float:
    piece = b"x" * PIECE
    with socket.create_connection(("127.0.0.1", port)) as peer:
        began = time.perf_counter()
        peer.sendall(UP)
        for _ in range(pieces):
            peer.sendall(piece)
        assert peer.recv(1)
        return time.perf_counter() - began


def round_trip(port: int, _: int) -> float:
    times: list[float] = []
    with socket.create_connection(("127.0.0.1", port)) as peer:
        peer.sendall(PING)
        for _ in range(ROUND_TRIPS):
            began = time.perf_counter()
            peer.sendall(b"x")
            assert peer.recv(1)
            times.append(time.perf_counter() - began)
    return statistics.median(times)


async def serve(told: Callable[..., None], pieces: int) -> None:
    """Both ends of the relays: a plain server, and one of WebSockets."""
    piece = b"x" * PIECE

    async def tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def send(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        await talk(lambda: reader.read(PIECE), send)
        writer.close()

    async def websocket(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)

        async def receive() -> bytes:
            message = await response.receive()
            data: bytes = message.data if message.type is aiohttp.WSMsgType.BINARY else b""
            return data

        await talk(receive, response.send_bytes)
        await response.close()
        return response

    async def talk(
        receive: Callable[[], Coroutine[Any, Any, bytes]], send: Callable[[bytes], Coroutine[Any, Any, None]]
    ) -> None:
        first = await receive()
        if first[:1] == DOWN:
            for _ in range(pieces):
                await send(piece)
        elif first[:1] == UP:
            left = pieces * PIECE - len(first) + 1
            while left:
                left -= len(await receive())
            await send(b"k")
        else:
            data = first[1:] or await receive()
            while data:
                await send(data)
                data = await receive()

    plain = await asyncio.start_server(tcp, "127.0.0.1", 0)
    app = web.Application()
    app.router.add_get("/shell/portforward", websocket)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told(plain.sockets[0].getsockname()[1], runner.addresses[0][1])
    await asyncio.Event().wait()


async def relay_plain(told: Callable[..., None], to: int) -> None:
    """From TCP to TCP."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(copy(reader, other_writer), copy(other_reader, writer))

    await listen(told, relay)


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(PIECE):
            writer.write(data)
            await writer.drain()
    writer.close()


async def relay_raw(told: Callable[..., None], to: int) -> None:
    """From TCP to a WebSocket, with nothing around it."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with session.ws_connect(f"ws://127.0.0.1:{to}/shell/portforward", max_msg_size=2**26) as opened:

            async def send() -> None:
                while data := await reader.read(PIECE):
                    await opened.send_bytes(data)
                await opened.close()

            sending = asyncio.create_task(send())
            async for message in opened:
                writer.write(message.data)
                await writer.drain()
            writer.close()
            sending.cancel()

    async with aiohttp.ClientSession() as session:
        await listen(told, relay)


async def relay_ours(told: Callable[..., None], to: int) -> None:
    """A forwarded port."""
    async with (
        AsyncQovery("x", ws_url=f"ws://127.0.0.1:{to}") as client,
        client.port_forward("s1", 5432, service_type="DATABASE", **IDS) as address,
    ):
        told(address.port)
        await asyncio.Event().wait()


async def listen(told: Callable[..., None], relay: Any) -> None:
    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    told(server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


@contextmanager
def running(work: Callable[..., Coroutine[Any, Any, None]], *arguments: int) -> Iterator[tuple[int, ...]]:
    """A process of its own for something that listens; yields its ports."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=run, args=(there, work, arguments), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def run(there: Connection, work: Callable[..., Coroutine[Any, Any, None]], arguments: tuple[int, ...]) -> None:
    asyncio.run(work(lambda *ports: there.send(ports), *arguments))


if __name__ == "__main__":
    main()
