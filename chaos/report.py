"""How are the figures of a run written as Markdown?"""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from chaos.figures import GARBLED, IDEMPOTENT, POST, share
from chaos.idle import NOTICEABLE
from chaos.journal import OK, Face
from chaos.verdict import LEAST_SUCCESS, MOST_BLOCKS, Run, most_growth
from chaos.workers import CANCELED_SHARE


def markdown(run: Run) -> str:
    """The figures as Markdown."""
    return "\n".join([_introduction(run), *_sections(run), ""])


def _introduction(run: Run) -> str:
    template = Path(__file__).with_name("introduction.md").read_text(encoding="utf-8")
    return template.format(
        calls=run.calls,
        seed=run.seed,
        canceled=CANCELED_SHARE,
        least=LEAST_SUCCESS,
        blocks=MOST_BLOCKS,
        growth=most_growth(run.calls),
        noticeable=NOTICEABLE,
    )


def _sections(run: Run) -> list[str]:
    return [
        *_calls(run),
        *_faults(run),
        *_table(
            "Retries", ("reason", "times"), [*run.meters.retries.most_common(), ("all", run.meters.retries.total())]
        ),
        f"The retry quota of a client was used up {run.meters.exhausted} times.\n",
        *_latencies(run),
        *_leftovers(run),
    ]


def _calls(run: Run) -> list[str]:
    figures, judge = run.figures, run.judge
    columns: tuple[Face, ...] = ("async", "sync")
    rows: list[Sequence[object]] = []
    for group in (IDEMPOTENT, POST, GARBLED):
        outcomes = {outcome for of, outcome, _ in figures.outcomes if of == group}
        rows += [
            (group, outcome, *(figures.outcomes[group, outcome, face] for face in columns))
            for outcome in sorted(outcomes, key=lambda one: (one != OK, one))
        ]
    rows.append(("canceled", "", figures.canceled, 0))
    ended = figures.ended
    success = [(verb, f"{share(figures.succeeded[verb], ended[verb]):.2%}") for verb in sorted(ended)]
    posts = [(*key, number) for key, number in sorted(judge.posts.items())]
    objects = (
        f"At the end {judge.objects['known']} objects are as they must be. The last write of"
        f" {judge.objects['garbled']} more was garbled, so they are not checked. Effects without a known call, because"
        f" its header was garbled: {run.facts.anonymous}. Writes that returned None, because the response to them was"
        f" empty: {judge.emptied.total()}.\n"
    )
    return [
        *_table("Calls by outcome", ("calls", "outcome", *columns), rows),
        *_table("Idempotent calls that succeeded", ("call", "share"), [*success, ("all", f"{figures.success:.2%}")]),
        *_table(
            "POSTs, as the proxy and the emulator counted them",
            ("call", "outcome", "requests", "effects", "number"),
            posts,
        ),
        objects,
    ]


def _faults(run: Run) -> list[str]:
    inflicted, damage = Counter(run.report["inflicted"]), Counter(run.report["damage"])
    requests = sum(run.facts.arrivals)
    failed = sum(times for name, times in inflicted.items() if not name.startswith(_HARMLESS))
    failed += sum(times for name, times in damage.items() if not name.startswith("delay") and "idle" not in name)
    summary = (
        f"{requests} requests were sent over {run.report['connections']} connections; {failed / requests:.1%} of them"
        f" did not get their response intact and in time. {run.facts.counts['crossed']} were on their way while the"
        " proxy responded a second time or closed the connection.\n"
    )
    return [
        summary,
        *_table("Faults of the emulator", ("fault, before or after the effect", "times"), sorted(inflicted.items())),
        *_table("Damage by the proxy, and noise between requests", ("damage", "times"), sorted(damage.items())),
    ]


_HARMLESS = ("latency 0.05", "unknown", "stale")


def _latencies(run: Run) -> list[str]:
    rows: list[Sequence[object]] = []
    for name, unsorted in sorted(run.figures.seconds.items()):
        times = sorted(unsorted)
        quantiles = (f"{_at(times, q):.3f}" for q in (0.5, 0.99, 1.0))
        rows.append((name, len(times), *quantiles, f"{run.figures.overrun[name] / 1000:.3f}"))
    columns = ("calls", "number", "p50", "p99", "max", "longest after the deadline")
    return [*_table("Seconds", columns, rows), f"The longest delay of the event loop was {run.meters.lag:.3f} s.\n"]


def _leftovers(run: Run) -> list[str]:
    rows: list[Sequence[object]] = [(what, run.before[what], run.after[what]) for what in run.before]
    succeeded, sent = run.served_after
    quarters = [(f"{one.resident:.1f}", one.blocks) for one in run.meters.memory]
    summary = (
        f"Warnings and uncaught errors: {run.noise.failures.total()}. Hanging calls: 0 (one ends the run)."
        f" Afterwards {succeeded} of {sent} plain calls succeeded. The run took {run.elapsed:.0f} s on {_machine()}."
    )
    return [
        *_table("Resources before and after", ("", "before", "after"), rows),
        *_table("Memory after each quarter of the calls", ("resident, MB", "blocks of Python's objects"), quarters),
        summary,
    ]


def _machine() -> str:
    return f"Python {platform.python_version()}, aiohttp {version('aiohttp')}, {os.cpu_count()} cores"


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = [columns, ["---"] * len(columns), *rows]
    return [f"## {title}\n", *("| " + " | ".join(map(str, line)) + " |" for line in lines), ""]


def _at(times: Sequence[float], quantile: float) -> float:
    return times[min(len(times) - 1, int(quantile * len(times)))]
