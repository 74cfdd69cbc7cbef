"""Which server is fast enough to measure a client? One that always sends the same project, or list of projects.

python benchmarks/server.py [MILLISECONDS]      how long it waits before each response (0)
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
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
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: %s\r\n%sContent-Length: %d\r\n\r\n%s"
RATE = b"X-RateLimit-Limit: 1000000000\r\nX-RateLimit-Remaining: 999999999\r\nX-RateLimit-Reset: %d\r\n"
"""Qovery sends the three with each response. No benchmark uses up this rate."""
BEGAN = time.time()


def response(value: object) -> bytes:
    body = json.dumps(value).encode()
    return HEAD % (formatdate(BEGAN, usegmt=True).encode(), RATE % (BEGAN + 3000), len(body), body)


PROJECTS = {"results": [PROJECT | {"name": f"shop-{i}"} for i in range(5)]}
LIST = response(PROJECTS)
ONE = response(PROJECT)
BY_START = {b"GET /project/": ONE, b"PUT /project/": ONE}
LENGTH = re.compile(rb"(?i)content-length: (\d+)")


WAIT = float(sys.argv[1]) / 1000 if __name__ == "__main__" and len(sys.argv) > 1 else 0.0


class SameResponse(asyncio.Protocol):
    """The least HTTP that works, so that the benchmark measures the client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.pending = b""

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while b"\r\n\r\n" in self.pending:
            request, _, rest = self.pending.partition(b"\r\n\r\n")
            length = LENGTH.search(request) if request.startswith(b"P") else None
            body = int(length[1]) if length else 0
            if len(rest) < body:
                return
            self.pending = rest[body:]
            data = next((sent for start, sent in BY_START.items() if request.startswith(start)), LIST)
            if WAIT:
                asyncio.get_running_loop().call_later(WAIT, self.transport.write, data)
            else:
                self.transport.write(data)


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(SameResponse, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def serving(milliseconds: float = 0) -> Iterator[str]:
    """Starts the server in a process of its own; gives its address."""
    with Popen([sys.executable, __file__, str(milliseconds)], stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(serve())
