"""How much time does the SDK add to the same work without it?

    python benchmarks/bench.py [--rounds 15]

The figures are ratios of medians over interleaved rounds. The times beside them depend on the machine.
CPU is the user and system time of a whole process.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import aiohttp
from compiled import compile_modules
from sample import sample
from server import serving

from qovery_async import AsyncQovery, models
from qovery_async.codec.reader import Codec
from qovery_sync import Qovery

ORGANIZATION = "9d3e1e0a-4b1e-4d5c-8f3d-6f0a0b7c1d22"
BASE = "import aiohttp, attrs, cattrs, anyio"
IMPORTS = {
    "import and make AsyncQovery": "from qovery_async import AsyncQovery; AsyncQovery(token='x')",
    "import and make Qovery": "from qovery_sync import Qovery; Qovery(token='x')",
}
RAW_CALL = """
import asyncio, json, aiohttp
async def main():
    async with aiohttp.ClientSession(headers={{"Authorization": "Token x"}}) as session:
        async with session.get("{url}/organization/{organization}/project") as response:
            json.loads(await response.read())
asyncio.run(main())
"""
OUR_CALL = """
import asyncio
from qovery_async import AsyncQovery
async def main():
    async with AsyncQovery(token="x", base_url="{url}", organization_id="{organization}") as client:
        await client.projects.list()
asyncio.run(main())
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    compile_modules()
    with serving() as url:
        imports(rounds)
        first_call(url, rounds)
        decoding(rounds)
        asyncio.run(sequential(url, rounds))
        blocking(url, rounds)


def report(what: str, ratio: float, limit: str, detail: str) -> None:
    print(f"{what:<44} {ratio:6.2f}x   (aim {limit})   {detail}")


def cpu_of(program: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def imports(rounds: int) -> None:
    times: dict[str, list[float]] = {BASE: [], **{name: [] for name in IMPORTS}}
    for _ in range(rounds):
        times[BASE].append(cpu_of(BASE))
        for name, program in IMPORTS.items():
            times[name].append(cpu_of(program))
    base = statistics.median(times[BASE])
    for name in IMPORTS:
        ours = statistics.median(times[name])
        report(name, ours / base, "1.20", f"{ours * 1000:.0f} ms CPU against {base * 1000:.0f} ms: {BASE}")


def first_call(url: str, rounds: int) -> None:
    raw, ours = [], []
    for _ in range(rounds):
        raw.append(cpu_of(RAW_CALL.format(url=url, organization=ORGANIZATION)))
        ours.append(cpu_of(OUR_CALL.format(url=url, organization=ORGANIZATION)))
    a, b = statistics.median(ours), statistics.median(raw)
    report(
        "process with one projects.list()", a / b, "1.40", f"{a * 1000:.0f} ms CPU against {b * 1000:.0f} ms: aiohttp"
    )


def decoding(rounds: int) -> None:
    for model in (models.Application, models.Environment, models.VariableResponse):
        data = json.dumps({"results": [sample(model, seed) for seed in range(1000)]}).encode()
        codec = Codec(strict=True)

        def decode(data: bytes = data, model: type = model, codec: Codec = codec) -> None:
            codec.decode_items(json.loads(data), "results", model, operation="bench")

        def loads(data: bytes = data) -> None:
            json.loads(data)

        decode()
        raw, ours = [], []
        for _ in range(rounds):
            raw.append(cpu_in(loads))
            ours.append(cpu_in(decode))
        a, b = statistics.median(ours), statistics.median(raw)
        detail = f"{len(data) / 1e6:.1f} MB: {a * 1000:.1f} ms CPU against {b * 1000:.1f} ms: json.loads"
        report(f"decode 1,000 {model.__name__}", a / b, "4.00", detail)


def cpu_in(function: Callable[[], None]) -> float:
    gc.collect()
    began = time.process_time()
    function()
    return time.process_time() - began


async def sequential(url: str, rounds: int) -> None:
    async with (
        aiohttp.ClientSession(headers={"Authorization": "Token x"}) as session,
        AsyncQovery(token="x", base_url=url, organization_id=ORGANIZATION) as client,
    ):

        async def raw() -> None:
            async with session.get(f"{url}/organization/{ORGANIZATION}/project") as response:
                json.loads(await response.read())

        async def ours() -> None:
            await client.projects.list()

        a, b = await interleaved(ours, raw, rounds)
        detail = f"{a * 1e6:.0f} us against {b * 1e6:.0f} us: aiohttp and json.loads"
        report("one sequential call", a / b, "1.25", detail)


async def interleaved(
    ours: Callable[[], Awaitable[None]], raw: Callable[[], Awaitable[None]], rounds: int
) -> tuple[float, float]:
    """The seconds that one call of each takes: the median over rounds of 200 calls."""
    times: dict[Callable[[], Awaitable[None]], list[float]] = {ours: [], raw: []}
    for _ in range(rounds):
        for function, found in times.items():
            await function()
            began = time.perf_counter()
            for _ in range(200):
                await function()
            found.append((time.perf_counter() - began) / 200)
    return statistics.median(times[ours]), statistics.median(times[raw])


def blocking(url: str, rounds: int) -> None:
    with Qovery(token="x", base_url=url, organization_id=ORGANIZATION) as client:
        added = [_blocking_call(client) - asyncio.run(_async_call(url)) for _ in range(rounds)]
    extra = statistics.median(added) * 1000
    print(f"{'the blocking client adds to a call':<44} {extra:6.3f} ms  (aim 0.200)")


def _blocking_call(client: Qovery) -> float:
    client.projects.list()
    began = time.perf_counter()
    for _ in range(200):
        client.projects.list()
    return (time.perf_counter() - began) / 200


async def _async_call(url: str) -> float:
    async with AsyncQovery(token="x", base_url=url, organization_id=ORGANIZATION) as client:
        await client.projects.list()
        began = time.perf_counter()
        for _ in range(200):
            await client.projects.list()
        return (time.perf_counter() - began) / 200


if __name__ == "__main__":
    main()
