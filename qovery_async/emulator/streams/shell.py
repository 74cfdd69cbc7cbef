"""How is a WebSocket connected to a shell?"""

from __future__ import annotations

from qovery_async.emulator.shell.commands import COMMANDS
from qovery_async.emulator.shell.interpreter import Shell
from qovery_async.emulator.shell.session import run
from qovery_async.emulator.shell.terminal import Terminal
from qovery_async.emulator.streams.channel import Channel
from qovery_async.emulator.streams.port_forward import reached
from qovery_async.emulator.streams.sources import StreamSource


async def shell(channel: Channel, source: StreamSource) -> None:
    """Connects the client to a command in a terminal. Frames are binary.

    The stream closes with 1000 when the command ends. As with Qovery, the client does not get its status.
    """
    request = channel.request
    if request.path != "/shell/debug":
        reached(request, source)  # without a pod: the agent's time-out
    terminal = Terminal(channel.send_bytes, request.number("tty_width") or 0, request.number("tty_height") or 0)
    started = Shell.start(source.container(request), terminal, COMMANDS)

    async def work() -> None:
        await run(started, list(request.command))

    await channel.run(work, terminal.type)
