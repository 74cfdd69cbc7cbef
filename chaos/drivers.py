"""How does a worker make its calls: in a task with the async client, in a thread with the blocking one?"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from typing import Any

import anyio
import attrs

from chaos.connection import TAG, tag_of
from chaos.journal import Ended, Face, Journal
from chaos.workers import Step, Worker
from qovery_async import AsyncQovery, Timeout
from qovery_sync import Qovery

ATTEMPT = 1.5
CONNECT = 1.0
"""Seconds that an attempt may take, and that its connecting may take."""


@attrs.frozen
class Running:
    """A call that has not ended, and the time by which it must end."""

    step: Step
    ends: float
    where: asyncio.Task[Any] | threading.Thread | None


@attrs.define
class Workload:
    """The state that all workers share: the numbers of the calls to make, those that run, and the journal."""

    calls: Iterator[int]
    journal: Journal
    running: dict[int, Running] = attrs.field(factory=dict[int, Running])

    def begin(self, step: Step, where: asyncio.Task[Any] | threading.Thread | None) -> None:
        self.running[step.call] = Running(step, time.monotonic() + step.timeout, where)

    def end(self, worker: Worker, face: Face, step: Step, ended: Ended) -> None:
        del self.running[step.call]
        self.journal.enter(step, face, worker.name, ended)
        done = ended.error is None and ended.canceled_after is None
        worker.learn(step, ended.result, done=done)


def work_in_thread(worker: Worker, client: Qovery, workload: Workload) -> None:
    for call in workload.calls:
        step = worker.next(call)
        workload.begin(step, threading.current_thread())
        began = time.monotonic()
        result, error = None, None
        try:
            result = step.on(client.with_options(**_options(step)))
        except Exception as raised:  # the judge checks every kind
            error = raised
        workload.end(worker, "sync", step, Ended(began, time.monotonic() - began, result, error))


async def work_in_task(worker: Worker, client: AsyncQovery, workload: Workload) -> None:
    for call in workload.calls:
        step = worker.next(call)
        workload.begin(step, asyncio.current_task())
        ended = await _finish(step.on(client.with_options(**_options(step))), step)
        workload.end(worker, "async", step, ended)


def _options(step: Step) -> dict[str, Any]:
    timeout = Timeout(total=step.timeout, attempt=ATTEMPT, connect=CONNECT)
    return {"headers": {TAG: tag_of(step.call)}, "timeout": timeout}


async def _finish(call: Coroutine[Any, Any, Any], step: Step) -> Ended:
    """Awaits a call. Cancels it where the step says so: odd calls with an anyio scope, even ones as a task."""
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
    except (Exception, asyncio.CancelledError) as error:  # the judge checks it; a call may not cancel itself
        return Ended(began, time.monotonic() - began, error=error)
    return Ended(began, time.monotonic() - began, result, canceled_after=after if canceled else None)
