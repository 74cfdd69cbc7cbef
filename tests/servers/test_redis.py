"""Do many processes share one budget through a real Redis?"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis
from aiohttp import web

from qovery_async import Rate, RateBudgetExhausted
from qovery_async.emulator import Emulator
from qovery_async.pacing.redis_limiter import RedisRateLimiter
from tests.support.programs import Run
from tests.support.server import PROJECT, Answer, Ask, in_thread, serve

HERE = Path(__file__).parent
PROCESSES = 10
LIMIT = 1000
ENOUGH = 900
SPEED = 200
"""Makes the hour take 18 s: in much less, the whole seconds of the headers would not tell hours apart."""


class Counted:
    """An emulator's requests by the hour in which they took effect."""

    def __init__(self) -> None:
        self.hours: Counter[float] = Counter()
        self.emulator: Emulator = Emulator(rate_limit=LIMIT, speed=SPEED, middlewares=[self._count])

    @web.middleware
    async def _count(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.hours[self.emulator.rate_limit.windows[self.emulator.token].ends] += 1
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
        await limiter.learn(Rate(10, 3, 3_000))
        assert await taken(limiter)
        with redis.Redis.from_url(redis_url) as client:
            assert 3_000 < client.ttl("qovery:budget:expiring") < 7_000
            client.set("qovery:budget:expiring", '{"of": "another version"}')
        assert await taken(limiter)

    async def test_is_not_stopped_by_an_odd_response(self, ask: Ask, redis_url: str, request: Any) -> None:
        name = request.node.name
        odd = Answer(PROJECT, headers={**RATE, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2592000"})
        empty = Answer(PROJECT, headers={**RATE, "X-RateLimit-Remaining": "0"})
        async with serve(odd, empty, Answer(PROJECT, headers=RATE)) as server:
            limiter = RedisRateLimiter(redis_url, name=name)
            for _ in range(2):
                await ask(server.url, get, rate_limiter=limiter, pace="raise")
            with pytest.raises(RateBudgetExhausted):
                await ask(server.url, get, rate_limiter=limiter, pace="raise")
            with redis.Redis.from_url(redis_url) as client:  # as if minutes had passed
                kept = json.loads(client.get(f"qovery:budget:{name}") or "")
                client.set(f"qovery:budget:{name}", json.dumps({**kept, "look_at": 0}))
            for _ in range(4):  # the first looks, and learns that there are three more
                await ask(server.url, get, rate_limiter=limiter, pace="raise")
            with pytest.raises(RateBudgetExhausted):
                await ask(server.url, get, rate_limiter=limiter, pace="raise")
            assert len(server.requests) == 6

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
