"""Where does a forwarded port lead? To a server on this machine, or else to an echo of every byte."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import attrs

from qovery_async.emulator.streams.channel import AGENT_TIMEOUTS, Channel, Close, Receive, stay_open
from qovery_async.emulator.streams.handshake import StreamRequest
from qovery_async.emulator.streams.sources import Pod, StreamSource

_CLOSED = "Connection closed by the pod"

Address = tuple[str, int]


@attrs.define(eq=False)
class Ports:
    """The ports of services that lead to servers on this machine, such as a real PostgreSQL.

    The ports that running services declare echo unless they are attached.
    """

    largest: int = 64 * 1024
    """The most bytes in a frame to the client; more come in several, since TCP keeps no boundaries."""

    _targets: dict[tuple[str, int], Address] = attrs.field(init=False, factory=dict[tuple[str, int], Address])

    def attach(self, service_id: str, port: int, to_port: int, host: str = "127.0.0.1") -> None:
        """Makes a port of a service lead to a server on `to_port`, even one that the service does not declare.

        Later connections go there. The service needs a running pod, as in Qovery.
        """
        self._targets[service_id, port] = host, to_port

    def detach(self, service_id: str, port: int) -> None:
        """Makes a port lead to no server any more. Connections that are open stay."""
        self._targets.pop((service_id, port), None)

    def target(self, request: StreamRequest) -> Address | None:
        """The server that a port leads to, or None."""
        return self._targets.get((request.get("service") or "", request.number("port") or 0))


async def forward(channel: Channel, source: StreamSource, ports: Ports) -> None:
    """Carries bytes between the client and what the port leads to, until either side closes.

    Closes with 1000 when a server ends its data, and with 1011 when it refuses or breaks the connection.
    """
    pod = reached(channel.request, source)
    target = ports.target(channel.request)
    if target is not None:
        await _connect(channel, target, ports.largest)
    elif channel.request.number("port") in pod.ports:
        await channel.run(stay_open, _echo(channel, ports.largest))
    else:
        raise Close.internal(AGENT_TIMEOUTS[2])


def _echo(channel: Channel, largest: int) -> Receive:
    async def echo(data: bytes) -> None:
        for start in range(0, len(data), largest):
            await channel.send_bytes(data[start : start + largest])

    return echo


async def _connect(channel: Channel, target: Address, largest: int) -> None:
    try:
        reader, writer = await asyncio.open_connection(*target, limit=largest)
    except OSError:
        raise Close.internal(AGENT_TIMEOUTS[2]) from None
    try:
        await channel.run(lambda: _download(reader, channel, largest), _upload(writer))
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _download(reader: asyncio.StreamReader, channel: Channel, largest: int) -> None:
    try:
        while data := await reader.read(largest):
            await channel.send_bytes(data)
    except OSError:
        raise Close.internal(_CLOSED) from None


def _upload(writer: asyncio.StreamWriter) -> Receive:
    async def upload(data: bytes) -> None:
        writer.write(data)
        with suppress(OSError):  # reading finds out
            await writer.drain()

    return upload


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
