"""How do the emulator and the proxy run in a process of their own?

`World` starts the process and writes one command a line to it. The process writes one line of JSON for each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from chaos.faults import add_all
from chaos.proxy import TAG, Proxy, call_of
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
    """The process with the emulator and the proxy."""

    def __init__(self, seed: int, *, stall: float) -> None:
        command = [sys.executable, "-m", "chaos.world", "--seed", str(seed), "--stall", str(stall)]
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
        """The faults, the damage, the effects of the calls, and the labels of all objects."""
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


class Observer(logging.Handler):
    """Counts the effects of each POST, and the emulator's warnings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.effects: Counter[int] = Counter()
        self.warnings: Counter[str] = Counter()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if request.method == "POST" and response.status < 400:
            call = call_of(request.headers.get(TAG, ""))
            self.effects[-1 if call is None else call] += 1
        return response

    def emit(self, record: logging.LogRecord) -> None:
        self.warnings[self.format(record)[-2000:]] += 1


async def serve(seed: int, stall: float) -> None:
    """Runs the emulator and the proxy until standard input ends. `stall` is in seconds."""
    observer = Observer()
    logging.getLogger().addHandler(observer)
    emulator = Emulator(seed=seed, rate_limit=PLENTY, speed=600, middlewares=[observer.middleware])
    async with emulator, Proxy(_address(emulator.url), seed, stall=stall) as proxy:
        _write(url=f"http://127.0.0.1:{proxy.port}")
        inflicted: Counter[str] = Counter()
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line == "begin\n":
                observer.effects.clear()  # the calls that set up the world have no number
                add_all(emulator.faults, too_long=stall)
                proxy.begin()
                _write()
            elif line == "calm\n":
                for rule in emulator.faults.rules:
                    inflicted[f"{rule.fault.name}, {rule.fault.when}"] += rule.inflicted
                emulator.faults.clear()
                await proxy.calm()
                _write()
            else:
                _write(
                    inflicted=inflicted,
                    damage=proxy.counts,
                    connections=proxy.connections,
                    arrivals=proxy.arrivals,
                    garbled={call: sorted(directions) for call, directions in proxy.garbled.items()},
                    effects=observer.effects,
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--stall", type=float, required=True)
    given = parser.parse_args()
    asyncio.run(serve(given.seed, given.stall))
