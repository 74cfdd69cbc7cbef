"""Ctrl-C in a blocking call of a shell ends the call; a command that runs is interrupted, too."""

from __future__ import annotations

import asyncio
import signal
import sys

import anyio
import pytest

from tests.support import ROOT
from tests.support.real_terminals import terminals

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

PROGRAM = """
import sys
from qovery_sync import Qovery

ids = {{"organization_id": "o1", "cluster_id": "c1", "project_id": "p1", "environment_id": "e1"}}
with Qovery("token", ws_url=sys.argv[1]) as client:
    try:
        {}
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""
READS = """with client.shell("s1", command=["sh", "-c", "echo ready; exec sleep 1000"], **ids) as shell:
            print(shell.read().decode().strip(), flush=True)
            shell.read()"""
WRITES = """with client.shell("s1", command=["sh", "-c", "stty raw; echo ready; exec sleep 1000"], **ids) as shell:
            print(shell.read().decode().strip(), flush=True)
            shell.write(b"x" * 50_000_000)"""
RUNS = """print("ready", flush=True)
        client.shell.run("s1", ["sleep", "1000"], **ids)"""


@pytest.mark.parametrize("body", [READS, WRITES, RUNS], ids=["read", "write", "run"])
async def test_a_blocking_call_is_interrupted(body: str) -> None:
    async with terminals() as served:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", PROGRAM.format(body), served.url, stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )  # fmt: skip
        assert program.stdout is not None
        with anyio.fail_after(30):
            assert await program.stdout.readline() == b"ready\n"
            while not served.processes:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.5)  # the call is under way
            program.send_signal(signal.SIGINT)
            assert await program.stdout.read() == b"interrupted\n"
            assert await program.wait() == 0
            if body is not WRITES:  # where the program takes no input, the server does not see the end
                ended = await asyncio.to_thread(served.processes[0].wait, 20)
                assert ended == (-signal.SIGHUP if body is READS else -signal.SIGINT)
