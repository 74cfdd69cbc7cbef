"""What do the proxies of a cluster's logs and metrics respond with? JSON in a string, as Loki and Prometheus send it."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.life import logs
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.observability.promql import BadExpression, parsed, seconds
from qovery_async.emulator.observability.series import Vector, evaluated, series_of
from qovery_async.emulator.streams.frames import moment
from qovery_async.emulator.streams.logql import BadQuery, labels_of, matching
from qovery_async.emulator.streams.running import RunningService
from qovery_async.emulator.streams.sources import LogLine
from qovery_async.emulator.world.calls import ApiCall, ApiResponse
from qovery_async.emulator.world.views import cluster_of, services_of

_LIMIT, _LARGEST_LIMIT = 100, 5000
_MOST_READ = 100_000
_MOST_POINTS = 11_000
_HOUR = timedelta(hours=1)
_FIRST_YEAR, _LAST_YEAR = 1970, 9999


def logs_of(life: Life, call: ApiCall) -> ApiResponse:
    """The response to `clusters.query_logs`."""
    return ApiResponse({"response": _json(_logs(life, call))})


def metrics_of(life: Life, call: ApiCall) -> ApiResponse:
    """The response to `clusters.query_metrics`."""
    return ApiResponse({"metrics": _json(_metrics(life, call))})


def _logs(life: Life, call: ApiCall) -> Any:
    endpoint, query = call.query["endpoint"].strip("/").rpartition("api/v1/")[2], call.query["query"].strip()
    if endpoint == "query":
        raise Refusal(400, "log queries are not supported as an instant query type; take the endpoint query_range")
    start, end = _range(call, life)
    if endpoint == "query_range":
        found = [*islice(_matching(life, call, query, start, end), _limit(call))]
        return {"resultType": "streams", "result": _streams(found), "stats": {}}
    selected = _matching(life, call, query, start, end) if query else _lines(life, call, start, end)
    sets = {tuple(sorted(labels_of(line).items())): None for line in selected}
    return _about_labels(endpoint, [dict(labels) for labels in sets])


def _matching(life: Life, call: ApiCall, query: str, start: datetime, end: datetime) -> Iterator[LogLine]:
    if not query.startswith("{") or query.startswith("{}"):
        raise Refusal(400, 'query: a query of logs begins with a selector such as {app="..."}, which names a label')
    try:
        wanted = matching(query)
    except BadQuery as error:
        raise Refusal(400, f"query: {error}") from None
    return filter(wanted, _lines(life, call, start, end))


def _lines(life: Life, call: ApiCall, start: datetime, end: datetime) -> Iterator[LogLine]:
    """The lines of all services of the cluster, the newest first unless the query says otherwise."""
    forward = call.query.get("direction", "backward").lower() == "forward"
    of_services = [_of_service(life, service, start, end, forward=forward) for service in _services(life, call)]
    merged = merge(*of_services, key=lambda line: line.created_at, reverse=not forward)
    for number, line in enumerate(merged):
        if number >= _MOST_READ:
            raise Refusal(400, f"the query reads more than {_MOST_READ} lines; give it a shorter time")
        yield line


def _of_service(
    life: Life, service: RunningService, start: datetime, end: datetime, *, forward: bool
) -> Iterator[LogLine]:
    up, name = life.service(service.id).up, str(service.entity.value["name"])
    found = logs.lines_between(up, name, life.clock.now(), start, end, forward=forward)
    return (service.log_line(line) for line in found)


def _streams(lines: Sequence[LogLine]) -> list[Any]:
    values: defaultdict[tuple[tuple[str, str], ...], list[list[str]]] = defaultdict(list)
    for line in lines:
        nanoseconds = round(line.created_at.timestamp() * 1_000_000) * 1000
        values[tuple(sorted(labels_of(line).items()))].append([str(nanoseconds), line.message])
    return [{"stream": dict(labels), "values": found} for labels, found in values.items()]


def _metrics(life: Life, call: ApiCall) -> Any:
    endpoint, query = call.query["endpoint"].strip("/").rpartition("api/v1/")[2], call.query["query"].strip()
    series = series_of(_services(life, call))
    if endpoint not in ("query", "query_range"):
        return _about_labels(endpoint, [dict(each.labels) for each in series])
    try:
        expression = parsed(query)
    except BadExpression as error:
        raise Refusal(400, f"query: {error}") from None
    if endpoint == "query":
        time = _time(call, "time", life.clock.now()).timestamp()
        value = evaluated(expression, series, time)
        if not isinstance(value, dict):
            return {"resultType": "scalar", "result": [time, _number(value)]}
        rows = [{"metric": dict(labels), "value": [time, _number(each)]} for labels, each in value.items()]
        return {"resultType": "vector", "result": rows}
    points = defaultdict[tuple[tuple[str, str], ...], list[Any]](list)
    for time in _steps(call, life):
        value = evaluated(expression, series, time)
        at_time: Vector = value if isinstance(value, dict) else {(): value}
        for labels, each in at_time.items():
            points[labels].append([time, _number(each)])
    return {"resultType": "matrix", "result": [{"metric": dict(k), "values": values} for k, values in points.items()]}


def _steps(call: ApiCall, life: Life) -> Iterator[float]:
    start, end = (_time(call, name, life.clock.now()).timestamp() for name in ("start", "end"))
    text = call.query.get("step", "")
    step = seconds(text) or _positive(text)
    if step is None:
        raise Refusal(400, f"step: must be seconds or a duration such as 15s, got {text!r}")
    if start > end or (end - start) / step > _MOST_POINTS:
        raise Refusal(400, f"start, end: must be at most {_MOST_POINTS} steps apart, in this order")
    return (start + step * number for number in range(math.floor((end - start) / step) + 1))


def _about_labels(endpoint: str, sets: Sequence[Mapping[str, str]]) -> Any:
    """The labels, the values of one, or all sets of labels."""
    if endpoint == "labels":
        return sorted({name for labels in sets for name in labels})
    if endpoint == "series":
        return list(sets)
    word, _, rest = endpoint.partition("/")
    name, _, last = rest.partition("/")
    if (word, last) == ("label", "values"):
        return sorted({labels[name] for labels in sets if name in labels})
    few = "query, query_range, labels, label/NAME/values and series"
    raise Refusal(400, f"endpoint: the emulator has {few}, got {endpoint!r:.100}")


def _services(life: Life, call: ApiCall) -> Iterator[RunningService]:
    for environment in call.state.every("environment"):
        if cluster_of(environment) == call.target.id:
            yield from (RunningService(life, entity) for entity in services_of(environment))


def _range(call: ApiCall, life: Life) -> tuple[datetime, datetime]:
    end = _time(call, "end", life.clock.now())
    since = seconds(call.query.get("since", ""))
    start = _time(call, "start", end - (_HOUR if since is None else timedelta(seconds=since)))
    return start, end


def _time(call: ApiCall, name: str, default: datetime) -> datetime:
    text = call.query.get(name)
    found = default if text is None else moment(text)
    if not _FIRST_YEAR <= found.year < _LAST_YEAR:
        raise Refusal(400, f"{name}: must be a Unix time in seconds or nanoseconds, or ISO 8601, got {text!r:.50}")
    return found


def _limit(call: ApiCall) -> int:
    text = call.query.get("limit", str(_LIMIT))
    if not text.isdecimal() or not 0 < int(text) <= _LARGEST_LIMIT:
        raise Refusal(400, f"limit: must be from 1 to {_LARGEST_LIMIT}, got {text!r:.50}")
    return int(text)


def _positive(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < math.inf else None


def _number(value: float) -> str:
    if math.isnan(value) or math.isinf(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return f"{value:.15g}"


def _json(data: Any) -> str:
    return json.dumps({"status": "success", "data": data}, separators=(",", ":"))
