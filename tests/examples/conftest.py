"""An emulated Qovery on a quick clock, and what runs an example against it as its user does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import attrs
import pytest

from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support import ROOT
from tests.support.server import in_thread

SECONDS = 60
"""No example here takes as long: one that does hangs."""

Started = subprocess.Popen[str]


MakeStage = Callable[[float], "Stage"]


@attrs.frozen
class Stage:
    """An emulated Qovery, and a client of it for the test itself."""

    emulator: Emulator
    client: Qovery

    def run(self, example: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(example, *arguments)
        stdout, stderr = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def start(self, example: str, *arguments: str) -> Started:
        return subprocess.Popen(
            [sys.executable, "-W", "error", f"examples/{example}", *arguments],
            cwd=ROOT,
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def environment(self, project: str, name: str) -> str:
        """The id of an environment, by its project and name."""
        (found,) = [
            environment.id
            for environment in self.client.organizations.list_environments()
            if environment.name == name and environment.project.id == self._project(project)
        ]
        return found

    def service(self, environment_id: str, name: str) -> str:
        """The id of a service of an environment, by its name."""
        (found,) = [one.id for one in self.client.services.list(environment_id=environment_id) if one.name == name]
        return found

    def _project(self, name: str) -> str:
        return next(project.id for project in self.client.projects.list() if project.name == name)

    def _environ(self) -> Mapping[str, str]:
        own = {"QOVERY_API_URL": self.emulator.url, "QOVERY_API_TOKEN": self.emulator.token}
        return {**os.environ, "PYTHONPATH": str(ROOT), **own}


@pytest.fixture
def make_stage() -> Iterator[MakeStage]:
    """Makes a stage whose clock runs so many times faster than real time. A deployment takes some 10 of its seconds."""
    with ExitStack() as stack:

        def make(speed: float) -> Stage:
            emulator = stack.enter_context(in_thread(Emulator(world="demo", speed=speed, rate_limit=None)))
            return Stage(emulator, stack.enter_context(Qovery(emulator.token, base_url=emulator.url)))

        yield make
