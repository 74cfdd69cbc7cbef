"""Which frames does each kind of stream send?"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from qovery_async.emulator.streams.channel import Channel, Close, stay_open
from qovery_async.emulator.streams.handshake import StreamRequest
from qovery_async.emulator.streams.logql import BadQuery, matching
from qovery_async.emulator.streams.sources import LogLine, StreamSource, milliseconds

Sender = Callable[[Channel, StreamSource], Coroutine[Any, Any, None]]


async def service_logs(channel: Channel, source: StreamSource) -> None:
    """One object per frame: the last `limit` matching lines, then new ones."""
    wanted, limit = wanted_lines(channel.request), channel.request.number("limit")
    tail = source.service_logs(channel.request)
    past = [line for line in tail.past if wanted(line)]
    for line in past if limit is None else past[max(len(past) - limit, 0) :]:
        await channel.send(service_line(line))
    async with aclosing(tail.live) as live:
        async for line in live:
            if wanted(line):
                await channel.send(service_line(line))


async def infra_logs(channel: Channel, source: StreamSource) -> None:
    """One object per frame."""
    tail = source.infra_logs(channel.request)
    for line in tail.past:
        await channel.send(infra_line(line))
    async with aclosing(tail.live) as live:
        async for line in live:
            await channel.send(infra_line(line))


async def deployment_logs(channel: Channel, source: StreamSource) -> None:
    """One array per frame."""
    async with aclosing(source.deployment_logs(channel.request)) as batches:
        async for batch in batches:
            await channel.send(list(batch))


async def watch(channel: Channel, source: StreamSource) -> None:
    """One value per frame."""
    async with aclosing(source.watch(channel.request)) as states:
        async for state in states:
            await channel.send(state)


async def preview(channel: Channel, source: StreamSource) -> None:
    """One frame, then the end of the stream."""
    await channel.send(await source.preview(channel.request))


async def pods(channel: Channel, source: StreamSource) -> None:
    """One frame. The stream stays open until the client leaves."""
    await channel.send({"pods": [{"name": pod.name, "ports": list(pod.ports)} for pod in source.pods(channel.request)]})
    await stay_open()


async def nodes(channel: Channel, source: StreamSource) -> None:
    """One frame. The stream stays open until the client leaves."""
    await channel.send({"nodes": [{"name": name} for name in source.nodes(channel.request)]})
    await stay_open()


SENDERS: Mapping[str, Sender] = {
    "/blueprint/preview": preview,
    "/blueprint/service-created": watch,
    "/cluster/metrics": watch,
    "/cluster/node": nodes,
    "/cluster/nodes": nodes,
    "/cluster/status": watch,
    "/deployment/logs": deployment_logs,
    "/deployment/status": watch,
    "/infra/logs": infra_logs,
    "/service/logs": service_logs,
    "/service/metrics": watch,
    "/service/pods": pods,
    "/service/status": watch,
}


def service_line(line: LogLine) -> dict[str, Any]:
    """The object for a line of a service."""
    return {
        **infra_line(line),
        "pod_name": line.pod_name,
        "container_name": line.container_name,
        "version": line.version,
        "severity_text": line.severity_text,
        "labels": dict(line.labels),
        "from_kube": line.from_kube,
    }


def infra_line(line: LogLine) -> dict[str, Any]:
    """The object for a line of a cluster component. Times are in milliseconds since 1970."""
    return {"created_at": milliseconds(line.created_at), "message": line.message}


def wanted_lines(request: StreamRequest) -> Callable[[LogLine], bool]:
    """The function that tells whether a line has the pod, the deployment, the query and the start that were requested.

    Raises:
        Close: 1011 with Loki's error if the query cannot be read, since that is an error behind the API.
    """
    try:
        matches = matching(request.get("query") or "")
    except BadQuery as error:
        raise Close.internal(str(error)) from None
    pod, deployment = request.get("pod_name"), request.get("deployment_id")
    text = request.get("start")
    start = None if text is None else moment(text)
    return lambda line: (
        pod in {None, line.pod_name}
        and deployment in {None, line.deployment_id}
        and (start is None or line.created_at >= start)
        and matches(line)
    )


def moment(text: str) -> datetime:
    """Parses a time as Loki does: seconds (up to 10 digits and a fraction), nanoseconds or ISO 8601.

    Anything else counts as the earliest possible time.
    """
    try:
        number = float(text)
    except ValueError:
        pass
    else:
        whole = text.partition(".")[0]
        seconds = number if len(whole) <= 10 else number / 1e9
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, ValueError, OSError):
            return datetime.min.replace(tzinfo=UTC)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
