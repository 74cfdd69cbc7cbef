"""How long does the emulator take to start and to respond, and how much memory does it need?

    python benchmarks/emulator.py
    python benchmarks/emulator.py --against CHECKOUT [--rounds 7]

The load comes from another process, so the emulator has one core to itself. With `--against`, two checkouts are compared
by the CPU time of the emulator's process, so a busy machine changes little: both start anew in each round, in turns. The
first round does not count, since it compiles the modules. Linux only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

HERE = Path(__file__).parents[1]
WARM, MEASURED = 200, 1000
"""GETs before the CPU time is read, and between its two readings."""

LOAD = """
import asyncio, sys, time, aiohttp
async def main(url, token, path, seconds):
    async with aiohttp.ClientSession(headers={"Authorization": f"Token {token}"}) as session:
        done, end = 0, time.perf_counter() + seconds
        async def client():
            nonlocal done
            while time.perf_counter() < end:
                async with session.get(url + path) as response:
                    assert response.status == 200
                    await response.read()
                done += 1
        await asyncio.gather(*(client() for _ in range(8)))
        print(done / seconds)
asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], 3))
"""


@contextmanager
def serving(world: str, checkout: Path = HERE) -> Iterator[dict[str, str]]:
    """Starts the emulator of a checkout from the command line; gives the variables that it says to export."""
    command = [sys.executable, "-m", "qovery_async.emulator", "--port", "0", "--world", world, "--rate-limit", "0"]
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=checkout, env=environment) as process:
        assert process.stdout is not None
        found: dict[str, str] = {}
        for line in process.stdout:
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                found[name] = value
            if len(found) == 3:
                break
        try:
            yield found | {"pid": str(process.pid)}
        finally:
            process.terminate()


def get(found: dict[str, str], path: str) -> bytes:
    headers = {"Authorization": f"Token {found['QOVERY_API_TOKEN']}"}
    request = urllib.request.Request(found["QOVERY_API_URL"] + path, headers=headers)
    with urllib.request.urlopen(request) as response:
        body: bytes = response.read()
        return body


def start(world: str) -> float:
    began = time.perf_counter()
    with serving(world) as found:
        get(found, "/organization")
        return time.perf_counter() - began


def importing() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import aiohttp.web, qovery_async"], check=True)
    return time.perf_counter() - began


def throughput() -> float:
    with serving("demo") as found:
        command = [sys.executable, "-c", LOAD, found["QOVERY_API_URL"], found["QOVERY_API_TOKEN"], "/organization"]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def large() -> tuple[float, float]:
    from qovery_async.emulator import Emulator

    began = time.perf_counter()
    async with Emulator(world="large", rate_limit=None) as emulator, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Token {emulator.token}"}
        async with session.get(f"{emulator.url}/organization", headers=headers) as response:
            assert response.status == 200
        seconds = time.perf_counter() - began
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def cpu_time(process: int) -> float:
    """The seconds of CPU that all threads of a process have used, as Linux numbers the clock of a process."""
    return time.clock_gettime((~process << 3) | 2)


async def cost_of_a_get(found: dict[str, str], path: str) -> float:
    """The milliseconds of CPU that the emulator needs for a GET."""
    headers, process = {"Authorization": f"Token {found['QOVERY_API_TOKEN']}"}, int(found["pid"])
    began = 0.0
    async with aiohttp.ClientSession(found["QOVERY_API_URL"], headers=headers) as session:
        for number in range(WARM + MEASURED):
            if number == WARM:
                began = cpu_time(process)
            async with session.get(path) as response:
                assert response.status == 200
                await response.read()
    return (cpu_time(process) - began) / MEASURED * 1000


def measured(checkout: Path) -> dict[str, float]:
    """What one run of a checkout costs."""
    with serving("demo", checkout) as found:
        get(found, "/organization")
        costs = {"seconds of CPU until the first response": cpu_time(int(found["pid"]))}
        organization = json.loads(get(found, "/organization"))["results"][0]["id"]
        environments = json.loads(get(found, f"/organization/{organization}/environments"))["results"]
        paths = {
            "the organizations": "/organization",
            "all environments": f"/organization/{organization}/environments",
            "the states of an environment": f"/environment/{environments[0]['id']}/statuses",
            "the services of an environment": f"/environment/{environments[0]['id']}/services",
        }
        for name, path in paths.items():
            costs[f"ms of CPU for a GET of {name}"] = asyncio.run(cost_of_a_get(found, path))
    return costs


def compare(other: Path, rounds: int) -> None:
    """Prints the least of this checkout's rounds and of another's: what else runs on the machine only adds to them."""
    ours, theirs = list[dict[str, float]](), list[dict[str, float]]()
    for _ in range(rounds + 1):
        theirs.append(measured(other))
        ours.append(measured(HERE))
    print(f"{'least of ' + str(rounds) + ' rounds':<56} {'other':>8} {'this':>8} {'ratio':>7}")
    for name in ours[0]:
        before, now = (min(each[name] for each in rows[1:]) for rows in (theirs, ours))
        print(f"{name:<56} {before:8.3f} {now:8.3f} {now / before:6.2f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    # Compiled modules are kept, wherever the checkouts are: users do not compile them at each start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["PYTHONPYCACHEPREFIX"] = cache
        if arguments.against is None:
            measure()
        else:
            compare(arguments.against.resolve(), arguments.rounds)


def measure() -> None:
    """Prints what is measured of this checkout, with the aims."""
    started = min(start("demo") for _ in range(5)) - min(importing() for _ in range(5))
    print(f"start to first response, without imports     {started:6.2f} s    (aim 0.50)")
    print(f"small GETs a second, eight concurrent calls  {max(throughput() for _ in range(3)):6.0f}      (aim 2000)")
    seconds, megabytes = asyncio.run(large())
    print(f"the large world: start to first response     {seconds:6.2f} s    (aim 3.00)")
    print(f"the large world: peak resident memory        {megabytes:6.0f} MB   (aim 500)")


if __name__ == "__main__":
    main()
