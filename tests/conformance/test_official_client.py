"""Can the official TypeScript client tell the emulator from Qovery? It drives a project, then everything else."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from qovery_async.emulator import Emulator
from tests.support.prism import CACHE, install

HERE = Path(__file__).parent
COMPILE = ["--strict", "--skipLibCheck", "--esModuleInterop", "--module", "commonjs", "--target", "es2022"]


def driven(emulator: Emulator, folder: str, *scripts: Path) -> str:
    """What the last of these scripts prints, with the emulator in its environment."""
    tsc = install() / "tsc"
    # Beside node_modules, where both the compiler and Node look for the client.
    here = CACHE / folder
    here.mkdir(exist_ok=True)
    for script in scripts:
        shutil.copy(script, here)
    main = here / scripts[-1].name
    arguments = [*COMPILE, "--moduleResolution", "node", "--outDir", str(here), str(main)]
    compiled = subprocess.run([str(tsc), *arguments], cwd=here, capture_output=True, text=True, check=False)
    assert compiled.returncode == 0, compiled.stdout
    environ = {"QOVERY_API_URL": emulator.url, "QOVERY_API_TOKEN": emulator.token}
    done = subprocess.run(
        ["node", str(main.with_suffix(".js"))],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.qovery_emulator(world="demo", speed=20)
def test_it_drives_a_project_from_its_first_to_its_last_day(qovery_emulator: Emulator) -> None:
    assert driven(qovery_emulator, "official", HERE / "official_client.ts") == "14 steps hold\n"


@pytest.mark.qovery_emulator(world="demo", speed=20, strict=True)
def test_what_it_sends_is_what_comes_back(qovery_emulator: Emulator) -> None:
    main = HERE / "scenario" / "main.ts"
    parts = sorted(path for path in main.parent.glob("*.ts") if path != main)
    assert driven(qovery_emulator, "scenario", *parts, main) == "154 steps hold\n"
