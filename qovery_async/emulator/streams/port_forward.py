"""Which service does a forwarded port lead to? One that echoes every byte."""

from __future__ import annotations

from qovery_async.emulator.streams.channel import AGENT_TIMEOUTS, Channel, Close, stay_open
from qovery_async.emulator.streams.handshake import StreamRequest
from qovery_async.emulator.streams.sources import Pod, StreamSource

PIECE = 16 * 1024
"""The largest frame sent, in bytes. A longer frame comes back in several, since TCP keeps no boundaries."""


async def forward(channel: Channel, source: StreamSource) -> None:
    """Sends every byte back until either side closes."""
    port = channel.request.number("port")
    if port not in reached(channel.request, source).ports:
        raise Close.internal(AGENT_TIMEOUTS[2])

    async def echo(data: bytes) -> None:
        for start in range(0, len(data), PIECE):
            await channel.send_bytes(data[start : start + PIECE])

    await channel.run(stay_open, echo)


def reached(request: StreamRequest, source: StreamSource) -> Pod:
    """The requested pod, by default the first one.

    Raises:
        Close: 1011 if there is no such pod.
    """
    name = request.get("pod_name")
    for pod in source.pods(request):
        if name in {None, pod.name}:
            return pod
    raise Close.internal(AGENT_TIMEOUTS[1])
