"""How do workers make their calls, on the async face as tasks and on the sync face as threads?"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from typing import Any

import anyio
import attrs

from chaos.journal import Ended, Face, Journal
from chaos.proxy import TAG, tag_of
from chaos.workers import Step, Worker
from qovery_async import AsyncQovery, Timeout
from qovery_sync import Qovery

ATTEMPT = 1.5
CONNECT = 1.0
"""Seconds that an attempt may take, and its connecting."""


@attrs.frozen
class UnderWay:
    """A call that has not ended, and when it must have."""

    step: Step
    ends: float
    where: asyncio.Task[Any] | threading.Thread | None


@attrs.define
class Shift:
    """What all workers share: the numbers of the calls to make, and where they enter what came of them."""

    tickets: Iterator[int]
    journal: Journal
    under_way: dict[int, UnderWay] = attrs.field(factory=dict[int, UnderWay])

    def begin(self, step: Step, where: asyncio.Task[Any] | threading.Thread | None) -> None:
        self.under_way[step.call] = UnderWay(step, time.monotonic() + step.timeout, where)

    def end(self, worker: Worker, face: Face, step: Step, ended: Ended) -> None:
        del self.under_way[step.call]
        self.journal.enter(step, face, worker.name, ended)
        done = ended.error is None and ended.canceled_after is None
        worker.learn(step, ended.result, done=done)


def work_in_thread(worker: Worker, client: Qovery, shift: Shift) -> None:
    for call in shift.tickets:
        step = worker.next(call)
        shift.begin(step, threading.current_thread())
        began = time.monotonic()
        result, error = None, None
        try:
            result = step.on(client.with_options(**_options(step)))
        except Exception as raised:  # whatever it is, the judge wants to know
            error = raised
        shift.end(worker, "sync", step, Ended(time.monotonic() - began, result, error))


async def work_in_task(worker: Worker, client: AsyncQovery, shift: Shift) -> None:
    for call in shift.tickets:
        step = worker.next(call)
        shift.begin(step, asyncio.current_task())
        ended = await _finish(step.on(client.with_options(**_options(step))), step)
        shift.end(worker, "async", step, ended)


def _options(step: Step) -> dict[str, Any]:
    timeout = Timeout(total=step.timeout, attempt=ATTEMPT, connect=CONNECT)
    return {"headers": {TAG: tag_of(step.call)}, "timeout": timeout}


async def _finish(call: Coroutine[Any, Any, Any], step: Step) -> Ended:
    """Awaits a call, or cancels it on its way: by turns through a scope of anyio, and by canceling a task of its own."""
    began, after = time.monotonic(), step.cancel_after
    result, canceled = None, False
    try:
        if after is None:
            result = await call
        elif step.call % 2:
            with anyio.move_on_after(after) as scope:
                result = await call
            canceled = scope.cancelled_caught
        else:
            task = asyncio.create_task(call)
            alarm = asyncio.get_running_loop().call_later(after, task.cancel)
            await asyncio.wait([task])
            alarm.cancel()
            canceled = task.cancelled()
            result = None if canceled else task.result()
    except (Exception, asyncio.CancelledError) as error:  # whatever it is; and here nobody canceled
        return Ended(time.monotonic() - began, error=error)
    return Ended(time.monotonic() - began, result, canceled_after=after if canceled else None)
