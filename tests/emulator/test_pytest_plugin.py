"""Does pytest's fixture of the emulator work in async and in blocking tests?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qovery_async import AsyncQovery
from qovery_async.emulator import Emulator
from qovery_async.emulator.pytest_plugin import qovery_emulator  # noqa: F401
from qovery_sync import Qovery
from tests.support import ROOT

MARKED = """
import pytest

@pytest.mark.qovery_emulator(world="demo", token="qov_mine")
def test_marked(qovery_emulator):
    assert qovery_emulator.token == "qov_mine"
    assert len(qovery_emulator.state.every("project")) == 4

def test_not_marked(qovery_emulator):
    assert qovery_emulator.state.every("project") == []
"""


def test_blocking(qovery_emulator: Emulator) -> None:  # noqa: F811
    with Qovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        assert client.projects.create({"name": "shop"}).name == "shop"


@pytest.mark.anyio
async def test_asynchronous(qovery_emulator: Emulator) -> None:  # noqa: F811
    async with AsyncQovery(qovery_emulator.token, base_url=qovery_emulator.url) as client:
        assert await client.projects.list() == []


@pytest.mark.slow
def test_the_marker_sets_the_options(tmp_path: Path) -> None:
    """In a pytest of its own, which loads the plugin as that of a project does where the package is installed."""
    (tmp_path / "test_marked.py").write_text(MARKED, encoding="utf-8")
    plugins = ["-p", "no:qovery", "-p", "qovery_async.emulator.pytest_plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--strict-markers", *plugins, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, "2 passed" in done.stdout) == (0, True), done.stdout
