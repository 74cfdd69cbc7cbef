"""How is each kind of news framed?"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from qovery_async.emulator.streams.channel import Channel, silence
from qovery_async.emulator.streams.handshake import Asked
from qovery_async.emulator.streams.sources import LogLine, Source

Teller = Callable[[Channel, Source], Coroutine[Any, Any, None]]


async def service_logs(channel: Channel, source: Source) -> None:
    """One object a frame: the last `limit` lines that fit, then each one that comes."""
    tail = source.service_logs(channel.asked)
    past = [line for line in tail.past if wanted(channel.asked, line)]
    limit = channel.asked.number("limit")
    for line in past if limit is None else past[max(len(past) - limit, 0) :]:
        await channel.send(service_line(line))
    async with aclosing(tail.live) as live:
        async for line in live:
            if wanted(channel.asked, line):
                await channel.send(service_line(line))


async def infra_logs(channel: Channel, source: Source) -> None:
    """One object a frame."""
    tail = source.infra_logs(channel.asked)
    for line in tail.past:
        await channel.send(infra_line(line))
    async with aclosing(tail.live) as live:
        async for line in live:
            await channel.send(infra_line(line))


async def deployment_logs(channel: Channel, source: Source) -> None:
    """One array a frame."""
    async with aclosing(source.deployment_logs(channel.asked)) as batches:
        async for batch in batches:
            await channel.send(list(batch))


async def watch(channel: Channel, source: Source) -> None:
    """One value a frame."""
    async with aclosing(source.watch(channel.asked)) as states:
        async for state in states:
            await channel.send(state)


async def preview(channel: Channel, source: Source) -> None:
    """One frame, and the stream is over."""
    await channel.send(await source.preview(channel.asked))


async def pods(channel: Channel, source: Source) -> None:
    """One frame, then silence: it is the client who leaves."""
    await channel.send({"pods": [{"name": pod.name, "ports": list(pod.ports)} for pod in source.pods(channel.asked)]})
    await silence()


async def nodes(channel: Channel, source: Source) -> None:
    """One frame, then silence."""
    await channel.send({"nodes": [{"name": name} for name in source.nodes(channel.asked)]})
    await silence()


TELLERS: Mapping[str, Teller] = {
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
    """Times are milliseconds since 1970."""
    return {"created_at": round(line.created_at.timestamp() * 1000), "message": line.message}


def wanted(asked: Asked, line: LogLine) -> bool:
    """Whether a line is of the pod and the deployment, has the text, and is not older than what was asked for."""
    start = asked.get("start")
    return (
        asked.get("pod_name") in {None, line.pod_name}
        and asked.get("deployment_id") in {None, line.deployment_id}
        and (asked.get("query") or "") in line.message
        and (start is None or line.created_at >= moment(start))
    )


def moment(text: str) -> datetime:
    """Seconds (up to ten digits, with or without a fraction), nanoseconds, or ISO 8601, as Loki reads its times.

    What is none of these is the beginning of time.
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
