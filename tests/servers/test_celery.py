"""Does a client that was used before Celery's prefork pool forked work in all its children?"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import celery
import pytest

from tests.support.programs import SECONDS, Api, Program, Start, eventually

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the prefork pool needs fork()")


class Worker:
    """A worker with two children, and what it takes to send it tasks."""

    def __init__(self, program: Program, redis_url: str) -> None:
        self.program = program
        self._app = celery.Celery(broker=redis_url, backend=redis_url)

    @property
    def parent(self) -> int:
        return self.program.process.pid

    def send(self, seconds: float = 0) -> Callable[[], int]:
        """Sends a task; the function that it returns waits for the child that did it."""
        result: Any = self._app.send_task("tests.servers.tasks.find", (seconds,))

        def wait() -> int:
            parent, child = result.get(timeout=SECONDS)
            assert int(parent) == self.parent
            return int(child)

        return wait

    def close(self) -> None:
        self._app.close()

    def trouble(self) -> list[str]:
        """The errors and warnings in its log, without those that Celery's own files cause."""
        theirs = f"{Path(celery.__file__).parent}{os.sep}"
        lines = [line for line in self.program.says().splitlines() if theirs not in line]
        return [line for line in lines if re.search("Traceback|Error|Warning|ERROR|CRITICAL|never|exitcode", line)]


@pytest.fixture
def worker(request: pytest.FixtureRequest, start: Start, api: Api, redis_url: str) -> Iterator[Worker]:
    program = start(
        *(
            "celery",
            "--app",
            "tests.servers.tasks",
            "worker",
            "--pool",
            "prefork",
            "--concurrency",
            "2",
            "--loglevel",
            "INFO",
        ),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", *request.param),
        environ={"QOVERY_API_URL": api.url, "TEST_REDIS": redis_url},
    )
    connected = Worker(program, redis_url)
    yield connected
    connected.close()


def check_end(worker: Worker, api: Api) -> None:
    """A warm shutdown, as on a deployment: it finishes what it has begun, and nothing stays behind."""
    assert worker.program.stop() == 0, worker.program.says()
    eventually(lambda: worker.program.processes() == [])
    assert worker.trouble() == []
    assert len(api.ports[worker.parent]) == 1
    assert not api.connections_were_shared


@pytest.mark.parametrize("worker", [[]], indirect=True)
def test_tasks_run_in_all_children(worker: Worker, api: Api) -> None:
    sent = [worker.send(0.05) for _ in range(40)]
    assert len({wait() for wait in sent}) == 2
    check_end(worker, api)


@pytest.mark.parametrize("worker", [["--max-tasks-per-child", "1"]], indirect=True)
def test_a_child_for_each_task_ends_cleanly_every_time(worker: Worker, api: Api) -> None:
    sent = [worker.send() for _ in range(20)]
    assert len({wait() for wait in sent}) == 20
    check_end(worker, api)


@pytest.mark.parametrize("worker", [[]], indirect=True)
def test_a_warm_shutdown_finishes_the_task_under_way(worker: Worker, api: Api) -> None:
    wait = worker.send(2)
    eventually(lambda: len(api.ports) > 1)
    check_end(worker, api)
    assert wait() in api.ports
