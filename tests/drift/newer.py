"""What do packages that were generated from older facts make of today's responses? Run where they are imported."""

from __future__ import annotations

import asyncio
import json
import random
import warnings
from collections.abc import Collection
from pathlib import Path

import qovery_async
from tests.support import ROOT, older
from tests.support.answers import Answers
from tests.support.drift_calls import faults, place, told


def check(stem: str, seed: int, calls: Collection[str]) -> None:
    """Prints what is not read as it should be."""
    assert Path(qovery_async.__file__).is_relative_to(Path.cwd()), "not the packages of the facts"
    warnings.simplefilter("ignore", DeprecationWarning)
    print(json.dumps(asyncio.run(_check(stem, seed, calls))))


async def _check(stem: str, seed: int, calls: Collection[str]) -> list[str]:
    before = older.named(older.then(ROOT / "tests" / "drift" / "older" / f"{stem}.json"))
    today, die = older.named(older.TODAY), random.Random(seed)
    found = list[str]()
    async with place() as at:
        for call in sorted(calls):
            operation = before.calls[call]
            for _ in range(3):
                sent = Answers(today, die).to(today.calls[call])
                found += told(operation, sent, faults(operation, sent, await at.ask(operation, sent)))
    return found
