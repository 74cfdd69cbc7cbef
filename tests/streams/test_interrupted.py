"""Ctrl-C in a loop over a stream ends it and closes its connection."""

from __future__ import annotations

import asyncio
import signal
import sys

import anyio
import pytest

from tests.support import ROOT
from tests.support.pushing import pushing, staying

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

PROGRAM = """
import sys
from qovery_sync import Qovery

ids = {"organization_id": "o1", "cluster_id": "c1", "project_id": "p1", "environment_id": "e1"}
with Qovery("token", ws_url=sys.argv[1]) as client:
    try:
        for line in client.streams.service_logs("s1", **ids):
            print(line.message, flush=True)
    except KeyboardInterrupt:
        print("interrupted")
"""


async def test_a_blocking_loop_is_interrupted() -> None:
    async with pushing(staying) as server:
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", PROGRAM, server.url, stdout=asyncio.subprocess.PIPE, cwd=ROOT
        )
        assert program.stdout is not None
        with anyio.fail_after(30):
            assert await program.stdout.readline() == b"line 0\n"
            program.send_signal(signal.SIGINT)
            assert await program.stdout.read() == b"interrupted\n"
            assert await program.wait() == 0
            await server.peers[0].left.wait()
        assert server.peers[0].close_code == 1000
