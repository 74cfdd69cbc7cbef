"""Runs a script in an interpreter of its own, where a leak or a hang at exit can be seen."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_script(
    python: str, script: str, arguments: Sequence[str], *, folder: Path, environ: Mapping[str, str], seconds: float
) -> list[str]:
    """The lines that it printed; it begins with the names of tests/sync_face/scenario.py.

    Every warning is an error and anything on stderr a failure, in forked children too. Each
    process that ends by itself must end with its main thread as the only one.
    """
    path = folder / "script.py"
    path.write_text("from tests.sync_face.scenario import *\n" + textwrap.dedent(script))
    done = subprocess.run(
        [python, "-X", "dev", "-W", "error", str(path), *arguments],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), f"{done.stdout}\n{done.stderr}"
    lines = done.stdout.splitlines()
    ends = [line for line in lines if line.startswith("threads left")]
    assert ends
    assert set(ends) == {"threads left: []"}
    return [line for line in lines if line not in ends]
