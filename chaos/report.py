"""How are the figures of a run written as Markdown?"""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from chaos.journal import CANCELED, OK, Face, Row
from chaos.verdict import LEAST_SUCCESS, MOST_GROWTH, Run, share
from chaos.workers import CANCELED_SHARE


def markdown(run: Run) -> str:
    """The figures as Markdown."""
    return "\n".join([_introduction(run), *_sections(run), ""])


def _introduction(run: Run) -> str:
    template = Path(__file__).with_name("introduction.md").read_text(encoding="utf-8")
    return template.format(
        calls=run.calls, seed=run.seed, canceled=CANCELED_SHARE, least=LEAST_SUCCESS, growth=MOST_GROWTH
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
    canceled = [row for row in run.rows if row.outcome == CANCELED]
    garbled = [row for row in run.rows if row.outcome != CANCELED and run.judge.is_garbled(row)]
    idempotent, others = run.clean(idempotent=True), run.clean(idempotent=False)
    groups = {"GET, PUT, DELETE": idempotent, "POST": others, "with garbled bytes": garbled}
    columns: tuple[Face, ...] = ("async", "sync")
    rows: list[Sequence[object]] = []
    for name, members in groups.items():
        counted = Counter((_outcome(row), row.face) for row in members)
        outcomes = sorted({outcome for outcome, _ in counted}, key=lambda one: (one != OK, one))
        rows += [(name, outcome, *(counted[outcome, face] for face in columns)) for outcome in outcomes]
    rows.append(("canceled", "", len(canceled), 0))
    objects = (
        f"At the end {run.judge.objects['known']} objects are as they must be. The last write of"
        f" {run.judge.objects['garbled']} more was garbled, so they are not checked. Effects without a known call, because"
        f" its header was garbled: {run.report['effects'].get('-1', 0)}.\n"
    )
    success = [(verb, f"{share(row for row in idempotent if row.verb == verb):.2%}") for verb in _verbs(idempotent)]
    return [
        *_table("Calls by outcome", ("calls", "outcome", *columns), rows),
        *_table("Idempotent calls that succeeded", ("call", "share"), [*success, ("all", f"{run.success:.2%}")]),
        *_table(
            "POSTs, as the proxy and the emulator counted them",
            ("call", "outcome", "requests", "effects", "number"),
            [(*key, number) for key, number in sorted(run.judge.posts.items())],
        ),
        objects,
    ]


def _outcome(row: Row) -> str:
    return f"{row.outcome} {row.status}" if row.status else row.outcome


def _verbs(rows: Sequence[Row]) -> list[str]:
    return sorted({row.verb for row in rows})


def _faults(run: Run) -> list[str]:
    inflicted, damage = Counter(run.report["inflicted"]), Counter(run.report["damage"])
    requests = sum(run.report["arrivals"].values())
    failed = sum(times for name, times in inflicted.items() if not name.startswith(_HARMLESS))
    failed += sum(times for name, times in damage.items() if not name.startswith("delay"))
    summary = (
        f"{requests} requests were sent over {run.report['connections']} connections; {failed / requests:.1%} of them"
        " did not get their response intact and in time.\n"
    )
    return [
        summary,
        *_table("Faults of the emulator", ("fault, before or after the effect", "times"), sorted(inflicted.items())),
        *_table("Damage by the proxy", ("damage", "times"), sorted(damage.items())),
    ]


_HARMLESS = ("latency 0.05", "unknown", "stale")


def _latencies(run: Run) -> list[str]:
    groups: dict[str, list[Row]] = {"canceled, since the cancellation": []}
    for row in run.rows:
        name = f"timeout {row.timeout:g} s" if row.outcome != CANCELED else "canceled, since the cancellation"
        groups.setdefault(name, []).append(row)
    rows: list[Sequence[object]] = []
    for name, members in sorted(groups.items()):
        times = sorted(row.late if row.outcome == CANCELED else row.elapsed for row in members)
        overrun = max((row.late for row in members), default=0.0)
        if times:
            rows.append((name, len(times), *(f"{_at(times, q):.3f}" for q in (0.5, 0.99, 1.0)), f"{overrun:.3f}"))
    columns = ("calls", "number", "p50", "p99", "max", "longest after the deadline")
    return [*_table("Seconds", columns, rows), f"The longest delay of the event loop was {run.meters.lag:.3f} s.\n"]


def _leftovers(run: Run) -> list[str]:
    rows: list[Sequence[object]] = [(what, run.before[what], run.after[what]) for what in run.before]
    first, last = run.meters.memory["a quarter"], run.meters.memory["the end"]
    rows.append(("resident memory, MB (after a quarter of the calls)", f"{first:.1f}", f"{last:.1f}"))
    succeeded, sent = run.served_after
    summary = (
        f"Warnings and uncaught errors: {run.noise.failures.total()}. Hanging calls: 0 (one ends the run)."
        f" Afterwards {succeeded} of {sent} plain calls succeeded. The run took {run.elapsed:.0f} s on {_machine()}."
    )
    return [*_table("Resources before and after", ("", "before", "after"), rows), summary]


def _machine() -> str:
    return f"Python {platform.python_version()}, aiohttp {version('aiohttp')}, {os.cpu_count()} cores"


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    lines = [columns, ["---"] * len(columns), *rows]
    return [f"## {title}\n", *("| " + " | ".join(map(str, line)) + " |" for line in lines), ""]


def _at(times: Sequence[float], quantile: float) -> float:
    return times[min(len(times) - 1, int(quantile * len(times)))]
