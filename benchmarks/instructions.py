"""Do a call and a decode take more instructions of the processor than they may?

    python benchmarks/instructions.py [--write | --steps]

Instructions are counted by valgrind, so a busy machine changes nothing. 1,000 calls are compared with the same calls of
raw aiohttp and `json.loads`, and a list of 1,000 Applications with `json.loads`. `instructions.toml` says what is
allowed; `--write` writes what is found there. `--steps` prints what each step of a call costs, as `ladder.py` does in
time.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import ladder
from sample import sample
from server import serving

from qovery_async import models
from qovery_async.codec.reader import Codec

LIMITS = Path(__file__).with_suffix(".toml")
CALLS = 1000
ITEMS = 1000
PAIRS = {"call": (ladder.ALL, ladder.RAW), "decode": ("decode", "json.loads")}
ROOM = 0.03
"""How much more or less than was found is allowed when limits are written; five runs differ by a thousandth."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--child", nargs=2)
    arguments = parser.parse_args()
    if arguments.child:
        child(*arguments.child)
        return
    for program in ("valgrind", "callgrind_control"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed: apt-get install valgrind")
    if arguments.steps:
        with serving() as url:
            print_steps(url)
        return
    with serving() as url:
        found = {name: count(ours, url) / count(theirs, url) for name, (ours, theirs) in PAIRS.items()}
    if arguments.write:
        write(found)
    sys.exit(0 if check(found) else 1)


def check(found: dict[str, float]) -> bool:
    """Prints each ratio; whether all are as allowed."""
    limits = tomllib.loads(LIMITS.read_text(encoding="utf-8"))
    fine = True
    for name, ratio in found.items():
        least, most = limits[name]["least"], limits[name]["most"]
        verdict = "as allowed"
        if ratio > most:
            fine, verdict = False, "MORE THAN ALLOWED: find out what costs more, with ladder.py"
        elif ratio < least:
            fine, verdict = False, "less than allowed: keep the gain, with --write"
        ours, theirs = PAIRS[name]
        print(f"{ours} against {theirs}: {ratio:.3f} times the instructions, {least} to {most} allowed: {verdict}")
    return fine


def write(found: dict[str, float]) -> None:
    lines = ["# Written by `python benchmarks/instructions.py --write`: the instructions of ours for one of theirs."]
    for name, ratio in found.items():
        lines += ["", f"[{name}]", f"least = {ratio * (1 - ROOM):.2f}", f"most = {ratio * (1 + ROOM):.2f}"]
    LIMITS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def print_steps(url: str) -> None:
    """What each step of a call costs, added to raw aiohttp."""
    raw = before = 0.0
    for name in (ladder.RAW, ladder.SESSION, ladder.HTTP, ladder.EXCHANGE, ladder.ALL, ladder.EXTRAS):
        found = count(name, url) / CALLS
        raw = raw or found
        print(f"{name:<46} {found:9,.0f} {found / raw:6.3f}x {found - before:+9,.0f}", flush=True)
        before = found


def count(work: str, url: str) -> int:
    """The instructions of a work."""
    return counted(__file__, "--child", work, url)


def counted(*program: str) -> int:
    """The instructions of what a program of Python marks with `instrument`, in a process of its own under valgrind."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/out"]
        done = subprocess.run(
            [*command, sys.executable, *program],
            env={**os.environ, "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or collected is None:
        sys.exit(f"{' '.join(program)} failed under valgrind:\n{done.stdout}{done.stderr}")
    return int(collected[1])


def child(work: str, url: str) -> None:
    if work not in ("decode", "json.loads"):
        asyncio.run(calls(url, work))
        return
    data = json.dumps({"results": [sample(models.Application, seed) for seed in range(ITEMS)]}).encode()
    codec = Codec(strict=True)

    def decode() -> object:
        return codec.decode_items(json.loads(data), "results", models.Application, operation="bench")

    measured(decode if work == "decode" else lambda: json.loads(data))


def measured(function: Callable[[], object]) -> None:
    function()
    gc.collect()
    instrument("on")
    function()
    instrument("off")


async def calls(url: str, name: str) -> None:
    async with ladder.steps(url) as steps:
        await ladder.run(steps[name], CALLS // 10, 1)
        gc.collect()
        instrument("on")
        await ladder.run(steps[name], CALLS, 1)
        instrument("off")


def instrument(what: str) -> None:
    subprocess.run(["callgrind_control", f"--instr={what}", str(os.getpid())], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
