"""Do many processes share one budget through a real Redis, and get by without it?"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
import pytest
import redis
from aiohttp import web
from programs import Run
from redis_server import running_redis
from server import PROJECT, TOKEN, Answer, Ask, in_thread, serve

from qovery_async import AsyncQovery, ConfigurationError, Rate, RateBudgetExhausted, redis_limiter
from qovery_async.emulator import Emulator
from qovery_async.pacing.redis_limiter import RedisRateLimiter

HERE = Path(__file__).parent
PROCESSES = 10
LIMIT = 1000
ENOUGH = 900
SPEED = 200
"""Makes the hour take 18 s: in much less, the whole seconds of the headers would not tell hours apart."""


class Counted:
    """An emulator's requests by the hour in which they took effect."""

    def __init__(self) -> None:
        self.hours: Counter[datetime] = Counter()
        self.emulator: Emulator = Emulator(rate_limit=LIMIT, speed=SPEED, middlewares=[self._count])

    @web.middleware
    async def _count(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.hours[self.emulator.rate_limit._windows[self.emulator.token].ends] += 1
        answer: web.StreamResponse = await handler(request)
        return answer


def test_ten_processes_use_up_the_hours_and_see_no_429(redis_url: str) -> None:
    counted = Counted()
    with in_thread(counted.emulator) as emulator, ExitStack() as stack:
        command = [
            sys.executable,
            "-W",
            "error",
            str(HERE / "redis_caller.py"),
            emulator.url,
            emulator.token,
            redis_url,
        ]
        callers = [
            stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            for _ in range(PROCESSES)
        ]
        deadline = time.monotonic() + 90
        while len(counted.hours) < 3 and counted.hours.total() < LIMIT + ENOUGH and time.monotonic() < deadline:
            assert not any(caller.poll() for caller in callers)
            time.sleep(0.1)
        for caller in callers:
            assert caller.stdin
            caller.stdin.close()
            caller.stdin = None
        reports = [json.loads(caller.communicate(timeout=30)[0]) for caller in callers]
    statuses = Counter[str]()
    for report, _ in reports:
        statuses.update(report)
    hours = list(counted.hours.values())
    print(f"{PROCESSES} processes: {hours} of {LIMIT} requests in an hour; answers: {dict(statuses)}")
    assert [warnings for _, warnings in reports] == [[]] * PROCESSES
    assert set(statuses) == {"200"}
    assert sum(statuses.values()) == pytest.approx(counted.hours.total(), abs=PROCESSES * 10)
    assert min(hours[:2]) >= ENOUGH


RATE = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "3", "X-RateLimit-Reset": "3600"}


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
class TestSharing:
    async def test_holds_for_clients_of_both_faces(self, ask: Ask, redis_url: str, request: Any) -> None:
        name = request.node.name
        async with serve(Answer(PROJECT, headers=RATE)) as server:
            for _ in range(4):  # the first learns that there are three more
                await ask(server.url, get, rate_limiter=RedisRateLimiter(redis_url, name=name), pace="raise")
            with pytest.raises(RateBudgetExhausted):
                await ask(server.url, get, rate_limiter=RedisRateLimiter(redis_url, name=name), pace="raise")
            await ask(server.url, get, rate_limiter=RedisRateLimiter(redis_url, name=f"{name} 2"), pace="raise")
            assert len(server.requests) == 5

    async def test_ends_with_the_hour_in_redis_too(self, redis_url: str) -> None:
        limiter = RedisRateLimiter(redis_url, name="expiring")
        await limiter.learn(Rate(10, 3, 10_000))
        assert await taken(limiter)
        with redis.Redis.from_url(redis_url) as client:
            assert 10_000 < client.ttl("qovery:budget:expiring") < 14_000
            client.set("qovery:budget:expiring", '{"of": "another version"}')
        assert await taken(limiter)

    async def test_goes_over_a_client_of_your_own(self, redis_url: str) -> None:
        with redis.Redis.from_url(redis_url, decode_responses=True) as client:
            limiter = RedisRateLimiter(client, name="own")
            assert await taken(limiter)
            assert '"remaining": 999' in client.get("qovery:budget:own")
            assert await taken(RedisRateLimiter(client, name="own"))
            assert '"remaining": 998' in client.get("qovery:budget:own")

    def test_survives_loops_threads_and_forks_and_leaves_nothing_behind(self, run: Run, redis_url: str) -> None:
        script = """
            from qovery_async import AsyncQovery, Rate
            from qovery_async.pacing.redis_limiter import RedisRateLimiter

            limiter = RedisRateLimiter(sys.argv[1], name="everywhere")

            async def take(times=5):
                turns = await asyncio.gather(*[limiter.take(most=0, patient=False) for _ in range(times)])
                return sum(turn.taken for turn in turns)

            def sockets():
                links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
                return [link for link in links if os.path.exists(link) and "socket" in os.readlink(link)]

            asyncio.run(limiter.learn(Rate(1000, 21, 3600)))
            say(str(asyncio.run(take())))
            say(str(asyncio.run(take())))
            counts = []
            threads = [threading.Thread(target=lambda: counts.append(asyncio.run(take(1)))) for _ in range(5)]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            say(str(sum(counts)))
            child = os.fork()
            if not child:
                say(f"child {asyncio.run(take())}")
                os._exit(0)
            os.waitpid(child, 0)
            say(str(asyncio.run(take())))
            del limiter
            gc.collect()
            say(f"sockets {sockets()}")
        """
        assert run(script, redis_url) == ["5", "5", "5", "child 5", "1", "sockets []"]


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
        assert "no answer within 2 s" in warnings_in(caplog)[0] or "Timeout" in warnings_in(caplog)[0]
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


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        ["rediss://:s3cret@127.0.0.1:6380/1", "unix://:s3cret@/run/redis.sock?db=2", "redis://u:s3cret@[::1]:6379"],
    )
    def test_are_those_of_redis(self, address: str) -> None:
        limiter = RedisRateLimiter(address, name="shop")
        assert "s3cret" not in f"{limiter!r} {vars(limiter)!r}"

    @pytest.mark.parametrize(
        "address",
        [
            "http://u:s3cret@host",
            "redis://:a/s3cret@host",
            "redis://:s3cret@host:port",
            "s3cret",
            "redis://:s3cret@h?db=s3cret",
        ],
    )
    def test_are_refused_without_repeating_the_password(self, address: str) -> None:
        with pytest.raises(ConfigurationError, match="must begin with redis://") as caught:
            RedisRateLimiter(address, name="shop")
        assert "s3cret" not in str(caught.value)
        assert caught.value.__context__ is None
        trace = caught.tb
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == redis_limiter.__file__:
                assert "s3cret" not in repr(trace.tb_frame.f_locals)
            trace = trace.tb_next

    def test_are_no_clients_of_another_kind(self) -> None:
        with pytest.raises(ConfigurationError, match=r"an address or a redis\.Redis, got int"):
            RedisRateLimiter(5, name="shop")  # type: ignore[arg-type]


class TestImport:
    WITHOUT = "import sys; sys.modules['redis'] = None; import qovery_async, qovery_sync; "

    def test_of_the_sdk_needs_no_redis(self) -> None:
        subprocess.run([sys.executable, "-c", self.WITHOUT], check=True)

    def test_of_the_limiter_says_what_to_install(self) -> None:
        script = f"{self.WITHOUT} import qovery_async.pacing.redis_limiter"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert done.stderr.endswith(
            "ImportError: RedisRateLimiter needs Redis' client: pip install qovery-sdk[redis]\n"
        )


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
