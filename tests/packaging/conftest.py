"""What does a user get who installs the wheel? `nox -s wheel` builds one and installs it where nothing else is.

Code of users runs in an interpreter of its own, in a folder of its own, with `-I`: the repository has the same modules.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., str]


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel that is installed here."""
    path = os.environ.get("QOVERY_WHEEL")
    if path is None:
        pytest.fail("these tests need an installed wheel: run `nox -s wheel`")
    return Path(path)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def run(wheel: Path, tmp_path: Path) -> Run:
    """Runs a program that sees nothing but what is installed, and returns what it printed."""

    def run_program(program: str, *, python: str = sys.executable, **environ: str) -> str:
        command = [python, "-I", "-W", "error", "-c", program]
        return subprocess.run(
            command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()

    return run_program
