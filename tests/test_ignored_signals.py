"""Do programs that tests start get their signals, also if the tests run under `nohup` or in the background of a shell?"""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support import ROOT

SHOWS = """
import signal
print([name for name in ("SIGINT", "SIGTERM", "SIGHUP") if signal.getsignal(signal.Signals[name]) is signal.SIG_IGN])
"""
IGNORES = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
os.execv(sys.executable, [sys.executable, "-m", "pytest", *sys.argv[1:]])
"""


def test_no_signal_is_ignored() -> None:
    assert output("-c", SHOWS) == "[]\n"


@pytest.mark.parametrize("workers", ["0", "1"])
def test_no_signal_is_ignored_if_the_tests_ignore_all(workers: str) -> None:
    itself = f"{__file__}::{test_no_signal_is_ignored.__name__}"
    assert "1 passed" in output("-c", IGNORES, "-n", workers, itself)


def output(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
