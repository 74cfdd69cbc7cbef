"""Is there a response that makes the SDK fail with an error that is not its own? Coverage guides the search.

    nox -s fuzz -- -max_total_time=3600

The options are libFuzzer's. The run stops at the first such error, and at an input that takes more than
10 seconds or 2 GB. It writes the input to a file; pass the file's name to try it again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import sys
from collections.abc import Callable
from pathlib import Path

import atheris

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
with atheris.instrument_imports(include=["qovery_async"]):
    from multidict import CIMultiDict

    import qovery_async.codec.repair  # noqa: F401  # else it is imported on first use, without instrumentation
    from tests.support import checks
    from tests.support.garbage import answer
    from tests.support.hostile import ANSWERS, NAMES, misfit, type_of

TYPES = [*NAMES, *ANSWERS]
HEADERS = [
    *("Retry-After", "Date", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
    *("X-Qovery-Request-Id", "Content-Type"),
]
WORDS = ["Wed,", "21", "Oct", "2026", "07:28:00", "GMT", "-0000", "+9999", "-1", "0", "9" * 20, "9" * 400, "nan", "1e9"]
PIECES = b'{}[]",:0e-.\\u NIt'
# -len_control=0: libFuzzer would try only short inputs for a long time.
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", "-len_control=0"]

loop = asyncio.Runner()


class Die(random.Random):
    """Random numbers from the fuzzer's bytes; once these are used up, from a seed."""

    def __init__(self, source: atheris.FuzzedDataProvider) -> None:
        super().__init__(source.ConsumeUInt(4))
        self._source = source

    def getrandbits(self, k: int, /) -> int:
        if not self._source.remaining_bytes():
            return super().getrandbits(k)
        return self._source.ConsumeIntInRange(0, (1 << k) - 1)


def json_into_models(source: atheris.FuzzedDataProvider) -> None:
    type_, strict, die = type_of(source.PickValueInList(TYPES)), source.ConsumeBool(), Die(source)
    try:
        text = bytearray(json.dumps(misfit(type_, die)).encode())
        for _ in range(die.randrange(4)):
            text[die.randrange(len(text))] = die.choice(PIECES)
        value = json.loads(text)
    except (ValueError, RecursionError):
        return
    checks.decodes_or_refuses(value, type_, strict=strict)


def misfits_into_models(source: atheris.FuzzedDataProvider) -> None:
    type_, strict = type_of(source.PickValueInList(TYPES)), source.ConsumeBool()
    checks.decodes_or_refuses(misfit(type_, Die(source)), type_, strict=strict)


def error_bodies(source: atheris.FuzzedDataProvider) -> None:
    status, headers = source.ConsumeIntInRange(400, 999), some_headers(source)
    checks.error_is_good(status, source.ConsumeBytes(sys.maxsize), headers)


def rate_headers(source: atheris.FuzzedDataProvider) -> None:
    checks.rate_is_good(some_headers(source))


def some_headers(source: atheris.FuzzedDataProvider) -> CIMultiDict[str]:
    names = [name for name in HEADERS if source.ConsumeBool()]
    die = Die(source)
    return CIMultiDict({name: some_text(source, die) for name in names})


def some_text(source: atheris.FuzzedDataProvider, die: Die) -> str:
    return source.ConsumeUnicode(40) if die.randrange(2) else " ".join(die.choices(WORDS, k=die.randrange(1, 7)))


def bytes_from_a_socket(source: atheris.FuzzedDataProvider) -> None:
    call, made_up = source.PickValueInList(checks.CALLS), source.ConsumeBool()
    data = answer(Die(source)) if made_up else b"HTTP/1.1 " + source.ConsumeBytes(sys.maxsize)
    loop.run(checks.ends_well(data, call))


TARGETS: list[Callable[[atheris.FuzzedDataProvider], None]] = [
    json_into_models,
    misfits_into_models,
    error_bodies,
    rate_headers,
    bytes_from_a_socket,
]


def try_one(data: bytes) -> None:
    """Runs the target that the last byte selects; it is the last one, so that the rest can grow."""
    source = atheris.FuzzedDataProvider(data)
    TARGETS[source.ConsumeIntInRange(0, len(TARGETS) - 1)](source)


if __name__ == "__main__":
    logging.getLogger("qovery").addHandler(logging.NullHandler())
    atheris.Setup([sys.argv[0], *LIMITS, *sys.argv[1:]], try_one)
    atheris.Fuzz()
