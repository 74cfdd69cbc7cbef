"""How are memory, file descriptors, threads, retries and hanging calls measured?"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import io
import itertools
import os
import re
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import attrs

from chaos.drivers import Workload
from qovery_async import RetryEvent
from qovery_async.transport.retry import RetryQuota

GRACE = 10.0
"""Seconds after its deadline from which a call counts as hanging."""
BLOCKED = 60.0
"""Seconds for which the event loop may block before the run ends."""
INTERVAL = 0.05


@attrs.frozen
class Memory:
    """Memory in use: resident, in MB, and the number of blocks that Python's objects have."""

    resident: float
    blocks: int

    @classmethod
    def now(cls) -> Memory:
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return cls(pages * resource.getpagesize() / 2**20, sys.getallocatedblocks())


@attrs.define
class Meters:
    """The counts of a run. `lag` is the longest delay of the event loop in seconds.

    `memory` is measured after each quarter of the calls.
    """

    retries: Counter[str] = attrs.field(factory=Counter[str])
    exhausted: int = 0
    lag: float = 0.0
    memory: list[Memory] = attrs.field(factory=list[Memory])

    def on_retry(self, event: RetryEvent) -> None:
        self.retries[re.split(r"[:(]", event.reason)[0].strip()] += 1

    def count_exhaustions(self) -> None:
        """Counts how often a client's retry quota is used up, which has no hook."""
        covers = RetryQuota.covers

        def counted(quota: RetryQuota, price: int) -> bool:
            covered = covers(quota, price)
            self.exhausted += not covered
            return covered

        RetryQuota.covers = counted  # type: ignore[assignment,method-assign]

    async def watch(self, workload: Workload, calls: int, stderr: int) -> None:
        """Measures the delay of the loop and ends the run if a call hangs, until it is canceled."""
        try:
            for turn in itertools.count():
                began = time.monotonic()
                await asyncio.sleep(INTERVAL)
                self.lag = max(self.lag, time.monotonic() - began - INTERVAL)
                if turn % 20 == 0:
                    faulthandler.dump_traceback_later(BLOCKED, exit=True, file=stderr)
                    _end_if_one_hangs(workload, stderr)
                if len(self.memory) < 3 and workload.journal.count >= calls * (len(self.memory) + 1) / 4:
                    self.memory.append(Memory.now())
        finally:
            faulthandler.cancel_dump_traceback_later()


def _end_if_one_hangs(workload: Workload, stderr: int) -> None:
    late = [one for one in list(workload.running.values()) if time.monotonic() > one.ends + GRACE]
    for one in late:
        stack = io.StringIO()
        if isinstance(one.where, asyncio.Task):
            one.where.print_stack(file=stack)
        os.write(
            stderr, f"FAILED: {one.step.call}, {one.step.operation} hangs in {one.where}\n{stack.getvalue()}".encode()
        )
    if late:
        faulthandler.dump_traceback(stderr)
        os._exit(1)  # an ordinary exit would wait for the call


def open_resources() -> dict[str, int]:
    gc.collect()
    kinds = {"file descriptors": "fd", "threads": "task"}
    return {name: len(list(Path("/proc/self", folder).iterdir())) for name, folder in kinds.items()}
