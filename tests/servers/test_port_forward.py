"""Do programs that nobody here wrote work through a forwarded port, with a real Redis and a real PostgreSQL behind it?

The bytes that are moved both ways: QOVERY_TEST_BYTES=1000000000 for a gigabyte.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import anyio.from_thread
import pytest
import redis

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.port_forward.address import ForwardedPort
from qovery_sync import Qovery
from tests.support.server import in_thread

BYTES = int(os.environ.get("QOVERY_TEST_BYTES", "50_000_000"))
PIECE = 10_000_000
HOUR = 300
"""Seconds that no program here takes."""

OpenPort = Callable[[int, int], Any]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with in_thread(Emulator(world="demo")) as running:
        yield running


@pytest.fixture(params=["async", "sync"])
def port(request: pytest.FixtureRequest, emulator: Emulator) -> OpenPort:
    """Opens a port that leads to `remote_port` of a database, and from there to a real server."""
    options = {"token": emulator.token, "base_url": emulator.url, "ws_url": emulator.ws_url}

    def attached(remote_port: int, real: int) -> str:
        (database,) = [each for each in emulator.state.every("database") if each.value["name"] == "orders"][:1]
        emulator.streams.ports.attach(database.id, remote_port, real)
        return database.id

    @contextmanager
    def blocking(remote_port: int, real: int) -> Generator[ForwardedPort]:
        with Qovery(**options) as client, client.port_forward(attached(remote_port, real), remote_port) as address:
            yield address

    @contextmanager
    def on_a_loop(remote_port: int, real: int) -> Generator[ForwardedPort]:
        with (
            anyio.from_thread.start_blocking_portal() as portal,
            portal.wrap_async_context_manager(AsyncQovery(**options)) as client,
            portal.wrap_async_context_manager(client.port_forward(attached(remote_port, real), remote_port)) as address,
        ):
            yield address

    return blocking if request.param == "sync" else on_a_loop


@pytest.fixture
def redis_address(port: OpenPort, redis_url: str) -> Iterator[ForwardedPort]:
    with port(6379, urlsplit(redis_url).port or 0) as address:
        yield address
        assert address.errors == []


def connected(address: ForwardedPort) -> redis.Redis:
    return redis.Redis(address.host, address.port, socket_timeout=60)


class TestRedis:
    """Through redis-py and redis-cli."""

    def test_values_of_any_size_come_back(self, redis_address: ForwardedPort) -> None:
        with connected(redis_address) as client:
            for size in (0, 1, 125, 126, 65_535, 65_536, 65_537, 8 * 2**20, 40 * 2**20):
                value = random.randbytes(size)
                client.set("value", value)
                assert client.get("value") == value

    def test_pipelines(self, redis_address: ForwardedPort) -> None:
        with connected(redis_address) as client:
            client.delete("list")
            pipeline = client.pipeline(transaction=False)
            for number in range(20_000):
                pipeline.rpush("list", number)
            assert pipeline.execute()[-1] == 20_000
            assert [int(each) for each in client.lrange("list", 0, -1)] == [*range(20_000)]

    def test_messages_as_they_come(self, redis_address: ForwardedPort) -> None:
        with connected(redis_address) as client, client.pubsub(ignore_subscribe_messages=True) as messages:
            messages.subscribe("news")
            messages.get_message(timeout=10)
            for number in range(200):
                client.publish("news", number)
                found = messages.get_message(timeout=10)
                assert found is not None
                assert int(found["data"]) == number

    def test_fifty_connections_at_once(self, redis_address: ForwardedPort) -> None:
        ready, failed = threading.Barrier(50), list[BaseException]()

        def work(number: int) -> None:
            try:
                with connected(redis_address) as client:
                    client.ping()
                    ready.wait(60)  # all are open
                    for turn in range(50):
                        client.set(f"key {number}", f"{turn} " * 1000)
                        assert client.get(f"key {number}") == (f"{turn} " * 1000).encode()
            except BaseException as error:  # noqa: BLE001  # threads have nobody to raise to
                failed.append(error)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(HOUR)
        assert failed == []

    def test_redis_cli_moves_bytes_both_ways(self, redis_address: ForwardedPort, tmp_path: Path) -> None:
        command = ["redis-cli", "-h", redis_address.host, "-p", str(redis_address.port)]
        there, back = hashlib.sha256(), hashlib.sha256()
        piece = tmp_path / "piece"
        for number in range(-(-BYTES // PIECE)):
            data = random.Random(number).randbytes(PIECE)
            piece.write_bytes(data)
            there.update(data)
            with piece.open("rb") as sent:
                run([*command, "-x", "SET", "piece"], stdin=sent)
            got = run([*command, "GET", "piece"])
            back.update(got[:-1])  # redis-cli ends with a line break
        run([*command, "DEL", "piece"])
        assert there.hexdigest() == back.hexdigest()


def test_psql_moves_bytes_both_ways(port: OpenPort, postgres_port: int, tmp_path: Path) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    source = random.Random(1)
    with there.open("wb") as file:
        for _ in range(-(-BYTES // PIECE)):
            file.write(b"".join(source.randbytes(499).hex().encode() + b"\n" for _ in range(PIECE // 999)))
    with port(5432, postgres_port) as address:
        psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h", address.host, "-p"]
        psql += [str(address.port), "-c"]
        run([*psql, "DROP TABLE IF EXISTS lines"])
        run([*psql, "CREATE UNLOGGED TABLE lines (line text)"])
        run([*psql, f"\\copy lines FROM '{there}'"])
        run([*psql, f"\\copy lines TO '{back}'"])
        run([*psql, "DROP TABLE lines"])
        assert address.errors == []
    assert digest(there) == digest(back)


def test_psql_is_told_when_the_database_is_not_there(port: OpenPort) -> None:
    with port(5432, 9) as address:
        command = ["psql", "-X", "-U", "postgres", "-h", address.host, "-p", str(address.port), "-c", "SELECT 1"]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=HOUR)
        assert done.returncode == 2
        (error,) = address.errors
        assert "1011 (Timeout while setting up port forward)" in str(error)


def run(command: list[str], stdin: Any = subprocess.DEVNULL) -> bytes:
    done = subprocess.run(command, check=False, stdin=stdin, capture_output=True, timeout=HOUR)
    assert done.returncode == 0, done.stderr
    return done.stdout


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
