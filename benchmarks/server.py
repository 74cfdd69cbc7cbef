"""A server in a process of its own that answers every request with the same projects."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

PROJECT = {
    "id": "5f6b3c1e-7a3d-4a53-9f0e-2f4b8a1d9c11",
    "created_at": "2026-01-05T09:00:00.123456Z",
    "updated_at": "2026-02-05T09:00:00.123456Z",
    "name": "shop",
    "description": "what we sell",
    "associated_environments_count": 3,
    "organization": {"id": "9d3e1e0a-4b1e-4d5c-8f3d-6f0a0b7c1d22"},
}
BODY = json.dumps({"results": [PROJECT | {"name": f"shop-{i}"} for i in range(5)]}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


class Answering(asyncio.Protocol):
    """As little HTTP as will do, so that the client is what is measured."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.pending = b""

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            _, _, self.pending = self.pending.partition(b"\r\n\r\n")
            self.transport.write(ANSWER)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def serving() -> Iterator[str]:
    """The address of such a server."""
    with Popen([sys.executable, __file__], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve())
