"""Does `.ci/run` run what a newcomer's command leaves out?"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
import yaml

import noxfile
from tests.support import ROOT
from tests.support.sessions import sessions

NIGHTLY = {"coverage", "fuzz", "lowest", "mutants", "recipes", "soak", "typing"}
"""What takes long: `nox -s nightly` runs these, one after the other."""
BY_HAND = {
    "bench",
    "bench-peers",
    "breaking",
    "checkers",
    "generate",
    "import-spec",
    "newest",
    "nightly",
    "portable",
    *NIGHTLY,
}
"""The sessions that `.ci/run` leaves out."""


def test_the_gate_runs_every_session_that_is_not_for_hands() -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = " ".join(re.findall(r"nox -s ((?:[a-z]+ ?)+)", gate)).split()
    of_the_readme = re.findall(r"^for session in (.+); do$", gate, re.MULTILINE)
    assert {*commands, *of_the_readme[0].split()} == sessions() - BY_HAND


def test_the_night_runs_what_takes_long() -> None:
    assert {*noxfile.NIGHTLY} == NIGHTLY
    nightly = yaml.safe_load((ROOT / ".github" / "workflows" / "nightly.yml").read_text(encoding="utf-8"))
    assert {*nightly["jobs"]["nightly"]["strategy"]["matrix"]["session"]} == NIGHTLY


def test_every_test_is_quick_or_slow() -> None:
    assert (noxfile.QUICK, noxfile.SLOW) == ("not slow", "slow")


@pytest.mark.parametrize("workers", ["0", "1"])
def test_what_is_left_out_is_counted(workers: str) -> None:
    slow_and_quick = "tests/sync_face/test_portal_races.py"
    command = [sys.executable, "-m", "pytest", "-n", workers, "-m", noxfile.QUICK, slow_and_quick]
    environ = {**os.environ, "QOVERY_TEST_PYTHONS": ""}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert "tests left out by -m or -k: 1\n" in done.stdout
    assert "1 passed" in done.stdout
