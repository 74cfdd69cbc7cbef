"""How does a test run an example, as a user would, against an emulator or another server?"""

from __future__ import annotations

import os
import sys

import anyio
import attrs

from tests.support import ROOT
from tests.support.server import TOKEN

SECONDS = 60
"""No example takes as long: one that does hangs."""


@attrs.frozen
class Ran:
    code: int
    out: str
    err: str


async def run_example(name: str, *arguments: str, url: str, token: str = TOKEN) -> Ran:
    """Run `examples/NAME.py`, where each warning is an error."""
    environ = {**os.environ, "QOVERY_API_URL": url, "QOVERY_API_TOKEN": token}
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / f"{name}.py"), *arguments]
    with anyio.fail_after(SECONDS):
        done = await anyio.run_process(command, env=environ, check=False)
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ran.err, ran.err
    assert token not in ran.out + ran.err
    return ran
