"""Do the proxies of logs and metrics respond as Loki and Prometheus do, with what the streams show?"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from qovery_async import NO_RETRIES, AsyncQovery, BadRequest
from qovery_async.emulator import Emulator
from tests.support.every_get import ask

pytestmark = pytest.mark.anyio


@pytest.fixture
async def client() -> AsyncIterator[tuple[Emulator, AsyncQovery]]:
    async with Emulator(world="demo", speed=None, rate_limit=None) as emulator:
        options = {"base_url": emulator.url, "ws_url": emulator.ws_url, "retries": NO_RETRIES}
        async with AsyncQovery(emulator.token, **options) as made:  # type: ignore[arg-type]
            yield emulator, made


Both = tuple[Emulator, AsyncQovery]


async def api_of(both: Both) -> tuple[Any, str]:
    """A service, and the id of its cluster."""
    service = await both[1].find.service("shop/production/api")
    environment = both[0].state.find(service.id).parent  # type: ignore[union-attr]
    return service, environment.value["cluster_id"]  # type: ignore[union-attr]


async def loki(both: Both, cluster: str, query: str, endpoint: str = "query_range", **more: str) -> Any:
    response = (await both[1].clusters.query_logs(cluster, endpoint=endpoint, query=query, **more)).response
    return data(response)


async def prometheus(both: Both, cluster: str, query: str, endpoint: str = "query", **more: str) -> Any:
    return data((await both[1].clusters.query_metrics(cluster, endpoint=endpoint, query=query, **more)).metrics)


def data(text: str | None) -> Any:
    found = json.loads(text or "")
    assert found["status"] == "success"
    return found["data"]


async def test_lines_are_those_of_the_stream(client: Both) -> None:
    service, cluster = await api_of(client)
    streamed = [line async for line in _first(service.logs(history=True), 5)]
    found = await loki(client, cluster, f'{{qovery_com_service_id="{service.id}"}}', limit="5000", since="21h")
    assert found["resultType"] == "streams"
    (stream,) = found["result"]
    assert stream["stream"]["pod"] == streamed[0].pod_name
    assert stream["stream"]["level"] == "info"
    lines = {message: int(time) for time, message in stream["values"]}
    for line in streamed:
        assert lines[line.message] == line.created_at * 1_000_000


async def _first(lines: Any, count: int) -> AsyncIterator[Any]:
    async for line in lines:
        yield line
        count -= 1
        if not count:
            return


async def test_pages_go_back_in_time_without_gaps_or_duplicates(client: Both) -> None:
    service, cluster = await api_of(client)
    query = f'{{qovery_com_service_id="{service.id}"}}'
    whole = (await loki(client, cluster, query, limit="300", since="1h"))["result"][0]["values"]
    assert len(whole) == 300
    assert [int(time) for time, _ in whole] == sorted((int(time) for time, _ in whole), reverse=True)
    pages: list[list[str]] = []
    end: dict[str, str] = {}
    for _ in range(3):
        page = (await loki(client, cluster, query, limit="100", since="1h", **end))["result"][0]["values"]
        pages += page
        end = {"end": page[-1][0]}
    assert pages == whole
    start = str(int(whole[-1][0]))
    forward = await loki(client, cluster, query, limit="300", direction="forward", start=start)
    assert forward["result"][0]["values"] == whole[::-1]


async def test_filters_are_those_of_logql(client: Both) -> None:
    service, cluster = await api_of(client)
    both = await loki(client, cluster, '{level=~"info|warn"} |= "Starting"', since="24h")
    assert len(both["result"]) > 3
    assert {message.split()[0] for stream in both["result"] for _, message in stream["values"]} == {"Starting"}
    await ask(client[0], "applications.stop", service.id)
    client[0].clock.run_out()
    end = await loki(client, cluster, f'{{qovery_com_service_id="{service.id}"}} |= "SIGTERM"')
    assert [message for _, message in end["result"][0]["values"]] == ["Received SIGTERM, shutting down"]
    assert (await loki(client, cluster, '{pod="none"}'))["result"] == []


async def test_labels_and_their_values(client: Both) -> None:
    service, cluster = await api_of(client)
    assert {"app", "pod", "level", "qovery_com_service_id"} <= set(await loki(client, cluster, "", "labels"))
    values = await loki(client, cluster, "", "label/qovery_com_service_id/values")
    assert service.id in values
    sets = await loki(client, cluster, f'{{qovery_com_service_id="{service.id}"}}', "series")
    assert [labels["qovery_com_service_id"] for labels in sets] == [service.id]
    names = await prometheus(client, cluster, "", "label/__name__/values")
    assert "container_cpu_usage_seconds_total" in names


async def test_metrics_are_those_of_the_stream(client: Both) -> None:
    service, cluster = await api_of(client)
    streamed = await anext(aiter(client[1].streams.service_metrics(service.id)), None)
    assert streamed is not None
    (pod,) = streamed
    selector = f'{{pod="{pod.pod_name}"}}'
    rate = await prometheus(client, cluster, f"rate(container_cpu_usage_seconds_total{selector}[5m]) * 1000")
    assert rate["resultType"] == "vector"
    (row,) = rate["result"]
    assert row["value"][0] == client[0].clock.now().timestamp()
    assert float(row["value"][1]) == pytest.approx(pod.cpu.current)
    assert row["metric"]["qovery_com_service_id"] == service.id
    assert "__name__" not in row["metric"]
    memory = await prometheus(client, cluster, f"container_memory_working_set_bytes{selector} / 1024 / 1024")
    assert float(memory["result"][0]["value"][1]) == pytest.approx(pod.memory.current)


async def test_series_begin_and_end_with_their_pods(client: Both) -> None:
    service, cluster = await api_of(client)
    clock = client[0].clock
    began = clock.now()
    clock.advance(600)
    await ask(client[0], "applications.stop", service.id)
    clock.run_out()
    clock.advance(600)
    query = f'container_memory_working_set_bytes{{qovery_com_service_id="{service.id}"}}'
    times = {"start": str(began.timestamp()), "end": (began + timedelta(seconds=1200)).isoformat(), "step": "1m"}
    found = await prometheus(client, cluster, query, "query_range", **times)
    assert found["resultType"] == "matrix"
    (row,) = found["result"]
    seen = [time for time, _ in row["values"]]
    assert seen == [began.timestamp() + 60 * number for number in range(11)]
    assert (await prometheus(client, cluster, query))["result"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3 - 4 / 8", 8.5),
        ("1e3 * .5", 500.0),
        ("1 / 0", float("inf")),
    ],
)
async def test_arithmetic(client: Both, query: str, expected: float) -> None:
    _, cluster = await api_of(client)
    found = await prometheus(client, cluster, query, time="1767603600")
    assert found == {"resultType": "scalar", "result": [1767603600.0, "+Inf" if expected > 1e9 else f"{expected:g}"]}


async def test_aggregations(client: Both) -> None:
    _, cluster = await api_of(client)
    memory = "container_memory_working_set_bytes"
    rows = (await prometheus(client, cluster, memory))["result"]
    by_type: dict[str, list[float]] = {}
    for row in rows:
        by_type.setdefault(row["metric"]["qovery_com_service_type"], []).append(float(row["value"][1]))
    for name, join in (("sum", sum), ("max", max), ("min", min), ("count", len)):
        found = await prometheus(client, cluster, f"{name} by (qovery_com_service_type) ({memory})")
        assert {r["metric"]["qovery_com_service_type"]: float(r["value"][1]) for r in found["result"]} == {
            type_: join(values)
            for type_, values in by_type.items()  # type: ignore[operator]
        }
    (row,) = (await prometheus(client, cluster, f"sum({memory}) without (pod)"))["result"][:1]
    assert "pod" not in row["metric"]
    (one,) = (await prometheus(client, cluster, f'count({{__name__=~"{memory}|kube_.*"}})'))["result"]
    assert one == {"metric": {}, "value": [one["value"][0], str(2 * len(rows))]}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "expected a metric, a number, or one of"),
        ("up{", "expected a label or }"),
        ("up{a=1}", "expected a text in quotes"),
        ('up{a=~"("}', "expected a regular expression"),
        ("up + up", "expected a number on one side of the operator"),
        ("up > 1", "expected an operator of + - * /, or the end"),
        ("histogram_quantile(0.9, up)", "expected one of avg, avg_over_time"),
        ("rate(up)", "expected a window such as [5m]"),
        ("up[5m]", "expected an operator"),
        ("rate(up[0s])", "expected a duration above 0"),
        ("(" * 99, "expected fewer parentheses"),
        ("sum by (", "expected a label"),
    ],
)
async def test_what_is_not_read_says_where(client: Both, query: str, said: str) -> None:
    _, cluster = await api_of(client)
    with pytest.raises(BadRequest) as refused:
        await prometheus(client, cluster, query)
    assert "parse error at col" in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("query", "more", "said"),
    [
        ("text", {}, "begins with a selector"),
        ("{}", {}, "begins with a selector"),
        ('{a="b"', {}, "parse error at col"),
        ('{a="b"}', {"endpoint": "query"}, "not supported as an instant query type"),
        ('{a="b"}', {"endpoint": "tail"}, "query, query_range, labels"),
        ('{a="b"}', {"limit": "0"}, "limit: must be from 1 to 5000"),
        ('{a="b"}', {"start": "yesterday"}, "start: must be a Unix time"),
        ('{a="b"}', {"end": "-1e99"}, "end: must be a Unix time"),
    ],
)
async def test_a_query_of_logs_that_cannot_be_is_refused(
    client: Both, query: str, more: dict[str, str], said: str
) -> None:
    _, cluster = await api_of(client)
    with pytest.raises(BadRequest) as refused:
        await loki(client, cluster, query, **more)
    assert said in str(refused.value)


@pytest.mark.parametrize("step", ["", "0", "-1", "soon", "0.00001"])
async def test_a_step_that_cannot_be_is_refused(client: Both, step: str) -> None:
    _, cluster = await api_of(client)
    with pytest.raises(BadRequest, match=r"step: must|steps apart"):
        await prometheus(client, cluster, "1", "query_range", start="0", end="60", step=step)
