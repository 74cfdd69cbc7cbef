"""What does the process of one peer do? What it is told.

    python -m peers.worker CLIENT

It reads tasks, a line of JSON each, and prints what they took.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

Took = dict[str, float]


def main(name: str) -> None:
    worker = Worker(importlib.import_module(f"peers.clients.{name}"))
    for line in sys.stdin:
        task, *arguments = json.loads(line)
        print(json.dumps(getattr(worker, task)(*arguments)), flush=True)


class Worker:
    """Does the tasks of one peer."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def calls(self, url: str, count: int, at_once: int) -> Took:
        """So many calls; the first one, which opens a connection, is not measured."""
        opened = self.client.calling(url)
        if hasattr(opened, "__aenter__"):
            return asyncio.run(self._in_tasks(opened, count, at_once))
        with opened as call, ThreadPoolExecutor(at_once) as pool:

            def work() -> None:
                for _ in range(count // at_once):
                    call()

            def together() -> None:
                for done in [pool.submit(work) for _ in range(at_once)]:
                    done.result()

            together()
            return measured(together)

    async def _in_tasks(self, opened: Any, count: int, at_once: int) -> Took:
        async with opened as call:

            async def work() -> None:
                for _ in range(count // at_once):
                    await call()

            async def together() -> None:
                await asyncio.gather(*(work() for _ in range(at_once)))

            await together()
            gc.collect()
            began, elapsed = time.process_time(), time.perf_counter()
            await together()
            return {"cpu": time.process_time() - began, "elapsed": time.perf_counter() - elapsed}

    def decode(self, model: str, path: str) -> Took | str:
        """A body in a file; what it took, or what it raised."""
        data = Path(path).read_bytes()
        try:
            decode = self.client.decoder(model)
            decode(data)  # what is built with the first is measured with the first call of a process
        except Exception as error:  # noqa: BLE001
            return type(error).__name__
        return measured(lambda: decode(data))

    def memory(self, model: str, path: str) -> float | str:
        """The traced bytes of what a body becomes."""
        data = Path(path).read_bytes()
        try:
            decode = self.client.decoder(model)
            decode(data)
        except Exception as error:  # noqa: BLE001
            return type(error).__name__
        gc.collect()
        tracemalloc.start()
        kept = decode(data)
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del kept
        return size

    def malformed(self, bodies: dict[str, str], fine: str) -> list[str] | str:
        """Which of the bodies it raises for; a text if it raises for one that is as it should be."""
        try:
            decode = self.client.decoder("Application")
            decode(fine.encode())
        except Exception as error:  # noqa: BLE001
            return type(error).__name__
        return [name for name, body in bodies.items() if raises(decode, body.encode())]


def measured(work: Callable[[], object]) -> Took:
    gc.collect()
    began, elapsed = time.process_time(), time.perf_counter()
    work()
    return {"cpu": time.process_time() - began, "elapsed": time.perf_counter() - elapsed}


def raises(decode: Callable[[bytes], object], body: bytes) -> bool:
    try:
        decode(body)
    except Exception:  # noqa: BLE001
        return True
    return False


if __name__ == "__main__":
    main(*sys.argv[1:])
