"""How much longer does a type checker take for a script that uses the SDK than for one that uses aiohttp alone?

    python benchmarks/checkers.py [--rounds 5]

Each run is cold: its cache is an empty folder. The figures are medians of the ratios of CPU time, the scripts take turns.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPTS = {
    "aiohttp alone": """
import asyncio
import aiohttp
async def main() -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get("https://api.qovery.com/organization") as response:
            found = await response.json()
    for organization in found["results"]:
        print(organization["name"])
asyncio.run(main())
""",
    "qovery_async": """
import asyncio
from qovery_async import AsyncQovery
async def main() -> None:
    async with AsyncQovery() as client:
        for project in await client.projects.list():
            for environment in await client.environments.list(project.id):
                for application in await client.applications.list(environment.id):
                    print(project.name, environment.mode, application.name.upper())
asyncio.run(main())
""",
    "qovery_sync": """
from qovery_sync import Qovery
def main() -> None:
    with Qovery() as client:
        for project in client.projects.list():
            for environment in client.environments.list(project.id):
                for application in client.applications.list(environment.id):
                    print(project.name, environment.mode, application.name.upper())
main()
""",
}
BASE = "aiohttp alone"
AIM = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for checker in ("mypy", "pyright"):
        took: dict[str, list[float]] = {name: [] for name in SCRIPTS}
        for _ in range(rounds):
            for name, script in SCRIPTS.items():
                took[name].append(checked(checker, script))
        for name, seconds in took.items():
            ratio = statistics.median(ours / base for ours, base in zip(seconds, took[BASE], strict=True))
            print(f"{checker}: {name:<16} {statistics.median(seconds):6.2f} s of CPU {ratio:6.2f}x   (aim {AIM})")


def checked(checker: str, script: str) -> float:
    """The seconds of CPU that a strict check takes, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "script.py")
        file.write_text(script, encoding="utf-8")
        options = {"mypy": ["--strict", "--cache-dir", f"{folder}/cache"], "pyright": ["--pythonpath", sys.executable]}
        Path(folder, "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", checker, *options[checker], str(file)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # `response.json()` has no type, about which pyright complains; our own scripts are without a fault.
    if done.returncode and script != SCRIPTS[BASE]:
        sys.exit(done.stdout + done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
