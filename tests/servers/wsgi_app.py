"""A WSGI application as people write it: the client belongs to the module, and was used before the server forked."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any


@atexit.register  # before the client's own hook, so that it runs after it
def say_what_is_left() -> None:
    loops = sum(thread.name == "qovery-sync" for thread in threading.enumerate())
    os.write(2, f"loops left at exit: {loops}\n".encode())


from qovery_sync import Qovery  # noqa: E402

client = Qovery()
MASTER = client.projects.get(str(os.getpid())).name


def application(
    environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    worker = str(os.getpid())
    found = client.projects.get(worker)
    start_response("200 OK" if found.name == worker else "500 Wrong answer", [("Content-Type", "text/plain")])
    return [f"{MASTER} {found.name}".encode()]
