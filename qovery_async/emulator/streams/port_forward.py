"""What is at the other end of a forwarded port?"""

from __future__ import annotations

from qovery_async.emulator.streams.channel import AGENT_TIMEOUTS, Channel, Close, silence
from qovery_async.emulator.streams.handshake import Asked
from qovery_async.emulator.streams.sources import Pod, Source

PIECE = 16 * 1024
"""TCP keeps no boundaries, so what came in one frame goes back in several."""


async def forward(channel: Channel, source: Source) -> None:
    """An echo, in memory: every byte comes back, until either side closes."""
    port = channel.asked.number("port")
    if port not in reached(channel.asked, source).ports:
        raise Close.internal(AGENT_TIMEOUTS[2])

    async def echo(data: bytes) -> None:
        for start in range(0, len(data), PIECE):
            await channel.send_bytes(data[start : start + PIECE])

    await channel.run(silence, echo)


def reached(asked: Asked, source: Source) -> Pod:
    """The pod asked for, else the first one."""
    name = asked.get("pod_name")
    for pod in source.pods(asked):
        if name in {None, pod.name}:
            return pod
    raise Close.internal(AGENT_TIMEOUTS[1])
