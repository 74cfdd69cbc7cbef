"""How do the emulator and the proxy run in a process of their own?

`World` starts the process and writes one command a line to it. The process writes one line of JSON for each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from aiohttp import web
from aiohttp.typedefs import Handler

from chaos.connection import TAG, call_of
from chaos.faults import EMPTIED, add_all
from chaos.ledger import Ledger
from chaos.proxy import Proxy
from qovery_async.emulator import Emulator, Entity

ROOT = Path(__file__).parent.parent
PERSON = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjaGFvcyJ9.x"
"""A token of a user with access to every organization: each worker has its own."""
PLENTY = 10_000_000
LABEL_OF: Mapping[str, Callable[[Entity], object]] = {
    "project": lambda entity: entity.value.get("description"),
    "environment": lambda entity: entity.value.get("name"),
    "webhook": lambda entity: entity.value.get("description"),
    "variable": lambda entity: entity.facts.get("plain"),
}
"""Where the emulator keeps the label of an object, by its kind."""


class World:
    """The process with the emulator and the proxy. It writes what it sees to the file `ledger`."""

    def __init__(self, seed: int, ledger: Path, *, stall: float) -> None:
        command = [sys.executable, "-m", "chaos.world", "--seed", str(seed), "--stall", str(stall), str(ledger)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.url: str = self._read()["url"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def begin(self) -> None:
        """Starts the faults and the damage."""
        self._send("begin")

    def calm(self) -> None:
        """Stops the faults and the damage."""
        self._send("calm")

    def report(self) -> dict[str, Any]:
        """The faults, the damage and the labels of all objects. The ledger is complete afterwards."""
        return self._send("report")

    def _send(self, command: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


_UNKNOWN_KEYS = ": ignored the keys "
"""What the emulator logs of a request."""


class Observer(logging.Handler):
    """Enters what the emulator does with requests, takes the body of some responses, and counts warnings."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        super().__init__(logging.WARNING)
        self.emptied = 0
        self.empties = False
        """Whether bodies are taken away."""
        self.warnings: Counter[str] = Counter()
        self._ledger = ledger
        self._dice = random.Random(f"{seed}/emptied")

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        call = call_of(request.headers.get(TAG, ""))
        is_effect = request.method != "GET" and response.status < 400
        self._ledger.enter(
            call, "took effect" if is_effect else "responded", f"{request.method} {request.path} {response.status}"
        )
        if self.empties and response.status < 400 and self._dice.random() < EMPTIED:
            self.emptied += 1
            self._ledger.enter(call, "emptied")
            return web.Response()
        return response

    def emit(self, record: logging.LogRecord) -> None:
        if _UNKNOWN_KEYS in record.getMessage():
            return  # a flipped bit makes a key that the API does not have
        self.warnings[self.format(record)[-2000:]] += 1


async def serve(seed: int, stall: float, file: TextIO) -> None:
    """Runs the emulator and the proxy until standard input ends. `stall` is in seconds."""
    ledger = Ledger(file)
    observer = Observer(ledger, seed)
    logging.getLogger().addHandler(observer)
    emulator = Emulator(seed=seed, rate_limit=PLENTY, speed=600, middlewares=[observer.middleware])
    async with emulator, Proxy(_address(emulator.url), seed, ledger, stall=stall) as proxy:
        _write(url=f"http://127.0.0.1:{proxy.port}")
        inflicted: Counter[str] = Counter()
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line == "begin\n":
                ledger.enter(None, "began")
                observer.empties = True
                add_all(emulator.faults, too_long=stall)
                proxy.begin()
                _write()
            elif line == "calm\n":
                for rule in emulator.faults.rules:
                    inflicted[f"{rule.fault.name}, {rule.fault.when}"] += rule.inflicted
                observer.empties = False
                emulator.faults.clear()
                await proxy.calm()
                _write()
            else:
                ledger.flush()
                _write(
                    inflicted=inflicted | {"empty 200, after": observer.emptied},
                    damage=proxy.counts,
                    connections=proxy.connections,
                    warnings=observer.warnings,
                    labels={kind: _labels(emulator, kind) for kind in LABEL_OF},
                )


def _labels(emulator: Emulator, kind: str) -> list[str]:
    """The labels of all objects of a kind."""
    found = [LABEL_OF[kind](entity) for entity in emulator.state.every(kind)]
    return [label for label in found if isinstance(label, str)]


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def _write(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--stall", type=float, required=True)
    parser.add_argument("ledger", type=Path)
    given = parser.parse_args()
    with given.ledger.open("w", encoding="utf-8") as file:
        asyncio.run(serve(given.seed, given.stall, file))


if __name__ == "__main__":
    main()
