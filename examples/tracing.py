"""How does every request become an OpenTelemetry span, in both styles, below the span of its caller?

    pip install ".[otel]" opentelemetry-sdk        # in a checkout of the repository
    QOVERY_API_TOKEN=... python examples/tracing.py

The instrumentation is aiohttp's. It covers the sessions opened after `instrument()`, sends the header
`traceparent`, and makes a span for every attempt, retries included. Spans have no headers. If you set
`OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST` to capture them, name `authorization` in
`OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SANITIZE_FIELDS`.
"""

from __future__ import annotations

import asyncio

from opentelemetry import trace
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from qovery_async import AsyncQovery
from qovery_sync import Qovery

tracer = trace.get_tracer("examples.tracing")


def instrument() -> None:
    """Call this once, when the program starts. Most programs export to a collector, in batches."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(formatter=line)))
    trace.set_tracer_provider(provider)
    AioHttpClientInstrumentor().instrument()


def line(span: ReadableSpan) -> str:
    attributes = span.attributes or {}
    details = " ".join(str(attributes[name]) for name in ("http.url", "http.status_code") if name in attributes)
    return f"{'  ' if span.parent else ''}{span.name} {details}".rstrip() + "\n"


async def count_concurrently(client: AsyncQovery) -> int:
    with tracer.start_as_current_span("count projects"):
        organizations = await client.organizations.list()
        found = await asyncio.gather(*(client.projects.list(organization_id=one.id) for one in organizations))
        return sum(len(projects) for projects in found)


def count_one_by_one(client: Qovery) -> int:
    with tracer.start_as_current_span("count projects, blocking"):
        return sum(len(client.projects.list(organization_id=one.id)) for one in client.organizations.list())


async def main() -> int:
    async with AsyncQovery() as client:
        return await count_concurrently(client)


if __name__ == "__main__":
    instrument()
    print(asyncio.run(main()), "projects")
    print(count_one_by_one(Qovery()), "projects")
