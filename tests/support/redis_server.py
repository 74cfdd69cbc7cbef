"""Where do tests get a real Redis from? From the binary on the path, on a free port, for as long as they need it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

SECONDS = 20
"""What a slow machine may take to start it."""


@contextlib.contextmanager
def running_redis() -> Generator[str]:
    """A Redis that keeps nothing on disk; yields its address, `redis://127.0.0.1:PORT`."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise RuntimeError("there is no redis-server on the path: install Redis (Debian: apt-get install redis-server)")
    with tempfile.TemporaryDirectory(prefix="qovery-redis-") as folder:
        log = Path(folder, "log")
        process, port = _start(binary, folder, log)
        try:
            yield f"redis://127.0.0.1:{port}"
        finally:
            end(process)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a Redis of this test run; use names of your own in it, or another database: `/1` to `/15`."""
    with running_redis() as url:
        yield url


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a server, by force if it takes too long."""
    process.terminate()
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _start(binary: str, folder: str, log: Path) -> tuple[subprocess.Popen[bytes], int]:
    for _ in range(3):
        port = free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        with log.open("ab") as output:
            process = subprocess.Popen([binary, *options], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        if _answers(process, port):
            return process, port
        process.kill()
        process.wait()
    raise RuntimeError(f"redis-server does not start; it says:\n{log.read_text(errors='replace')}")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Whether it is there; another program may have taken the port in between."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            if connection.recv(16) == b"+PONG\r\n":
                return True
        time.sleep(0.02)
    return False


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
