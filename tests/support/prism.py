"""Where does the independent server come from? Prism, from npm, serving Qovery's own description."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.support import ROOT

MANIFEST = ROOT / "tests" / "conformance" / "package.json"
CACHE = ROOT / ".nox" / "prism"
SECONDS = 90


def description() -> Path:
    """The description of the API, which stays outside the project."""
    path = Path(os.environ.get("QOVERY_SPEC") or ROOT.parent / "shared" / "spec" / "openapi.yaml").resolve()
    if not path.is_file():
        raise RuntimeError(f"Qovery's description is not at {path}; set QOVERY_SPEC to where it is")
    return path


def streams_description() -> Path:
    """The description of the WebSockets: where QOVERY_STREAMS_SPEC says, else beside the other one."""
    path = Path(os.environ.get("QOVERY_STREAMS_SPEC") or description().with_name("websocket-openapi.yaml")).resolve()
    if not path.is_file():
        raise RuntimeError(
            f"Qovery's description of WebSockets is not at {path}; set QOVERY_STREAMS_SPEC to where it is"
        )
    return path


def install() -> Path:
    """The folder with the commands that package.json names, in those versions."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is not here: these tests need Node.js, to run Prism")
    command, stamp = CACHE / "node_modules" / ".bin" / "prism", CACHE / "installed.json"
    CACHE.mkdir(parents=True, exist_ok=True)
    # Workers of pytest-xdist come here at once; the first installs, the others find it done.
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (command.exists() and stamp.exists() and stamp.read_bytes() == MANIFEST.read_bytes()):
            shutil.copy(MANIFEST, CACHE / "package.json")
            quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(
                [npm, "install", "--prefix", str(CACHE), *quiet], capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise RuntimeError(f"npm could not install what {MANIFEST.name} names:\n{done.stderr}")
            shutil.copy(MANIFEST, stamp)
    return command.parent


@contextmanager
def running(log: Path) -> Generator[str]:
    """The address of a Prism on loopback, on a port that it chose itself.

    Without `--errors`: requests that violate the description are refused all the same, and answers
    that Prism itself makes up wrongly (a `duration` that is none) are still there to be decoded.
    """
    command = [str(install() / "prism"), "mock", "-h", "127.0.0.1", "-p", "0", str(description())]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        process.wait(10)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Waits for the line in which Prism says that it is listening, and where."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if found := re.search(r"listening on (http://127\.0\.0\.1:\d+)", log.read_text(encoding="utf-8")):
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"Prism did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
