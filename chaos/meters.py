"""What is measured beside the calls: memory, descriptors, threads, retries, and whether anything hangs?"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import io
import itertools
import os
import re
import resource
import time
from collections import Counter
from pathlib import Path

import attrs

from chaos.drivers import Shift
from qovery_async import RetryEvent
from qovery_async.transport.retry import RetryQuota

GRACE = 10.0
"""Seconds after its deadline when a call counts as hanging."""
BLOCKED = 60.0
"""Seconds without a turn of the event loop after which the run ends."""
INTERVAL = 0.05


@attrs.define
class Meters:
    """`lag` is the longest that the event loop was late, `memory` in MB, at some points of the run."""

    retries: Counter[str] = attrs.field(factory=Counter[str])
    exhausted: int = 0
    lag: float = 0.0
    memory: dict[str, float] = attrs.field(factory=dict[str, float])

    def on_retry(self, event: RetryEvent) -> None:
        self.retries[re.split(r"[:(]", event.reason)[0].strip()] += 1

    def count_exhaustions(self) -> None:
        """Counts how often a client's quota of retries is used up, which only the log tells."""
        covers = RetryQuota.covers

        def counted(quota: RetryQuota, price: int) -> bool:
            covered = covers(quota, price)
            self.exhausted += not covered
            return covered

        RetryQuota.covers = counted  # type: ignore[assignment,method-assign]

    async def watch(self, shift: Shift, calls: int, stderr: int) -> None:
        """Looks, until it is canceled, for calls that hang and at how late the loop is."""
        try:
            for turn in itertools.count():
                began = time.monotonic()
                await asyncio.sleep(INTERVAL)
                self.lag = max(self.lag, time.monotonic() - began - INTERVAL)
                if turn % 20 == 0:
                    faulthandler.dump_traceback_later(BLOCKED, exit=True, file=stderr)
                    _end_if_one_hangs(shift, stderr)
                if "a quarter" not in self.memory and shift.journal.count >= calls / 4:
                    self.memory["a quarter"] = memory()
        finally:
            faulthandler.cancel_dump_traceback_later()


def _end_if_one_hangs(shift: Shift, stderr: int) -> None:
    late = [one for one in list(shift.under_way.values()) if time.monotonic() > one.ends + GRACE]
    for one in late:
        stack = io.StringIO()
        if isinstance(one.where, asyncio.Task):
            one.where.print_stack(file=stack)
        os.write(
            stderr, f"FAILED: {one.step.call}, {one.step.operation} hangs in {one.where}\n{stack.getvalue()}".encode()
        )
    if late:
        faulthandler.dump_traceback(stderr)
        os._exit(1)  # whoever waited for its end would hang as well


def memory() -> float:
    """Resident now, in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def open_things() -> dict[str, int]:
    gc.collect()
    kinds = {"file descriptors": "fd", "threads": "task"}
    return {name: len(list(Path("/proc/self", folder).iterdir())) for name, folder in kinds.items()}
