"""How long does the emulator take to start and to respond, and how much memory does it need?

    python benchmarks/emulator.py

The load comes from another process, so the emulator has one core to itself.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp

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
def serving(world: str) -> Iterator[dict[str, str]]:
    """Starts the emulator from the command line; gives the variables that it says to export."""
    command = [sys.executable, "-m", "qovery_async.emulator", "--port", "0", "--world", world, "--rate-limit", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
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


def main() -> None:
    started = min(start("demo") for _ in range(5)) - min(importing() for _ in range(5))
    print(f"start to first response, without imports     {started:6.2f} s    (aim 0.50)")
    print(f"small GETs a second, eight concurrent calls  {max(throughput() for _ in range(3)):6.0f}      (aim 2000)")
    seconds, megabytes = asyncio.run(large())
    print(f"the large world: start to first response     {seconds:6.2f} s    (aim 3.00)")
    print(f"the large world: peak resident memory        {megabytes:6.0f} MB   (aim 500)")


if __name__ == "__main__":
    main()
