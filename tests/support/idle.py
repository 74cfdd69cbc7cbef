"""A server in a thread of its own, which acts on idle connections while a test keeps its loop busy."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import attrs

from tests.support.server import SECONDS

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n" + b'{"results":[]}'
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
CREATED = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
TIMED_OUT = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

RESPONSES = {"GET": OK, "DELETE": FORBIDDEN, "POST": CREATED}


@attrs.define
class IdleServer:
    """A running server: `methods` are those of the requests that it read, in their order."""

    url: str = ""
    methods: list[str] = attrs.Factory(list[str])
    connections: list[socket.socket] = attrs.Factory(list[socket.socket])

    def say(self, data: bytes) -> None:
        """Sends bytes on the first connection, which no request asked for. The kernel has them on return."""
        self.connections[0].sendall(data)

    def hang_up(self) -> None:
        """Ends the first connection. The kernel of the client knows it on return."""
        self.connections[0].shutdown(socket.SHUT_RDWR)


@contextmanager
def serve_idle(respond: Callable[[IdleServer, str], bytes] | None = None) -> Generator[IdleServer]:
    """Answers each request by its method, or as `respond` says, and keeps every connection open."""
    server = IdleServer()
    listener = socket.create_server(("127.0.0.1", 0))
    server.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    threads: list[threading.Thread] = []

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as reader:
            while line := reader.readline():
                method = line.partition(b" ")[0].decode()
                length = 0
                while (header := reader.readline().strip()) != b"":
                    name, _, value = header.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                reader.read(length)
                server.methods.append(method)
                connection.sendall(respond(server, method) if respond else RESPONSES[method])

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                server.connections.append(connection)
                threads.append(threading.Thread(target=serve, args=(connection,), daemon=True))
                threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        for open_socket in [listener, *server.connections]:
            with contextlib.suppress(OSError):  # it has ended already
                open_socket.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [accepting, *threads]:
            thread.join(SECONDS)
