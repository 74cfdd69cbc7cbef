"""How does a test start a server as a program of its own, and tell which of its processes asked what?"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from aiohttp import web

from tests.support import ROOT
from tests.support.scripts import run_script
from tests.support.server import PROJECT, TOKEN, Answer, in_thread, serve

SECONDS = 60
"""No program here takes as long: one that does hangs."""

FORK_BESIDE_THREADS = "ignore:This process:DeprecationWarning"
"""Since 3.12 Python warns of every fork of a process with threads."""

Run = Callable[..., list[str]]
Start = Callable[..., "Program"]


@attrs.frozen
class Api:
    """An API with a project for every process id; it remembers which process came over which connection."""

    url: str
    ports: dict[int, set[int]]
    """By process, the ports from which it came."""

    @property
    def connections_were_shared(self) -> bool:
        used = [port for ports in self.ports.values() for port in ports]
        return len(used) != len(set(used))


@pytest.fixture
def api() -> Iterator[Api]:
    ports: dict[int, set[int]] = defaultdict(set)

    def answer(request: web.BaseRequest) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        assert request.transport is not None
        ports[int(name)].add(request.transport.get_extra_info("peername")[1])
        return Answer({**PROJECT, "id": name, "name": name}).response()

    with in_thread(serve(answer)) as server:
        yield Api(server.url, ports)


@attrs.define
class Program:
    """A server under test, with processes of its own."""

    process: subprocess.Popen[bytes]
    log: Path

    def says(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """Asks it to end, and returns its exit status; a program that hangs fails the test."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)

    def processes(self) -> list[int]:
        """All that are left of it, its children too."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and self._is_of(entry)]

    def _is_of(self, entry: Path) -> bool:
        with contextlib.suppress(OSError, ProcessLookupError):
            if os.getpgid(int(entry.name)) == self.process.pid:
                state: str = entry.joinpath("stat").read_text().rpartition(")")[2].split()[0]
                return state != "Z"
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a module as a program, in a process group of its own; its output goes into one file."""
    started: list[Program] = []

    def start_module(*command: str, environ: dict[str, str], descriptors: tuple[int, ...] = ()) -> Program:
        log = tmp_path / f"log-{len(started)}"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *("-W", "default", "-W", FORK_BESIDE_THREADS), "-m", *command],
                cwd=tmp_path,
                env=_environ(environ),
                pass_fds=descriptors,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(Program(process, log))
        return started[-1]

    yield start_module
    for program in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.process.pid, signal.SIGKILL)
        program.process.wait()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a script of the blocking face to its end and returns the lines that it printed."""

    def run_(script: str, *arguments: str) -> list[str]:
        return run_script(sys.executable, script, arguments, folder=tmp_path, environ=_environ({}), seconds=SECONDS)

    return run_


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def _environ(more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "QOVERY_API_TOKEN": TOKEN, **more}
