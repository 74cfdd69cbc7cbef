"""An example of a web application under a real server, with an emulator behind it."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import attrs

from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.programs import Program, Start, eventually


@attrs.define
class Served:
    """A running application, and how its program ended."""

    program: Program
    url: str
    ended: int | None = None

    def get(self, path: str) -> tuple[int, Any]:
        return self._ask(path, None)

    def post(self, path: str, body: object) -> tuple[int, Any]:
        return self._ask(path, json.dumps(body).encode())

    def _ask(self, path: str, body: bytes | None) -> tuple[int, Any]:
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


def listens(port: int) -> bool:
    with socket.socket() as peer:
        return peer.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(start: Start, emulator: Emulator, *command: str) -> Generator[Served]:
    """Starts a server, in whose arguments `{port}` stands for a free one, and stops it as a deployment does."""
    port = free_port()
    environ = {
        "PYTHONPATH": f"{ROOT}:{ROOT / 'examples'}",
        "QOVERY_API_URL": emulator.url,
        "QOVERY_API_TOKEN": emulator.token,
    }
    program = start(*(word.format(port=port) for word in command), environ=environ)

    def ready() -> bool:
        assert program.process.poll() is None, program.says()
        return listens(port)

    eventually(ready)
    running = Served(program, f"http://127.0.0.1:{port}")
    yield running
    running.ended = program.stop()
    assert emulator.token not in program.says()
