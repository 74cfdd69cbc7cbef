"""What does a program print that cancels calls, is interrupted, or never closes its client? Nothing but its own."""

from __future__ import annotations

import os
import sys
import textwrap

import anyio
import pytest

from tests.support import ROOT
from tests.support.flaky import CLOSED, DRIPPING, HALF, RESET, SILENCE, Step, answer, serve_steps
from tests.support.server import TOKEN

pytestmark = pytest.mark.anyio

OK = answer(204)
LATER = answer(503, Retry_After="50")
USED_UP = answer(204, X_RateLimit_Limit="9", X_RateLimit_Remaining="0", X_RateLimit_Reset="50")

HEAD = """
import asyncio, contextlib, gc, logging, os, random, signal, sys, threading
import anyio
from qovery_async import AsyncQovery, QoveryError, RetryPolicy
from qovery_sync import Qovery

logging.basicConfig(level=logging.WARNING)
logging.getLogger("asyncio").setLevel(logging.ERROR)  # it warns of a slow machine
url = sys.argv[1]
chance = random.Random(1)
quick = RetryPolicy(base=0.001)

async def get(client):
    return (await client.request("GET", "/x")).status

def press_ctrl_c(_):
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
"""


async def run(script: str, *steps: Step) -> list[str]:
    """What it prints; every warning is an error, and anything on stderr a failure."""
    async with serve_steps(*steps) as server:
        with anyio.fail_after(20):
            done = await anyio.run_process(
                [sys.executable, "-X", "dev", "-W", "error", "-c", HEAD + textwrap.dedent(script), server.url],
                env={**os.environ, "PYTHONPATH": str(ROOT), "QOVERY_API_TOKEN": TOKEN},
                check=False,
            )
        assert (done.returncode, done.stderr.decode()) == (0, "")
        with anyio.fail_after(5):
            while server.open:
                await anyio.sleep(0.01)
    return done.stdout.decode().split()


ANYTHING = [OK, SILENCE, HALF, DRIPPING, CLOSED, RESET, answer(503), LATER]


@pytest.mark.parametrize("ending", ["await client.aclose()", "del client; gc.collect()", "pass", "sys.exit()"])
async def test_of_cancelled_calls_nothing_is_left(ending: str) -> None:
    script = f"""
        async def call(client):
            with contextlib.suppress(QoveryError), anyio.move_on_after(chance.uniform(0, 0.1)):
                await get(client)

        async def main():
            client = AsyncQovery(base_url=url, retries=quick)
            for _ in range(4):
                tasks = [asyncio.create_task(call(client)) for _ in range(25)]
                await asyncio.sleep(chance.uniform(0, 0.1))
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
            pending = [asyncio.create_task(get(client)) for _ in range(5)]
            await asyncio.sleep(0.02)
            for task in pending:
                task.add_done_callback(lambda task: task.cancelled() or task.exception())
            print("done")
            {ending}

        asyncio.run(main())
        gc.collect()
    """
    assert await run(script, *ANYTHING * 40) == ["done"]


async def test_of_a_call_that_is_interrupted_nothing_is_left() -> None:
    script = """
        async def main():
            client = AsyncQovery(base_url=url, on_retry=press_ctrl_c)
            await get(client)

        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted")
        gc.collect()
    """
    assert await run(script, LATER) == ["interrupted"]


@pytest.mark.parametrize("where", ["back-off", "pacing"])
async def test_a_blocking_client_works_on_after_ctrl_c(where: str) -> None:
    script = """
        class Pacing(logging.Handler):
            def emit(self, record):
                press_ctrl_c(record)

        logging.getLogger("qovery.pacing").addHandler(Pacing())
        logging.getLogger("qovery.pacing").setLevel(logging.INFO)
        logging.getLogger("qovery.pacing").propagate = False
        client = Qovery(base_url=url, on_retry=press_ctrl_c)
        paced = client.with_options(pace="wait")
        try:
            paced.request("GET", "/x")
            paced.request("GET", "/x")
        except KeyboardInterrupt:
            print("interrupted")
        print(client.request("GET", "/x").status)
        client.close()
    """
    steps = [LATER, OK] if where == "back-off" else [USED_UP, OK]
    assert await run(script, *steps) == ["interrupted", "204"]


async def test_of_a_token_source_that_fails_too_late_nothing_is_left() -> None:
    script = """
        async def token():
            try:
                await asyncio.sleep(0.05)
            finally:
                raise LookupError

        async def main():
            async with AsyncQovery(token, base_url=url) as client:
                with anyio.move_on_after(0.02):
                    await get(client)
                await asyncio.sleep(0.1)
            print("done")

        asyncio.run(main())
        gc.collect()
    """
    assert await run(script, OK) == ["done"]
