"""Does a chaos run print all the figures that docs/chaos.md is made of? A short one is made for it."""

from __future__ import annotations

import subprocess
import sys

from tests.support.house import ROOT

HEADINGS = [
    "Calls by outcome",
    "Idempotent calls that succeeded",
    "POSTs, as the proxy and the emulator counted them",
    "Faults of the emulator",
    "Damage by the proxy, and noise between requests",
    "Retries",
    "Seconds",
    "Resources before and after",
    "Memory after each quarter of the calls",
]


def test_a_run_prints_its_figures() -> None:
    command = [sys.executable, "-W", "error", "-m", "chaos.run", "--calls", "300", "--seed", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert [line.removeprefix("## ") for line in done.stdout.splitlines() if line.startswith("## ")] == HEADINGS
    assert "300 calls, seed 1" in done.stdout
    # So few calls may fail for reasons of the machine, but then the run says which.
    assert (done.returncode == 0) != ("FAILED: " in done.stdout), done.stdout + done.stderr
