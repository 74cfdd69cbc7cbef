"""What does a process take from its start to its first response? In instructions of the processor.

    python benchmarks/start.py

Each program runs in a process of its own under valgrind, which a busy machine does not change: against one that makes the
same call with raw aiohttp and `json.loads`, with start and end of Python. The last lines are the first touch of what is
bigger than one operation: what `client.streams` and the like import.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping

from bench import BASE, ORGANIZATION, OUR_CALL, RAW_CALL
from compiled import compile_modules
from server import serving

ASYNC = "from qovery_async import AsyncQovery; client = AsyncQovery(token='x')"
BLOCKING = (
    "from qovery_sync import Qovery; client = Qovery(token='x', base_url='{url}', organization_id='{organization}')"
)
RAW = "raw aiohttp: a process with one call"
MADE = "import qovery_async and make AsyncQovery"
PROCESSES = {
    RAW: RAW_CALL,
    "Python, nothing imported": "",
    "import aiohttp": "import aiohttp",
    BASE: BASE,
    "import qovery_async": "import qovery_async",
    MADE: ASYNC,
    "AsyncQovery: a process with one call": OUR_CALL,
    "import qovery_sync": "import qovery_sync",
    "import qovery_sync and make Qovery": BLOCKING,
    "Qovery: a process with one call": f"{BLOCKING}; client.projects.list()",
}
CAPABILITIES = (
    "bulk", "deployments", "environment", "find", "inventory", "port_forward", "service", "shell", "streams", "tokens",
    "variables",
)  # fmt: skip


def main() -> None:
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is not installed: apt-get install valgrind")
    compile_modules()
    with serving() as url:
        programs = {name: text.format(url=url, organization=ORGANIZATION) for name, text in PROCESSES.items()}
        found = counts(programs)
    raw = found[RAW]
    made = found[MADE]
    for name, instructions in found.items():
        print(f"{name:<46} {instructions / 1e6:8,.0f} million  {instructions / raw:6.3f}x")
    touched = counts({name: f"{ASYNC}; client.{name}" for name in CAPABILITIES})
    print("\nabove that, the first touch of")
    for name, instructions in sorted(touched.items(), key=lambda entry: -entry[1]):
        print(f"  client.{name:<37} {(instructions - made) / 1e6:8,.1f} million")


def counts(programs: Mapping[str, str]) -> dict[str, int]:
    return {name: count(program) for name, program in programs.items()}


def count(program: str) -> int:
    """The instructions of a process that runs the program."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or counted is None:
        sys.exit(f"this failed under valgrind: {program}\n{done.stderr}")
    return int(counted[1])


if __name__ == "__main__":
    main()
