"""How does a test run a command in an emulated container, and read what it prints?"""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp
from aiohttp import WSMsgType

from qovery_async.emulator.shell.container import Container
from tests.support.stream_world import SHELL, World, serving

INSIDE = Container(
    pod_name="pod-1",
    environment={"DATABASE_URL": "postgres://db", "PORT": "8080"},
    files={"/app/main.py": b"print(1)\n", "/app/.env": b"A=1\n", "/app/lib/a.txt": b"a\nb\n"},
)


def asking(*command: str, **more: str) -> Mapping[str, str]:
    return {**SHELL, **{f"command[{place}]": word for place, word in enumerate(command)}, **more}


async def rest(socket: aiohttp.ClientWebSocketResponse) -> bytes:
    """What a program prints until it ends, in binary frames only; it must end with 1000."""
    shown = b""
    async for message in socket:
        assert message.type is WSMsgType.BINARY
        assert len(message.data) <= 4096
        shown += message.data
    assert socket.close_code == 1000
    return shown


async def until(socket: aiohttp.ClientWebSocketResponse, end: bytes) -> bytes:
    shown = b""
    while not shown.endswith(end):
        shown += await socket.receive_bytes()
    return shown


async def output(script: str, world: World | None = None) -> str:
    """What `sh -c script` prints."""
    async with (
        serving(world or World(inside=INSIDE)) as served,
        served.open("/shell/exec", asking("sh", "-c", script)) as socket,
    ):
        return (await rest(socket)).decode()
