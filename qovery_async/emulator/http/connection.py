"""How is a connection closed? With FIN or with RST."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct


def close_connection(transport: asyncio.Transport | None, *, reset: bool) -> None:
    """Closes a connection: with FIN after what was written, or with RST at once."""
    if transport is None:
        return
    if not reset:
        transport.close()
        return
    peer: socket.socket | None = transport.get_extra_info("socket")
    if peer is not None:
        # With a linger time of 0 the kernel sends RST instead of FIN. A socket that is closed already has none to send.
        with contextlib.suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
