"""Does the count survive what interrupts it: signal handlers that fork or raise, threads that change it at once?

The scripts change the count without a pause on the main thread, which is where signal handlers run.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from qovery_async import LocalRateLimiter, Rate
from tests.support import ROOT

SECONDS = 120
HEAD = """
import asyncio, os, random, signal, sys, time
from qovery_async import LocalRateLimiter, Rate

MANY = 10**9
limiter = LocalRateLimiter()
asyncio.run(limiter.learn(Rate(MANY, MANY, 3600)))

def ring_soon():
    signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 3e-4))

async def count():
    await limiter.take(most=0, patient=False)
    await limiter.learn(Rate(MANY, MANY, 3600))
"""


def run(script: str) -> str:
    # Not measured by `nox -s coverage`: thousands of children would each save what was measured.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HEAD + textwrap.dedent(script)],
        env={**environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor timers")
class TestASignalHandler:
    def test_that_forks_never_waits_for_the_count(self) -> None:
        told = run("""
            forks = 0

            def ring(*_):
                global forks
                pid = os.fork()
                if pid == 0:
                    try:
                        limiter.take(most=0, patient=False).send(None)  # the child counts on
                    except StopIteration as done:
                        os._exit(not done.value.taken)
                assert os.waitpid(pid, 0) == (pid, 0)
                forks += 1
                if forks < 2000:
                    ring_soon()

            async def main():
                ring_soon()
                while forks < 2000:
                    await count()

            signal.signal(signal.SIGALRM, ring)
            asyncio.run(main())
            print(forks)
        """)
        assert told == "2000\n"

    def test_that_raises_stops_nobody_who_counts_later(self) -> None:
        told = run("""
            import warnings

            class Alarm(Exception):
                pass

            def ring(*_):
                raise Alarm

            def step(counting):
                try:
                    counting.send(None)
                except StopIteration:
                    pass

            warnings.simplefilter("ignore", RuntimeWarning)  # of a coroutine that was interrupted before it began
            signal.signal(signal.SIGALRM, ring)
            raised = 0
            while raised < 5000:
                try:
                    ring_soon()
                    while True:
                        step(count())
                except Alarm:
                    raised += 1
            print(raised)
        """)
        assert told == "5000\n"


def test_threads_that_count_at_once_take_no_request_twice() -> None:
    limiter = LocalRateLimiter()
    asyncio.run(limiter.learn(Rate(2000, 2000, 3600)))

    def take() -> int:
        async def taken() -> int:
            return sum([(await limiter.take(most=0, patient=False)).taken for _ in range(1000)])

        return asyncio.run(taken())

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            futures = [pool.submit(take) for _ in range(4)]
    finally:
        sys.setswitchinterval(interval)
    assert sum(future.result() for future in futures) == 2000
