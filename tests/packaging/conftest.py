"""What does a user get who installs the wheel? `nox -s wheel` builds it and installs it into a fresh environment.

The repository has modules of the same names. Programs run in another folder and with `-I`, so that they see only what
is installed.
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


@pytest.fixture(scope="session")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program that sees nothing but what is installed, and returns what it printed."""
    folder = tmp_path_factory.mktemp("elsewhere")

    def run_program(program: str, *, python: str = sys.executable, **environ: str) -> str:
        command = [python, "-I", "-W", "error", "-c", program]
        return subprocess.run(
            command, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()

    return run_program
