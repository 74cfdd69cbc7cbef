"""Does OpenTelemetry's instrumentation of aiohttp see every request, where it belongs and without the token?"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, Tracer, format_span_id, format_trace_id

from qovery_async import ApiError, AsyncQovery, NotFound, RetryPolicy, TransportError
from qovery_async.emulator import Emulator
from tests.support import ROOT
from tests.support.server import PROJECT, TOKEN, Answer, Ask, closed_port, serve, serve_bytes

pytestmark = pytest.mark.anyio

AT_ONCE = RetryPolicy(attempts=3, base=0.0)
EXAMPLES = ROOT / "examples"


class Traced:
    """The spans that have ended, first the earliest; `tracer` starts those of the user."""

    def __init__(self, tracer: Tracer, exporter: InMemorySpanExporter) -> None:
        self.tracer = tracer
        self._exporter = exporter

    @property
    def requests(self) -> list[ReadableSpan]:
        return [span for span in self._exporter.get_finished_spans() if span.kind is SpanKind.CLIENT]

    @property
    def statuses(self) -> list[object]:
        return [(span.attributes or {}).get("http.status_code") for span in self.requests]

    def text(self) -> str:
        """All that an exporter would send."""
        return "\n".join(span.to_json() for span in self._exporter.get_finished_spans())


@pytest.fixture
def traced() -> Iterator[Traced]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = AioHttpClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        yield Traced(provider.get_tracer("the user's program"), exporter)
    finally:
        instrumentor.uninstrument()
        provider.shutdown()


async def test_a_request_is_a_span_under_the_users_own_and_tells_the_server_so(ask: Ask, traced: Traced) -> None:
    async with serve(Answer(PROJECT)) as server:
        with traced.tracer.start_as_current_span("work") as work:
            await ask(server.url, lambda client: client.projects.get("p1"))
    (span,) = traced.requests
    assert span.parent is not None
    assert span.parent.span_id == work.get_span_context().span_id
    assert span.context.trace_id == work.get_span_context().trace_id
    assert server.only.headers["traceparent"].split("-")[1:3] == [
        format_trace_id(span.context.trace_id),
        format_span_id(span.context.span_id),
    ]
    assert span.name == "GET"
    assert span.status.status_code is StatusCode.UNSET
    assert dict(span.attributes or {}) == {
        "http.method": "GET",
        "http.url": f"{server.url}/project/p1",
        "http.status_code": 200,
    }
    assert server.only.token == f"Token {TOKEN}"
    assert TOKEN not in traced.text()


async def test_calls_side_by_side_stay_each_under_its_own_span(traced: Traced) -> None:
    async with serve(Answer(PROJECT)) as server, AsyncQovery(TOKEN, base_url=server.url) as client:

        async def work(number: int) -> None:
            with traced.tracer.start_as_current_span(f"work {number}") as span:
                parents[f"{server.url}/project/p{number}"] = span.get_span_context().span_id
                await client.projects.get(f"p{number}")

        parents: dict[str, int] = {}
        async with anyio.create_task_group() as group:
            for number in range(10):
                group.start_soon(work, number)
    assert len(traced.requests) == 10
    for span in traced.requests:
        assert span.parent is not None
        assert parents[str((span.attributes or {})["http.url"])] == span.parent.span_id


async def test_an_error_status_is_the_spans_too(ask: Ask, traced: Traced) -> None:
    async with serve(Answer({"detail": "no such project"}, 404)) as server:
        with pytest.raises(NotFound):
            await ask(server.url, lambda client: client.projects.get("p1"))
    (span,) = traced.requests
    assert traced.statuses == [404]
    assert span.status.status_code is StatusCode.ERROR


@pytest.mark.parametrize("how", ["refused", "not HTTP"])
async def test_a_lost_request_is_a_span_with_its_exception_and_without_the_token(
    ask: Ask, traced: Traced, how: str
) -> None:
    async with serve_bytes(b"HTTP/1.1 nonsense\r\n\r\n") as server:
        url = closed_port() if how == "refused" else server.url
        with pytest.raises(TransportError):
            await ask(url, lambda client: client.projects.get("p1"), retries=RetryPolicy(attempts=1))
    (span,) = traced.requests
    assert span.status.status_code is StatusCode.ERROR
    assert [event.name for event in span.events] == ["exception"]
    assert TOKEN not in traced.text()


async def test_every_attempt_is_a_span_of_its_own(ask: Ask, traced: Traced) -> None:
    async with serve(Answer(status=503), Answer(status=502), Answer(PROJECT)) as server:
        with traced.tracer.start_as_current_span("work") as work:
            await ask(server.url, lambda client: client.projects.get("p1"), retries=AT_ONCE)
    assert traced.statuses == [503, 502, 200]
    assert {span.parent and span.parent.span_id for span in traced.requests} == {work.get_span_context().span_id}
    sent = [seen.headers["traceparent"].split("-")[2] for seen in server.requests]
    assert sent == [format_span_id(span.context.span_id) for span in traced.requests]
    assert TOKEN not in traced.text()


async def test_a_request_that_may_not_be_repeated_is_one_span(ask: Ask, traced: Traced) -> None:
    async with serve(Answer(status=503)) as server:
        with pytest.raises(ApiError):
            await ask(
                server.url,
                lambda client: client.projects.create({"name": "shop"}),
                retries=AT_ONCE,
                organization_id="o1",
            )
    assert traced.statuses == [503]


async def test_without_instrumentation_nothing_is_added_to_requests(ask: Ask) -> None:
    async with serve(Answer(PROJECT)) as server:
        await ask(server.url, lambda client: client.projects.get("p1"))
    assert "traceparent" not in server.only.headers


async def test_the_example_prints_one_span_for_each_request() -> None:
    async with Emulator(world="demo") as emulator:
        environ: dict[str, Any] = {**os.environ, "QOVERY_API_URL": emulator.url, "QOVERY_API_TOKEN": emulator.token}
        done = await anyio.run_process(
            [sys.executable, "-W", "error", str(EXAMPLES / "tracing.py")], env=environ, check=False
        )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    printed = [line.partition("http")[0] for line in done.stdout.decode().splitlines()]
    assert printed == [
        "  GET ",
        "  GET ",
        "count projects",
        "4 projects",
        "  GET ",
        "  GET ",
        "count projects, blocking",
        "4 projects",
    ]
