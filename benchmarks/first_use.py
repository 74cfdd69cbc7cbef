"""What does the first use of an operation cost, in a process that has made one call already?

    python benchmarks/first_use.py

CPU time of forked children, each of which imports the namespace of one operation and the models of its result, and builds
their decoder. A second call pays nothing of it. The last lines are for programs that import all models.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import pickle
import re
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from compiled import compile_modules
from server import serving

from qovery_async import AsyncQovery, models
from qovery_async.codec.converter import decoder
from qovery_async.namespaces import Namespaces
from qovery_async.runtime.namespace import Namespace
from qovery_async.runtime.resource import Resource

Cost = tuple[float, float, float]
"""Seconds for the namespace, for the models and for the decoder."""
SHOWN = 5


def main() -> None:
    compile_modules()
    with serving() as url:
        asyncio.run(one_call(url))
    client = AsyncQovery(token="x")
    names = [name for name, value in vars(Namespaces).items() if isinstance(value, Namespace)]
    costs = {
        f"{name}.{method}": in_a_child(partial(first_use, client, name, method))
        for name in names
        for method in in_a_child(partial(methods, client, name))
    }
    print(f"{'ms of CPU for the first use of':<44} {'all':>6} {'import':>7} {'models':>7} {'decoder':>8}")
    worst = sorted(costs.items(), key=lambda entry: -sum(entry[1]))
    generated = [entry for entry in worst if is_generated(getattr(client, entry[0].split(".")[0]))]
    for operation, (namespace, imported, built) in [*worst[:SHOWN], *generated[:SHOWN]]:
        parts = f"{namespace * 1e3:7.1f} {imported * 1e3:7.1f} {built * 1e3:8.1f}"
        print(f"  {operation:<42} {(namespace + imported + built) * 1e3:6.1f} {parts}")
    middle = statistics.median(sum(cost) for cost in costs.values())
    print(f"  {f'the median of {len(costs)} operations':<42} {middle * 1e3:6.1f}")
    operation, (_, _, built) = max(costs.items(), key=lambda entry: entry[1][2])
    print(f"the slowest decoder: {built * 1e3:.1f} ms, of {operation}")
    seconds, count = in_a_child(all_models)
    print(f"importing all {count} models: {seconds * 1e3:.0f} ms")


async def one_call(url: str) -> None:
    async with AsyncQovery(token="x", base_url=url, organization_id="o") as client:
        await client.projects.list()


def methods(client: AsyncQovery, name: str) -> list[str]:
    """The operations of a namespace; capabilities are measured by their import alone, as the first of their methods."""
    resource: Resource = getattr(client, name)
    public = [key for key in dir(resource) if key[0] != "_"]
    found = [key for key in public if inspect.iscoroutinefunction(getattr(resource, key))]
    return found if is_generated(resource) else (found or ["__call__"])[:1]


def is_generated(resource: Resource) -> bool:
    return type(resource).__module__.startswith("qovery_async.resources")


def first_use(client: AsyncQovery, name: str, method: str) -> Cost:
    began = time.process_time()
    function: Callable[..., Any] = getattr(getattr(client, name), method)
    imported = time.process_time()
    types = [getattr(models, model) for model in re.findall(r"models\.(\w+)", str(function.__annotations__["return"]))]
    there = time.process_time()
    for type_ in types:
        decoder(type_)
    return imported - began, there - imported, time.process_time() - there


def all_models() -> tuple[float, int]:
    began = time.process_time()
    found = [getattr(models, name) for name in dir(models) if name[0] != "_"]
    return time.process_time() - began, len(found)


def in_a_child(work: Callable[[], Any]) -> Any:
    """The result of a function in a child process, so that this one stays as it is."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, pickle.dumps(work()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as result:
        data = result.read()
    os.wait()
    return pickle.loads(data)


if __name__ == "__main__":
    main()
