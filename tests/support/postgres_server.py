"""Where do tests get a real PostgreSQL from? From the binaries of this machine, on a free port, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.redis_server import end, free_port

SECONDS = 60
"""What a slow machine may take to start it."""


@contextlib.contextmanager
def running_postgres() -> Generator[int]:
    """A PostgreSQL that lets the user `postgres` in without a password; yields its port."""
    account = _account()
    with tempfile.TemporaryDirectory(prefix="qovery-postgres-", ignore_cleanup_errors=True) as folder:
        if account:
            shutil.chown(folder, account, account)
        data, log = Path(folder, "data"), Path(folder, "log")
        made = [_binary("initdb"), "--pgdata", str(data), "--auth=trust", "--username=postgres", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, timeout=SECONDS, cwd=folder, user=account, group=account)
        port = free_port()
        options = ["-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", "", "-F", "-c", "max_connections=200"]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [_binary("postgres"), *options], stdout=output, stderr=output, cwd=folder, user=account, group=account
            )
        try:
            _wait_until_ready(process, port, log)
            yield port
        finally:
            end(process)


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    """The port of a PostgreSQL of this test run."""
    with running_postgres() as port:
        yield port


def _account() -> str | None:
    """Who runs it if not this user: PostgreSQL refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else None


def _binary(name: str) -> str:
    """Debian leaves the server's programs off the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = shutil.which(name) or (str(versions[-1]) if versions else None)
    if found is None:
        raise RuntimeError(f"there is no {name}: install PostgreSQL (Debian: apt-get install postgresql)")
    return found


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ready = [_binary("pg_isready"), "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + SECONDS
    while subprocess.run(ready, check=False, capture_output=True, timeout=SECONDS).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"postgres does not start; it says:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)
