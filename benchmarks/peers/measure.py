"""What does each peer take for the same work? They take turns, so that a busy machine changes all alike."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import attrs
from sample import sample

from peers import malformed
from peers.roster import BASE, PEERS, Peer
from peers.task import THREADS
from qovery_async import models

BENCHMARKS = Path(__file__).parent.parent
DECODED = ("Application", "Environment")
ITEMS = 1000
DICTS = "raw_aiohttp"
"""What decoding is compared with."""


@attrs.frozen
class Figure:
    """What was measured of one peer: the median ratio to its base, or why there is none."""

    ratio: float | None
    text: str


Figures = dict[str, dict[str, Figure]]
"""By figure and module."""


@attrs.frozen
class Worker:
    """The process of one peer."""

    peer: Peer
    sent: IO[str]
    received: IO[str]

    def do(self, task: str, *arguments: Any) -> Any:
        self.sent.write(json.dumps([task, *arguments]) + "\n")
        self.sent.flush()
        line = self.received.readline()
        return json.loads(line) if line else "ended"


def measure(url: str, folder: Path, missing: dict[str, str], rounds: int, calls: int) -> Figures:
    there = [peer for peer in PEERS if peer.needs not in missing]
    callers = [peer for peer in there if peer.calls]
    found: Figures = {}
    say("start")
    starts = turns([(p, lambda p=p: started(p, folder, url)) for p in callers], rounds)  # type: ignore[misc]
    found["start"] = ratios(starts, BASE)
    with ExitStack() as stack:
        workers = [stack.enter_context(working(peer, folder)) for peer in there]
        decoders = [worker for worker in workers if worker.peer.decodes]
        for model in DECODED:
            say(f"decode {model}")
            body = folder / f"{model}.json"
            type_ = getattr(models, model)
            body.write_text(json.dumps({"results": [sample(type_, seed) for seed in range(ITEMS)]}), encoding="utf-8")
            took = turns([(w.peer, lambda w=w: w.do("decode", model, str(body))) for w in decoders], rounds)  # type: ignore[misc]  # noqa: B023
            found[f"decode {model}"] = ratios(part(took, "cpu"), {"": DICTS})
            sizes = turns([(w.peer, lambda w=w: w.do("memory", model, str(body))) for w in decoders], 1)  # type: ignore[misc]  # noqa: B023
            found[f"memory {model}"] = ratios(sizes, {"": DICTS})
        for name, at_once in (("one", 1), ("many", THREADS)):
            say(f"calls, {at_once} at once")
            calling = [worker for worker in workers if worker.peer.calls]
            took = turns([(w.peer, lambda w=w: w.do("calls", url, calls, at_once)) for w in calling], rounds)  # type: ignore[misc]  # noqa: B023
            found[f"{name} cpu"] = ratios(part(took, "cpu"), BASE)
            found[f"{name} elapsed"] = ratios(part(took, "elapsed"), BASE)
        raised = [(worker.peer, worker.do("malformed", malformed.bodies(), malformed.fine())) for worker in decoders]
        found["raised"] = {
            peer.module: Figure(None, said) if isinstance(said, str) else Figure(len(said), f"{len(said)}")
            for peer, said in raised
        }
        for peer, said in raised:
            print(f"{peer.title} raises for: {said if isinstance(said, str) else ', '.join(said)}")
    for peer in PEERS:
        if peer.needs in missing:
            for figures in found.values():
                figures[peer.module] = Figure(None, "missing")
    return found


Took = dict[Peer, list[Any]]


def turns(work: list[tuple[Peer, Callable[[], Any]]], rounds: int) -> Took:
    """What each gives, in each round; every second round goes backwards."""
    found: Took = {peer: [] for peer, _ in work}
    for round_ in range(rounds):
        for peer, do in reversed(work) if round_ % 2 else work:
            found[peer].append(do())
    return found


def part(took: Took, key: str) -> Took:
    return {peer: [each if isinstance(each, str) else each[key] for each in rounds] for peer, rounds in took.items()}


def ratios(took: Took, bases: dict[str, str]) -> dict[str, Figure]:
    """The median of the ratios of the rounds, for each peer; what it raised, if it did."""
    by_module = {peer.module: rounds for peer, rounds in took.items()}
    found: dict[str, Figure] = {}
    for peer, rounds in took.items():
        base = by_module[bases.get(peer.calls) or bases[""]]
        if isinstance(rounds[0], str):
            found[peer.module] = Figure(None, rounds[0])
        else:
            ratio = statistics.median(ours / theirs for ours, theirs in zip(rounds, base, strict=True))
            found[peer.module] = Figure(ratio, f"{ratio:.2f}")
    return found


def started(peer: Peer, folder: Path, url: str) -> float:
    """The CPU time of a process that makes one call."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "peers.once", peer.module, url]
    subprocess.run(command, check=True, env=environment(peer, folder))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@contextmanager
def working(peer: Peer, folder: Path) -> Iterator[Worker]:
    command = [sys.executable, "-m", "peers.worker", peer.module]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment(peer, folder), **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield Worker(peer, process.stdin, process.stdout)
        process.stdin.close()


def environment(peer: Peer, folder: Path) -> dict[str, str]:
    """That of this process, with the folder of the peer before what is installed."""
    given = os.environ.get("PYTHONPATH")
    path = [str(folder / peer.needs)] if peer.needs else []
    return os.environ | {"PYTHONPATH": os.pathsep.join([*path, str(BENCHMARKS), *([given] if given else [])])}


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
