"""What happens to calls when Redis is gone, silent or refuses? They go on, and one warning says why."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import time
from typing import Any

import anyio
import pytest
import redis

from qovery_async import AsyncQovery, Rate
from qovery_async.pacing import redis_limiter
from qovery_async.pacing.redis_limiter import RedisRateLimiter
from tests.support.programs import Run
from tests.support.redis_server import running_redis
from tests.support.server import PROJECT, TOKEN, Answer, Ask, serve


def get(client: Any) -> Any:
    return client.projects.get("p1")


async def taken(limiter: RedisRateLimiter) -> bool:
    return (await limiter.take(most=0, patient=False)).taken


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.fixture
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is asked again at once after it has failed."""
    monkeypatch.setattr(redis_limiter, "_PAUSE", 0.0)


@pytest.mark.anyio
class TestWithoutRedis:
    @pytest.mark.usefixtures("soon_again")
    async def test_each_process_goes_on_alone(self, caplog: pytest.LogCaptureFixture) -> None:
        """Redis is there, dies, and comes back."""
        caplog.set_level(logging.INFO, "qovery.pacing")
        with running_redis() as url:
            limiter = RedisRateLimiter(url, name="mortal")
            await limiter.learn(Rate(1000, 5, 3600))
            assert await taken(limiter)
            with redis.Redis.from_url(url) as client:
                client.shutdown(nosave=True)
            assert [await taken(limiter) for _ in range(7)] == [True] * 5 + [False] * 2
            (warning,) = warnings_in(caplog)
            assert "Redis is out of reach" in warning
            with _redis_at(url) as client:
                assert await taken(limiter)
                assert client.get("qovery:budget:mortal")
            assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]

    async def test_calls_succeed_from_the_start(self, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
        limiter = RedisRateLimiter("redis://user:s3cret@127.0.0.1:1/0", name="shop")
        async with serve(
            Answer(
                PROJECT,
            )
        ) as server:
            for _ in range(3):
                await ask(server.url, get, rate_limiter=limiter)
            assert len(server.requests) == 3
        (warning,) = warnings_in(caplog)
        assert "s3cret" not in warning

    async def test_no_call_waits_long_for_one_that_is_silent(self, caplog: pytest.LogCaptureFixture) -> None:
        with running_redis() as url, _stopped(url):
            limiter = RedisRateLimiter(url, name="silent")
            with anyio.fail_after(8):  # all of them one after another would take 40 s
                async with anyio.create_task_group() as group:
                    for _ in range(20):
                        group.start_soon(taken, limiter)
                assert await taken(limiter)
        assert "no response within 2 s" in warnings_in(caplog)[0] or "Timeout" in warnings_in(caplog)[0]
        assert len(warnings_in(caplog)) == 1

    async def test_waiting_for_it_can_be_cancelled(self) -> None:
        with running_redis() as url, _stopped(url):
            limiter = RedisRateLimiter(url, name="silent")
            began = time.monotonic()
            async with (
                serve(Answer(PROJECT)) as server,
                AsyncQovery(TOKEN, base_url=server.url, rate_limiter=limiter) as client,
            ):
                with anyio.move_on_after(0.2) as scope:
                    await get(client)
                assert scope.cancelled_caught
                assert time.monotonic() - began < redis_limiter._PATIENCE
                assert server.requests == []

    async def test_what_redis_refuses_is_no_error_of_the_call(
        self, redis_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        with redis.Redis.from_url(redis_url) as client:
            client.rpush("qovery:budget:list", "x")
            client.acl_setuser("shop", enabled=True, passwords=["+right"])
        assert await taken(RedisRateLimiter(redis_url, name="list"))
        assert await taken(RedisRateLimiter(f"{redis_url}/99", name="no such database"))
        wrong = redis_url.replace("//", "//shop:wrong-s3cret@")
        assert await taken(RedisRateLimiter(wrong, name="password"))
        assert await taken(RedisRateLimiter("redis://no..host", name="host"))
        assert len(warnings_in(caplog)) == 4
        assert "s3cret" not in caplog.text

    def test_nothing_is_left_of_the_wait_for_it(self, run: Run) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            script = """
                import logging

                from qovery_async.pacing.redis_limiter import RedisRateLimiter

                logging.getLogger("qovery").setLevel(logging.ERROR)
                limiter = RedisRateLimiter(sys.argv[1], name="silent")

                async def take():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(0.1):
                            await limiter.take(most=0, patient=True)
                    return (await limiter.take(most=0, patient=True)).taken

                say(str(asyncio.run(take())))
                del limiter
                gc.collect()
            """
            assert run(script, f"redis://127.0.0.1:{silent.getsockname()[1]}") == ["True"]


@contextlib.contextmanager
def _stopped(url: str) -> Any:
    """A Redis that accepts connections and says nothing."""
    with redis.Redis.from_url(url) as client:
        process: int = client.info("server")["process_id"]
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@contextlib.contextmanager
def _redis_at(url: str) -> Any:
    """Redis again, at an address that it had before."""
    command = ["redis-server", "--port", url.rpartition(":")[2], "--bind", "127.0.0.1", "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process, redis.Redis.from_url(url) as client:
        try:
            for _ in range(200):
                with contextlib.suppress(redis.ConnectionError):
                    client.ping()
                    break
                time.sleep(0.05)
            yield client
        finally:
            process.terminate()
