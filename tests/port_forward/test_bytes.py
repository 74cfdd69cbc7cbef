"""Do all bytes get through a forwarded port, both ways, whatever the frames?"""

from __future__ import annotations

import asyncio
import hashlib
import os

import anyio
import pytest

from tests.port_forward.conftest import OpenPort
from tests.support.forwarding import Pod, connected, echo, serving_pods
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio

MIB = 2**20


class TestBytes:
    async def test_come_back_one_by_one(self, port: OpenPort) -> None:
        async with serving_pods(echo) as server, port(server) as address, connected(address) as program:
            for byte in bytes(range(256)):
                await program.send(bytes([byte]))
                assert await program.read(1) == bytes([byte])

    async def test_come_in_frames_of_8_mib(self, port: OpenPort) -> None:
        frame = os.urandom(8 * MIB)

        async def send(pod: Pod) -> None:
            for _ in range(4):
                await pod.send(frame)

        async with serving_pods(send) as server, port(server) as address, connected(address) as program:
            assert await program.read() == frame * 4

    async def test_go_in_frames_of_64_kib_at_most(self, port: OpenPort) -> None:
        data, sizes = os.urandom(8 * MIB), list[int]()
        digest = hashlib.sha256()

        async def receive(pod: Pod) -> None:
            async for message in pod.socket:
                sizes.append(len(message.data))
                digest.update(message.data)
                if sum(sizes) == len(data):
                    await pod.send(b"all")

        async with serving_pods(receive) as server, port(server) as address, connected(address) as program:
            await program.send(data)
            assert await program.read(3) == b"all"
        assert digest.digest() == hashlib.sha256(data).digest()
        assert max(sizes) <= 64 * 1024

    async def test_go_both_ways_at_once(self, port: OpenPort) -> None:
        data = os.urandom(16 * MIB)
        async with serving_pods(echo) as server, port(server) as address, connected(address) as program:
            async with anyio.create_task_group() as group:
                group.start_soon(program.send, data)
                back = await program.read(len(data))
            assert back == data

    async def test_that_the_client_sends_first_wait_for_the_handshake(self, port: OpenPort) -> None:
        async with serving_pods(echo) as server, port(server) as address, connected(address) as program:
            await program.send(b"SELECT 1")
            assert await program.read(8) == b"SELECT 1"

    async def test_that_the_server_sends_first_come(self, port: OpenPort) -> None:
        async def greet(pod: Pod) -> None:
            await pod.send(b"220 ready")
            await pod.read(1)

        async with serving_pods(greet) as server, port(server) as address, connected(address) as program:
            assert await program.read(9) == b"220 ready"

    async def test_of_a_hundred_connections_stay_apart(self, port: OpenPort) -> None:
        async with serving_pods(echo) as server, port(server) as address:

            async def talk(number: int) -> None:
                data = number.to_bytes(2) * 50_000
                async with connected(address) as program:
                    async with anyio.create_task_group() as group:
                        group.start_soon(program.send, data)
                        back = await program.read(len(data))
                    assert back == data

            await asyncio.gather(*(talk(number) for number in range(100)))
            assert len(server.handshakes) == 100
            assert address.errors == []


async def test_a_handshake_has_the_ids_and_the_port_and_no_token(port: OpenPort) -> None:
    async with serving_pods(echo) as server, port(server, given={"pod_name": "db-0"}) as address:
        async with connected(address) as program:
            await program.send(b"x")
            await program.read(1)
        (handshake,) = server.handshakes
        assert handshake.path == "/shell/portforward"
        assert dict(handshake.query) == {
            "organization": "o1",
            "cluster": "c1",
            "project": "p1",
            "environment": "e1",
            "service": "s1",
            "service_type": "DATABASE",
            "port": "5432",
            "pod_name": "db-0",
        }
        assert handshake.headers["Authorization"] == f"Token {TOKEN}"
