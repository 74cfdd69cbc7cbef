"""Which series of metrics are there at a time, and what does an expression make of them?

The pods of a cluster use what the streams of metrics show: a counter of processor seconds, a gauge of memory, and no
restarts.
"""

from __future__ import annotations

import math
import operator
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import attrs

from qovery_async.emulator.life.uptimes import UpTime
from qovery_async.emulator.observability.promql import Aggregation, Arithmetic, Expression, Labels, Number, Selector
from qovery_async.emulator.streams import measures
from qovery_async.emulator.streams.running import RunningService

Vector = dict[tuple[tuple[str, str], ...], float]
"""Values by their labels."""

CPU: Final = "container_cpu_usage_seconds_total"
MEMORY: Final = "container_memory_working_set_bytes"
RESTARTS: Final = "kube_pod_container_status_restarts_total"

_JOINED: Mapping[str, Callable[[Sequence[float]], float]] = {
    "avg": statistics.fmean, "count": len, "max": max, "min": min, "sum": math.fsum,
}  # fmt: skip
_OPERATORS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
    "/": lambda left, right: left / right if right else math.copysign(math.inf, left) if left else math.nan,
}  # fmt: skip


@attrs.frozen
class Series:
    """A metric of a pod, from its start to its end: `base + growth * seconds` since the start."""

    labels: Labels
    up: UpTime
    base: float
    growth: float = 0.0

    def at(self, time: float) -> float | None:
        """Its value, or None while there is none."""
        began, ended = self.up.began.timestamp(), self.up.ended
        if time < began or (ended is not None and time > ended.timestamp()):
            return None
        return self.base + self.growth * (time - began)

    def over(self, function: str, window: float, time: float) -> float | None:
        """What a function makes of the values of the last `window` seconds."""
        began, now = self.up.began.timestamp(), self.at(time)
        if now is None or time <= began:
            return None
        first = self.base + self.growth * (max(began, time - window) - began)
        values = {
            "rate": self.growth,
            "irate": self.growth,
            "increase": self.growth * window,
            "avg_over_time": (first + now) / 2,
            "max_over_time": max(first, now),
            "min_over_time": min(first, now),
        }
        return values[function]


def series_of(services: Iterable[RunningService]) -> list[Series]:
    """All series of some services."""
    found: list[Series] = []
    for service in services:
        for up in service.life.service(service.id).up:
            pod = service.pod_name(up)
            used = measures.usage(pod)
            labels = {**service.labels(up), "pod": pod, "container": service.workload, "namespace": service.namespace}
            values = (
                (CPU, 0.0, used["cpu_milli_usage"] / 1000),
                (MEMORY, float(used["memory_mib_rss_usage"] * 2**20), 0.0),
                (RESTARTS, 0.0, 0.0),
            )
            found += [Series({"__name__": name, **labels}, up, base, growth) for name, base, growth in values]
    return found


def evaluated(expression: Expression, series: Sequence[Series], time: float) -> Vector | float:
    """The value of an expression at a time: a number, or values by their labels."""
    match expression:
        case Number():
            return expression.value
        case Selector():
            return _selected(expression, series, time)
        case Aggregation():
            groups: defaultdict[tuple[tuple[str, str], ...], list[float]] = defaultdict(list)
            inner = evaluated(expression.inner, series, time)
            for labels, value in inner.items() if isinstance(inner, dict) else [((), inner)]:
                groups[_key(expression.group(dict(labels)))].append(value)
            return {labels: float(_JOINED[expression.operator](values)) for labels, values in groups.items()}
        case Arithmetic():
            return _calculated(expression, series, time)


def _selected(selector: Selector, series: Sequence[Series], time: float) -> Vector:
    found: Vector = {}
    for each in series:
        if not selector.takes(each.labels):
            continue
        function = selector.function
        value = each.over(function, selector.window, time) if function else each.at(time)
        if value is not None:
            found[_key(_unnamed(each.labels) if function else each.labels)] = value
    return found


def _calculated(expression: Arithmetic, series: Sequence[Series], time: float) -> Vector | float:
    left, right = (evaluated(side, series, time) for side in (expression.left, expression.right))
    do = _OPERATORS[expression.operator]
    if isinstance(left, dict):
        number = right if isinstance(right, float) else math.nan  # the parser lets only one side be series
        return {_key(_unnamed(dict(labels))): do(value, number) for labels, value in left.items()}
    if isinstance(right, dict):
        return {_key(_unnamed(dict(labels))): do(left, value) for labels, value in right.items()}
    return do(left, right)


def _unnamed(labels: Labels) -> Labels:
    return {name: value for name, value in labels.items() if name != "__name__"}


def _key(labels: Labels) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))
