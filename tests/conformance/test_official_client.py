"""Can the official TypeScript client tell the emulator from Qovery? It drives the life of a project."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from qovery_async.emulator import Emulator
from tests.support.prism import CACHE, install

SCRIPT = Path(__file__).parent / "official_client.ts"
COMPILE = ["--strict", "--skipLibCheck", "--esModuleInterop", "--module", "commonjs", "--target", "es2022"]


@pytest.mark.qovery_emulator(world="demo", speed=20)
def test_it_drives_a_project_from_its_first_to_its_last_day(qovery_emulator: Emulator) -> None:
    tsc = install() / "tsc"
    # Beside node_modules, where both the compiler and Node look for the client.
    here = CACHE / "official"
    here.mkdir(exist_ok=True)
    shutil.copy(SCRIPT, here)
    arguments = [*COMPILE, "--moduleResolution", "node", "--outDir", str(here), str(here / SCRIPT.name)]
    compiled = subprocess.run([str(tsc), *arguments], cwd=here, capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stdout
    environ = {"QOVERY_API_URL": qovery_emulator.url, "QOVERY_API_TOKEN": qovery_emulator.token}
    done = subprocess.run(
        ["node", str(here / "official_client.js")],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "14 steps hold\n"
