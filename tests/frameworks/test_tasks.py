"""Do the examples for Celery, AWS Lambda and Airflow work where such functions run: forks, new loops, other processes?"""

from __future__ import annotations

import importlib
import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import celery
import pytest

from qovery_async import DeploymentFailed, NothingFound, Unauthorized
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support import ROOT
from tests.support.deliveries import environment_id
from tests.support.programs import SECONDS, Program, Start, eventually
from tests.support.server import in_thread

QUICK = 200
"""How many times faster than real time deployments go."""


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with in_thread(Emulator(world="demo", speed=QUICK)) as running:
        monkeypatch.setenv("QOVERY_API_URL", running.url)
        monkeypatch.setenv("QOVERY_API_TOKEN", running.token)
        yield running


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> Any:
    """Imports an example anew, with the emulator in its environment."""
    monkeypatch.syspath_prepend(str(ROOT / "examples"))

    def imported(name: str) -> ModuleType:
        sys.modules.pop(name, None)
        return importlib.import_module(name)

    return imported


class Worker:
    """A Celery worker with two children, whose broker is a folder, and what it takes to send it tasks."""

    def __init__(self, start: Start, folder: Path, emulator: Emulator) -> None:
        for name in ("queue", "results", "control"):
            (folder / name).mkdir()
        self.program: Program = start(
            *("celery", "--app", "tests.frameworks.celery_worker", "worker", "--pool", "prefork", "--concurrency", "2"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"),
            environ={
                "PYTHONPATH": f"{ROOT}:{ROOT / 'examples'}",
                "QOVERY_API_URL": emulator.url,
                "QOVERY_API_TOKEN": emulator.token,
                "CELERY_BROKER": "filesystem://",
                "CELERY_BACKEND": f"file://{folder / 'results'}",
                "CELERY_FOLDER": str(folder),
            },
        )
        self._app = celery.Celery(broker="filesystem://", backend=f"file://{folder / 'results'}")
        self._app.conf.broker_transport_options = {
            "data_folder_in": str(folder / "queue"),
            "data_folder_out": str(folder / "queue"),
            "control_folder": str(folder / "control"),
        }

    def send(self, task: str, *arguments: object) -> Any:
        return self._app.send_task(f"celery_tasks.{task}", arguments)

    def close(self) -> None:
        self._app.close()


@pytest.fixture
def worker(start: Start, tmp_path: Path, emulator: Emulator) -> Iterator[Worker]:
    running = Worker(start, tmp_path, emulator)
    yield running
    running.close()


@pytest.mark.skipif(sys.platform == "win32", reason="the prefork pool needs fork()")
def test_celery_tasks_run_in_forked_children(worker: Worker, emulator: Emulator) -> None:
    production, staging = environment_id(emulator, "production"), environment_id(emulator, "staging")
    emulator.fail_next_build(
        next(one.id for one in emulator.state.every("application") if one.parent and one.parent.id == staging)
    )
    listed = [worker.send("projects") for _ in range(8)]
    deployed, failed = worker.send("deploy", production, 60), worker.send("deploy", staging, 60)
    assert {len(one.get(timeout=SECONDS)) for one in listed} == {4}
    assert deployed.get(timeout=SECONDS) == "DEPLOYED"
    assert failed.get(timeout=SECONDS).startswith("DeploymentFailed: ")
    assert worker.program.stop() == 0, worker.program.says()
    eventually(lambda: worker.program.processes() == [])
    said = worker.program.says()
    assert emulator.token not in said
    assert "used before the fork" in said
    assert "Traceback" not in said


def test_a_function_has_a_new_loop_each_time(load: Any, emulator: Emulator) -> None:
    example = load("lambda_handler")
    environment = environment_id(emulator, "production")
    answers = [example.handler({"environment_id": environment}, None) for _ in range(3)]
    with Qovery() as client:
        state = client.environments.get_status(environment).state
    assert answers == [{"statusCode": 200, "body": state}] * 3
    missing = example.handler({"environment_id": "00000000-0000-4000-8000-000000000000"}, None)
    assert missing["statusCode"] == 502
    assert "environments.get_status" in missing["body"]
    assert emulator.token not in str(missing)


def test_a_task_in_another_process_returns_plain_objects(load: Any, emulator: Emulator) -> None:
    example = load("airflow_tasks")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert len(pool.submit(example.snapshot).result(SECONDS)) == 4
        deployed = pool.submit(example.deploy, "shop/production", 60).result(SECONDS)
    assert deployed == {"environment": environment_id(emulator, "production"), "state": "DEPLOYED"}


def test_the_errors_of_a_task_cross_processes(load: Any, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    example = load("airflow_tasks")
    staging = environment_id(emulator, "staging")
    emulator.fail_next_build(
        next(one.id for one in emulator.state.every("application") if one.parent and one.parent.id == staging)
    )
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(DeploymentFailed) as failed:
            pool.submit(example.deploy, "shop/staging", 60).result(SECONDS)
        assert [service.state for service in failed.value.services] == ["BUILD_ERROR"]
        with pytest.raises(NothingFound, match="shop/nowhere"):
            pool.submit(example.deploy, "shop/nowhere").result(SECONDS)
    monkeypatch.setenv("QOVERY_API_TOKEN", "qov_wrong")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        with pytest.raises(Unauthorized) as refused:
            pool.submit(example.snapshot).result(SECONDS)
        assert "Check that the token is complete" in str(refused.value)
        assert "qov_wrong" not in str(refused.value)
