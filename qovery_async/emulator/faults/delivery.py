"""How does an answer reach the other side whole, cut off, or not at all?"""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web
from multidict import CIMultiDict

from qovery_async.emulator.faults.kinds import Answer

_UNSENT = ("Content-Length", "Transfer-Encoding", "Date", "Server")


def read(response: web.StreamResponse) -> Answer | None:
    """The answer a handler made; `None` for one that is under way already, such as a WebSocket."""
    if not isinstance(response, web.Response) or response.prepared:
        return None
    body = response.body
    if body is not None and not isinstance(body, (bytes, bytearray)):
        return None
    headers = CIMultiDict(response.headers)
    for name in _UNSENT:
        headers.popall(name, None)
    return Answer(response.status, headers, bytes(body or b""))


async def send(request: web.Request, answer: Answer) -> web.StreamResponse:
    """Sends what is broken itself, and hands what is whole to aiohttp."""
    if answer.ending == "whole":
        whole = web.Response(status=answer.status, headers=answer.headers, body=answer.body)
        if answer.foreign:
            # On its way at once, so that it gets none of the headers that the API adds to what it answers.
            await whole.prepare(request)
        return whole
    # What was not read of the request would turn the close into a reset.
    await request.release()
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.force_close()
    if answer.ending != "dropped" and answer.body:
        response.content_length = len(answer.body)
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
    close(request.transport, reset=answer.ending == "reset")
    return response


def close(transport: asyncio.Transport | None, *, reset: bool) -> None:
    """Ends a connection with FIN after what was written, or at once with RST."""
    if transport is None:
        return
    if not reset:
        transport.close()
        return
    peer: socket.socket | None = transport.get_extra_info("socket")
    if peer is not None:
        # Lingering for zero seconds makes the kernel send RST instead of FIN.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
